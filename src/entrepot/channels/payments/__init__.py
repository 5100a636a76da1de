"""Payments: the rails over which trade is settled, and what losing or gaining one costs."""

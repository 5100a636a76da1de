"""The law: measures, groups, dates, files."""

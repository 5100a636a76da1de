"""Sweeps and the casebook."""

from entrepot.study.run import Run, run_scenario, span

__all__ = ["Run", "run_scenario", "span"]

"""What a solution means."""

from entrepot.results.gradient import gradient
from entrepot.results.outcome import Outcome
from entrepot.results.results import Results
from entrepot.results.save import save_results
from entrepot.solving.solution import register_results

register_results(results=Results, gradient=gradient)

__all__ = ["Outcome", "Results", "gradient", "save_results"]

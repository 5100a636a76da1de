"""What a solution means."""

from entrepot.results.results import Results
from entrepot.results.save import save_results
from entrepot.solving.solution import register_results

register_results(Results)

__all__ = ["Results", "save_results"]

"""Tables, pictures and the report page."""

from entrepot.report.console import print_summary, to_json
from entrepot.report.folder import run_json, write_run
from entrepot.report.modelsconsole import print_models
from entrepot.report.summary import Summary, summarise

__all__ = [
    "Summary",
    "print_models",
    "print_summary",
    "run_json",
    "summarise",
    "to_json",
    "write_run",
]

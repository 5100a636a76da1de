"""Tables, pictures and the report page."""

from entrepot.report.console import print_summary, to_json
from entrepot.report.folder import write_run
from entrepot.report.summary import Summary, summarise

__all__ = ["Summary", "print_summary", "summarise", "to_json", "write_run"]

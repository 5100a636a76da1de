"""Claims about sanctions, each with its numbers, its record and a computed verdict."""

from entrepot.study.casebook.front import OUT_OF_SCOPE, first_page
from entrepot.study.casebook.load import CaseLine, list_cases, load_case
from entrepot.study.casebook.page import CasePage, Finding, ReadingResult, Spread
from entrepot.study.casebook.run import run_case
from entrepot.study.casebook.schema import Case
from entrepot.study.casebook.text import page_text
from entrepot.study.casebook.thresholds import Threshold
from entrepot.study.casebook.verdict import Grade, Ruling, Target, Verdict, rule, verdict

__all__ = [
    "OUT_OF_SCOPE",
    "Case",
    "CaseLine",
    "CasePage",
    "Finding",
    "Grade",
    "ReadingResult",
    "Ruling",
    "Spread",
    "Target",
    "Threshold",
    "Verdict",
    "first_page",
    "list_cases",
    "load_case",
    "page_text",
    "rule",
    "run_case",
    "verdict",
]

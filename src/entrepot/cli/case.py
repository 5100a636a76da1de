"""``entrepot case``: list, show, run."""

from __future__ import annotations

from pathlib import Path

from entrepot.cli.progress import progress_bar
from entrepot.cli.session import use_compilation_cache
from entrepot.cli.terminal import print_json, print_table, print_text, published
from entrepot.core.files import check_writable
from entrepot.report.casepage import MANIFEST, save_case
from entrepot.study.casebook import first_page, list_cases, load_case, page_text, run_case

OUTPUT = Path("entrepot-out") / "cases"


def list_command(as_json: bool, out: Path | None) -> None:
    """Print the first page of the casebook."""
    rows = [{"id": c.id, "title": c.title, "claim": c.claim, "document": c.document}
            for c in list_cases()]  # fmt: skip
    if not published(rows, as_json, out):
        print(first_page())


def show_command(name: str, as_json: bool, out: Path | None) -> None:
    """Print the claim, what it implies, the record and the rule; nothing is solved."""
    case = load_case(name)
    if published(case.model_dump(mode="json", by_alias=True), as_json, out):
        return
    claim = case.claim
    print(f"{case.title}\n")
    print_text(f"Claim: {claim.text}", 2)
    print_text(f"Said by {claim.said_by}, {claim.when} ({claim.document}).", 2)
    print()
    print("What it implies")
    for reading in case.readings.values():
        print()
        print_text(f"Read as: {reading.title}. For this to hold:", 2)
        for need in reading.needs:
            quantity = case.quantities[need]
            assert quantity.claim is not None  # checked when the file was read
            target, why = quantity.claim.target, quantity.claim.because
            print_text(f"  - {quantity.title}: {target} {quantity.unit} ({why})", 4)
    print()
    print_table([{"quantity": name, "what": q.title, "unit": q.unit}
                 for name, q in case.quantities.items()], "What is computed")  # fmt: skip
    print()
    print_table([{"record": name, "what": r.title, "unit": r.unit, "source": r.source.citation}
                 for name, r in case.records.items()], "The record")  # fmt: skip
    print()
    print_text(
        f"Verdict: computed by `entrepot case run {case.id}` (rule: docs/guide/verdicts.md)."
    )


def run_command(name: str, out: Path | None, as_json: bool) -> None:
    """Run a case, print its page and write it."""
    folder = out or OUTPUT / load_case(name).id
    check_writable(folder, MANIFEST)
    use_compilation_cache()
    with progress_bar("solving", quiet=as_json) as report:
        page = run_case(name, report=report)
    save_case(page, folder)
    if as_json:
        print_json({**page.to_dict(), "folder": str(folder)})
        return
    print(page_text(page))
    print(f"\nPage: {folder / 'case.html'}  ({page.seconds:.1f} s)")

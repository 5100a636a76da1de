"""A case page as HTML that opens without a network, and as a folder of files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path

from entrepot.core.files import atomic_folder, list_files
from entrepot.report.casemonths import months_pictures
from entrepot.report.channels import channels_section
from entrepot.report.page import link
from entrepot.report.rangebar import LEGEND, range_bar
from entrepot.report.style import STYLE
from entrepot.study.casebook import OUT_OF_SCOPE, CasePage, Finding, page_text
from entrepot.study.casebook.text import (
    condition_text,
    gap_texts,
    number,
    solves_text,
    value_texts,
    why,
)

MANIFEST = "manifest.json"
BY_HORIZON, BY_DRAW = "by time since the shock", "by draw"


def case_fragment(page: CasePage) -> str:
    """The page as one ``<article>``, for a larger document that brings the style."""
    case, claim = page.case, page.case.claim
    said = f"Said by {claim.said_by}; {claim.when}; {claim.document}."
    parts = [
        f'<article class="case" id="case-{escape(case.id)}">',
        f"<h1>{escape(case.title)}</h1>",
        f'<div class="verdict"><strong>Verdict:</strong> {escape(str(page.verdict))}.'
        f"{_list(f'{line}.' for line in why(page))}</div>",
        "<h2>1. The claim</h2>",
        f"<blockquote>{escape(claim.text)}</blockquote>",
        _small(said),
        "<h2>2. What it implies in numbers</h2>",
        _implications(page),
        "<h2>3. What the model says</h2>",
        _model(page),
        *months_pictures(page),
        _channels(page),
        "<h2>4. What the record says</h2>",
        _records(page),
        "<h2>5. How far apart they are</h2>",
        _gaps(page),
        "<h2>6. What would have to be true</h2>",
        _list([condition_text(page, t) + "." for t in page.thresholds]),
        _small("Left out of the model:"),
        _list(case.leaves_out),
        "<h2>How sure</h2>",
        _sure(page),
        _small(OUT_OF_SCOPE),
        "</article>",
    ]
    return "\n".join(parts)


def case_html(page: CasePage) -> str:
    """The page as a whole document without outside parts."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(page.case.title)}</title><style>{STYLE}</style></head>\n"
        f"<body><main>\n{case_fragment(page)}\n</main></body></html>\n"
    )


def save_case(page: CasePage, folder: str | Path) -> Path:
    """Write ``case.html``, ``case.txt`` and ``manifest.json`` (all numbers), all or nothing.

    Raises
    ------
    OutputError : the folder cannot be written, or holds files this program did not write

    """
    folder = Path(folder)
    data = {"program": "entrepot", "version": page.version, **page.to_dict()}
    with atomic_folder(folder, MANIFEST) as temporary:
        (temporary / "case.html").write_text(case_html(page), encoding="utf-8")
        (temporary / "case.txt").write_text(page_text(page, full=True) + "\n", encoding="utf-8")
        listed = {**data, "files": list_files(temporary, MANIFEST)}
        text = json.dumps(listed, indent=2, ensure_ascii=False, allow_nan=False)
        (temporary / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return folder


def _small(text: str) -> str:
    return f'<p class="small">{escape(text)}</p>'


def _list(items: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(text)}</li>" for text in items)
    return f"<ul>{rows}</ul>" if rows else _small("None.")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; cells are HTML already."""
    top = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    body = "".join("<tr>" + "".join(r) + "</tr>" for r in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str, kind: str = "") -> str:
    return f'<td class="{kind}">{escape(text)}</td>' if kind else f"<td>{escape(text)}</td>"


def _implications(page: CasePage) -> str:
    parts = []
    for reading in page.readings:
        parts.append(f"<p>Read as: {escape(reading.title)}. This <strong>"
                     f"{escape(str(reading.ruling))}</strong>.</p>")  # fmt: skip
        needs = [page.finding(name) for name in reading.needs]
        parts.append(_list(f"{f.title}: {f.target} {f.unit} ({f.because})" for f in needs))
    return "\n".join(parts)


def _model(page: CasePage) -> str:
    more = _more_columns(page)
    rows = [row for f in page.findings if f.model for row in _model_rows(f, more)]
    given = "by compliance and other given ranges"
    head = ("quantity", "central", "low to high", "by elasticity", given, "by world", *more)
    runs = [f"{name}: {run.title}" for name, run in page.case.runs.items()]
    return _list(runs) + _table(head, rows) + _small(LEGEND)


def _channels(page: CasePage) -> str:
    """What payments, assets, corridors and hubs do in each run, folded."""
    parts = [
        f"<details><summary>What channels do in the run '{escape(run)}', central variant</summary>"
        f"{channels_section(tables)}</details>"
        for run, tables in page.tables.items()
        if tables
    ]
    return "\n".join(parts)


def _more_columns(page: CasePage) -> tuple[str, ...]:
    """Columns that only some cases have."""
    horizons = (BY_HORIZON,) if len(page.case.horizons) > 1 else ()
    return horizons + ((BY_DRAW,) if page.case.draws else ())


def _model_rows(found: Finding, more: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A row of numbers, and one for the picture where there is something to hold them against."""
    spread = found.model
    assert spread is not None  # the caller leaves the others out
    title = f"{escape(found.title)}, {escape(found.unit)}"
    note = f'<div class="small">{escape(found.note)}</div>' if found.note else ""
    further = {BY_HORIZON: spread.by_horizon, BY_DRAW: spread.by_draw or (spread.central,) * 2}
    ends = [(spread.low, spread.high), spread.by_elasticity, spread.by_behaviour, spread.by_world,
            *(further[name] for name in more)]  # fmt: skip
    cells = [_cell(f"{number(a)} to {number(b)}", "n r") for a, b in ends]
    rows = [(f"<td>{title}{note}</td>", _cell(number(spread.central), "n"), *cells)]
    if found.target or found.record is not None:
        rows.append((f'<td colspan="{2 + len(ends)}">{range_bar(found)}</td>',))
    return rows


def _records(page: CasePage) -> str:
    parts = []
    for record in page.case.records.values():
        values = value_texts(record.values)
        source, url = escape(record.source.citation), record.source.url
        place = f" {link('', url)}" if url else ""
        note = f" {escape(record.note)}" if record.note else ""
        parts.append(
            f"<p>{escape(record.title)}, {escape(record.unit)}: {escape(values)}."
            f'<br><span class="small">Source: {source}.{place}{note}</span></p>'
        )
    return "\n".join(parts) or _small("There is none to hold it against.")


def _gaps(page: CasePage) -> str:
    found = [(f, gap_texts(f)) for f in page.findings]
    return _list(f"{f.title}: {'; '.join(texts)}." for f, texts in found if texts)


def _sure(page: CasePage) -> str:
    rulings = [
        f"{f.title}: {f.ruling.grade} ({f.ruling.model}; {f.ruling.record})."
        for f in page.findings
        if f.ruling
    ]
    assumed = _table(
        ("assumption", "value", "low", "high", "source", "meaning"),
        [
            (_cell(a.name), _cell(f"{a.value:g}", "n"), _cell(f"{a.low:g}", "n"),
             _cell(f"{a.high:g}", "n"), _cell(a.source), _cell(a.note))
            for a in page.assumptions
        ],
    )  # fmt: skip
    formulas = [
        f"{f.name}, {side}: {text}"
        for f in page.findings
        for side, text in (("model", f.model_expression), ("record", f.record_expression))
        if text
    ]
    return "\n".join([
        _list([solves_text(page), *(f"Failed: {t}" for t in page.failed), *rulings,
               *(f"Note: {t}" for t in page.notes)]),
        f"<details><summary>Assumptions</summary>{assumed}</details>",
        f"<details><summary>Expressions</summary>{_list(formulas)}</details>",
        f"<details><summary>Every solve</summary>{_solves(page)}</details>",
    ])  # fmt: skip


def _solves(page: CasePage) -> str:
    rows = [
        (_cell(s.run), _cell(str(s.variant)), _cell(s.verdict), _cell(s.gap_name),
         _cell(f"{s.gap:.1e}", "n"), _cell(s.method), _cell(s.shock))
        for s in page.solves
    ]  # fmt: skip
    head = (
        "run",
        "variant",
        "verdict",
        "largest gap",
        "of world income or price",
        "method",
        "shock",
    )
    return _table(head, rows)

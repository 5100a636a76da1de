"""Docstrings of the package as reStructuredText.

They have the sections of numpydoc in a short form, ``name : meaning`` with indented further lines;
each entry becomes one of a definition list.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

LONE_STAR = re.compile(r"(?<![\w`*])\*(?=[^\s*])(?![^*]*[^\s*]\*(?!\w))")
BROKEN_NAMES = re.compile(r"(?<=\w),\n(?=\w+(, \w+)* : )")
ENTRY = re.compile(r"(\S.*?) : (.*)")


def is_heading(lines: list[str], at: int) -> bool:
    """Whether line `at` is the title of a section, with dashes of its length below."""
    return at + 1 < len(lines) and bool(lines[at]) and lines[at + 1] == "-" * len(lines[at])


def entry(line: str) -> list[str]:
    """The first line of an entry, as the term and the first line of its definition."""
    if not (found := ENTRY.fullmatch(line)):
        return [line]
    names = ", ".join(f"`{name}`" for name in found[1].split(", "))
    return ["", names, f"    {found[2]}"]


def translated(text: str) -> list[str]:
    """Lines of the whole docstring."""
    lines = BROKEN_NAMES.sub(", ", text).split("\n")
    out, inside, skip = [], False, False
    for at, line in enumerate(lines):
        if skip:
            skip = False
        elif is_heading(lines, at):
            inside = skip = True
            out += ["", f".. rubric:: {line}", ""]
        else:
            out += entry(line) if inside and line[:1].strip() else [line]
    return [LONE_STAR.sub(r"\\*", line) for line in out]


def translate(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Replace the lines of a docstring in place, as Sphinx wants it."""
    lines[:] = translated("\n".join(lines))


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", translate)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

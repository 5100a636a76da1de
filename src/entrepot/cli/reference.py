"""The reference page of the command line, written from the verbs themselves.

``python -m entrepot.cli.reference`` prints the page; a test compares it with the one in the
documentation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

from entrepot.cli.main import app

INTRO = """# Command line

*This page is written by `python -m entrepot.cli.reference`; do not edit it by hand.*

`entrepot VERB --help` says the same. Every verb takes `--json`, which prints the same numbers as
JSON on standard output and nothing else there; progress and errors go to standard error.

| exit status | meaning |
|---|---|
| 0 | done; every result shown is certified |
| 1 | no certified result, or the output cannot be written |
| 2 | the input cannot be used |
| 130 | interrupted |
"""


def verbs(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Words and command of every verb under `command`."""
    for name, child in getattr(command, "commands", {}).items():
        yield from verbs(child, (*path, name))
    if not hasattr(command, "commands"):
        yield path, command


def page() -> str:
    """Return the page as Markdown."""
    root = typer.main.get_command(app)
    parts = [INTRO, "## `entrepot`\n", _table(root)]
    for path, command in verbs(root):
        parts.append(_section(path, command))
    return "\n".join(parts)


def _section(path: tuple[str, ...], command: Any) -> str:
    """Heading, usage, what it does, and its table."""
    words = " ".join(("entrepot", *path))
    given = [p.name.upper() if p.required else f"[{p.name.upper()}]" for p in _arguments(command)]
    usage = " ".join([words, *given, "[OPTIONS]"])
    return f"## `{words}`\n\n{command.help}\n\n```console\n$ {usage}\n```\n\n{_table(command)}"


def _arguments(command: Any) -> list[Any]:
    return [p for p in command.params if p.param_type_name == "argument"]


def _table(command: Any) -> str:
    """One row for each argument and option."""
    rows = ["| argument or option | meaning | default |", "|---|---|---|"]
    for item in command.params:
        names = _names(item)
        if names:
            rows.append(f"| {names} | {_cell(item.help or '')} | {_default(item)} |")
    return "\n".join(rows) + "\n"


def _names(item: Any) -> str:
    if item.param_type_name == "argument":
        return f"`{item.name.upper()}`"
    return ", ".join(f"`{name}`" for name in (*item.opts, *item.secondary_opts))


def _default(item: Any) -> str:
    if item.required:
        return "required"
    if getattr(item, "is_flag", False):
        on, off = item.opts[0], next(iter(item.secondary_opts), "")
        return f"`{on if item.default else off}`" if off else "off"
    return "none" if item.default in (None, "") else f"`{item.default}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())

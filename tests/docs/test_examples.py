"""Every example of every page runs: Python from top to bottom, files are read, commands exist."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
import yaml
from typer.testing import CliRunner

import entrepot as ep
from entrepot.cli.main import app
from entrepot.cli.reference import verbs
from entrepot.model.presets import at, preset

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
}
BLOCK = r"^```{}\n(.*?)^```"
COMMAND = re.compile(r"(?:^\$ |&& |`)entrepot ([^\n`&]+)", re.MULTILINE)
USAGE = "docs/reference/cli.md"
"""Written by the command line itself."""
CHEAP = ("validate", "list", "show")


@dataclass(frozen=True)
class Ran:
    """What a page left behind: its names, and what it printed."""

    scope: dict[str, Any]
    out: str


def blocks(text: str, language: str) -> Iterator[re.Match[str]]:
    return re.finditer(BLOCK.format(language), text, re.DOTALL | re.MULTILINE)


def run(name: str) -> Ran:
    """Run the Python of a page in one scope; errors carry its lines."""
    scope: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in blocks(PAGES[name], "python"):
            above = PAGES[name][: block.start(1)].count("\n")
            exec(compile("\n" * above + block[1], str(ROOT / name), "exec"), scope)
    return Ran(scope, printed.getvalue())


def readme(ran: Ran) -> None:
    assert ran.scope["solution"].ok


def model(ran: Ran) -> None:
    year, long = map(float, ran.out.splitlines()[:2])
    assert year < long < 1
    assert "refined" in ran.out


def parameters(ran: Ran) -> None:
    assert "theta_ratio" in ran.out
    assert ran.scope["economy"].mu == at(6).parameters["mu"].value
    assert ran.scope["mine"].mu == 0.05


def casebook(ran: Ran) -> None:
    assert "6. What would have to be true" in ran.out


def decomposition(ran: Ran) -> None:
    total = 100 * np.log(ran.scope["run"].results.welfare.values)
    for name, dim in (("channels", "channel"), ("measures", "measure"),
                      ("instruments", "instrument")):  # fmt: skip
        assert np.max(np.abs(ran.scope[name].log_points.sum(dim).values - total)) < 1e-10


def new_links(ran: Ran) -> None:
    assert "[0.0238" in ran.out
    assert ran.out.index("NOR") < ran.out.index("ROW")
    assert ran.out.endswith("\n4\n")


def own_tables(ran: Ran) -> None:
    assert ran.scope["mine"].meta["iot"]["stock_changes"]["taken_from_stocks"] < 0
    assert ran.scope["result"].welfare.values[0] < 1
    assert ran.scope["mrio"].regions[0] == "reg1"


CHECKS: dict[str, Callable[[Ran], None]] = {
    "README.md": readme,
    "docs/model.md": model,
    "docs/reference/parameters.md": parameters,
    "docs/guide/casebook.md": casebook,
    "docs/guide/decomposition.md": decomposition,
    "docs/guide/new_links.md": new_links,
    "docs/guide/own_tables.md": own_tables,
}
"""What is to be seen beside the assertions that a page makes itself."""


@pytest.mark.parametrize("name", [n for n, text in PAGES.items() if "```python" in text])
def test_the_python_of_a_page_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(name)
    CHECKS.get(name, lambda ran: None)(ran)


def test_every_check_has_its_page() -> None:
    assert not [name for name in CHECKS if "```python" not in PAGES[name]]


READERS: dict[str, Callable[[str], object]] = {
    "entrepot/1": ep.load_scenarios,
    "entrepot-presets/1": lambda text: preset("short_run", yaml.safe_load(text)),
}


@pytest.mark.parametrize("name", [n for n, text in PAGES.items() if "```yaml" in text])
def test_the_files_of_a_page_are_read(name: str) -> None:
    for block in blocks(PAGES[name], "yaml"):
        assert READERS[yaml.safe_load(block[1])["format"]](block[1])


def commands(name: str) -> list[list[str]]:
    return [shlex.split(found[1]) for found in COMMAND.finditer(PAGES[name])]


@pytest.mark.parametrize("name", [n for n in PAGES if n != USAGE and commands(n)])
def test_the_commands_of_a_page_exist(name: str) -> None:
    known = dict(verbs(typer.main.get_command(app)))
    for words in commands(name):
        (verb,) = {tuple(words[:1]), tuple(words[:2])} & set(known)
        options = {option for item in known[verb].params for option in item.opts}
        assert not {word for word in words if word.startswith("-")} - options, words


def test_the_commands_that_only_look_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (text,) = (block[1] for block in blocks(PAGES["README.md"], "yaml"))
    Path("my.yaml").write_text(text, encoding="utf-8")
    found = {tuple(words) for name in PAGES if name != USAGE for words in commands(name)}
    cheap = [words for words in found if set(words[:2]) & set(CHEAP)]
    assert ("validate", "my.yaml") in cheap
    for words in cheap:
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == 0, f"entrepot {' '.join(words)}: {done.output}"


def test_the_scenario_of_the_readme_changes_cells_of_a_world() -> None:
    (text,) = (block[1] for block in blocks(PAGES["README.md"], "yaml"))
    compiled = ep.compile_shock(ep.load_world("2017"), ep.load_scenarios(text)["no_oil_no_dollars"])
    assert {"access", "payment_cost"} <= set(compiled.cells["instrument"])

"""The documentation: its code runs, its links lead somewhere, and it names what exists."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer
from typer.testing import CliRunner

import entrepot as ep
from entrepot.cli.main import app
from entrepot.cli.reference import page, verbs

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
NOTATION = (ROOT / "docs" / "notation.md").read_text("utf-8")
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "benchmarks/README.md",
         *sorted((ROOT / "docs").rglob("*.md"))]  # fmt: skip


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


def anchors(path: Path) -> set[str]:
    """Anchors of the headings, as the usual viewers of Markdown make them."""
    found = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in found}


def is_broken(path: Path, target: str) -> bool:
    """Whether a relative link of `path` leads nowhere; links to other hosts are not looked at."""
    if re.match(r"[a-z]+:", target):
        return False
    name, _, anchor = unquote(target).partition("#")
    place = (path.parent / name).resolve() if name else path
    lost = anchor and place.suffix == ".md" and anchor not in anchors(place)
    return not place.exists() or bool(lost)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert not [target for target in links if is_broken(path, target)]


def test_every_page_is_reached_from_the_readme() -> None:
    text = "".join(p.read_text("utf-8") for p in PAGES)
    assert not [p.name for p in (ROOT / "docs").rglob("*.md") if p.name not in text]


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = blocks(README, "python")
    scope: dict[str, object] = {}
    exec(compile(code, str(README), "exec"), scope)
    solution = scope["solution"]
    assert isinstance(solution, ep.Solution)
    assert solution.ok


def test_the_scenario_of_the_readme_is_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is checked by the command that the README gives for it."""
    monkeypatch.chdir(tmp_path)
    (text,) = blocks(README, "yaml")
    commands = [line for b in blocks(README, "console") for line in b.splitlines()]
    assert "$ entrepot validate my.yaml" in commands
    Path("my.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["validate", "my.yaml"])
    assert done.exit_code == 0, done.output
    book = ep.load_scenarios("my.yaml")
    compiled = ep.compile_shock(ep.load_world("2017"), book["no_oil"])
    assert len(compiled.cells)


def test_the_page_of_the_command_line_is_that_of_the_verbs() -> None:
    assert (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8") == page(), (
        "run: python -m entrepot.cli.reference > docs/reference/cli.md"
    )


def test_every_verb_and_option_is_described() -> None:
    for path, command in verbs(typer.main.get_command(app)):
        words = " ".join(("entrepot", *path))
        section = page().split(f"## `{words}`\n")[1].split("\n## ")[0]
        assert command.help
        assert command.help in section
        for item in command.params:
            assert item.help, f"{words}: {item.name} has no help"
            names = item.opts if item.param_type_name == "option" else [item.name.upper()]
            assert all(f"`{name}`" in section for name in names)


def results() -> list[str]:
    found = vars(ep.Results).items()
    return [k for k, v in found if isinstance(v, property) and not k.startswith("_")]


@pytest.mark.parametrize(
    "name",
    [
        *(f"World.{f.name}" for f in fields(ep.World)),
        *(f"Shock.{f.name}" for f in fields(ep.Shock)),
        *(f"Results.{name}" for name in results()),
    ],
)
def test_the_notation_names_it(name: str) -> None:
    assert f"`{name}`" in NOTATION


def test_the_notation_names_nothing_that_is_gone() -> None:
    owners = {"World": ep.World, "Shock": ep.Shock, "Results": ep.Results}
    found = re.findall(r"`(World|Shock|Results)\.(\w+)", NOTATION)
    assert not [f"{a}.{b}" for a, b in found if not hasattr(owners[a], b)]

"""The documentation: every page is reached, and it names what exists."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer

import entrepot as ep
from entrepot.cli.main import app
from entrepot.cli.reference import page, verbs
from entrepot.model import family
from entrepot.model.closure import Closure
from entrepot.solving.nests import Nests
from entrepot.solving.state import State
from entrepot.study.bounds import Bounds

ROOT = Path(__file__).parents[2]
NOTATION = (ROOT / "docs" / "notation.md").read_text("utf-8")
TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", TEXTS[1:], ids=lambda p: p.stem)
def test_another_page_leads_to_it(page: Path) -> None:
    """In the checkout there is no table of contents; links on the site are tested there."""
    others = [path for path in TEXTS if path != page]
    links = {
        (path.parent / link.partition("#")[0]).resolve()
        for path in others
        for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8"))
    }
    assert page in links


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
        *(f"Economy.{f.name}" for f in fields(ep.Economy)),
        *(f"Results.{name}" for name in results()),
    ],
)
def test_the_notation_names_it(name: str) -> None:
    assert f"`{name}`" in NOTATION


def test_the_notation_names_nothing_that_is_gone() -> None:
    owners = {"World": [ep.World], "Shock": [ep.Shock], "Economy": [ep.Economy],
              "Results": [ep.Results], "State": [State], "Nests": [Nests, family.Nests],
              "Family": [family.Family], "Bounds": [Bounds]}  # fmt: skip
    found = re.findall(rf"`({'|'.join(owners)})\.(\w+)", NOTATION)
    assert {owner for owner, _ in found} == set(owners)
    assert not [f"{a}.{b}" for a, b in found if not any(hasattr(x, b) for x in owners[a])]


def test_the_model_page_has_every_closure_and_identity() -> None:
    text = (ROOT / "docs" / "model.md").read_text("utf-8")
    parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    rows = {k: re.findall(r"^\| `(\w+)` \|", v, re.MULTILINE) for k, v in sections.items()}
    assert rows["Net transfers and the numeraire"] == list(Closure)
    identities = [f.name for f in fields(ep.Certificate)]
    assert rows["What the certificate checks"] == identities

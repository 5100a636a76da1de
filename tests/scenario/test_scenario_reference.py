"""The reference page is the schema, and nothing in the schema goes undocumented."""

from pathlib import Path

import pytest

from entrepot.scenario import KINDS, PLANNED, load_scenarios
from entrepot.scenario.compose import ScenarioSpec
from entrepot.scenario.explain import keys_of
from entrepot.scenario.reference import PARTS, page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "scenario.md"


def test_the_page_in_the_documentation_is_the_page_of_the_schema():
    assert PAGE.read_text("utf-8") == page(), (
        "run: python -m entrepot.scenario.reference > docs/reference/scenario.md"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_and_field_is_described(kind):
    section = page().split(f"### `{kind}`")[1].split("\n### ")[0]
    assert (KINDS[kind].__doc__ or "").strip()
    for key, meaning in keys_of(KINDS[kind]).items():
        assert meaning, f"{kind}.{key} has no description"
        assert key == "kind" or f"| `{key}` | {meaning}" in section


@pytest.mark.parametrize("part", [*PARTS, ScenarioSpec], ids=lambda p: p.__name__)
def test_every_part_and_its_fields_are_described(part):
    assert (part.__doc__ or "").strip()
    for key, meaning in keys_of(part).items():
        assert meaning, f"{part.__name__}.{key} has no description"
        assert f"| `{key}` | {meaning}" in page()


def test_planned_kinds_are_named_and_disjoint():
    assert set(PLANNED).isdisjoint(KINDS)
    assert all(f"`{kind}`" in page() for kind in PLANNED)


def test_the_example_on_the_page_is_a_valid_file():
    text = page().split("```yaml\n")[1].split("```")[0]
    assert list(load_scenarios(text)) == ["zero_by_november"]

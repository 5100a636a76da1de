"""Case files: what is refused and how, the bundled ones, and the guide."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from entrepot.core.errors import CaseError
from entrepot.scenario import library
from entrepot.study.casebook import OUT_OF_SCOPE, first_page, list_cases, load_case
from entrepot.study.casebook.functions import FUNCTIONS
from entrepot.study.casebook.numbers import NUMBERS
from entrepot.study.casebook.schema import Case
from entrepot.study.casebook.solves import Bench

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "casebook.md"
GOOD = """
format: entrepot-case/1
id: small
title: A small case
claim: {text: Exports fall., said_by: somebody, when: '2018', document: a paper}
world: "2017"
runs:
  after: {scenario: us-iran-oil-2019, title: after the waivers}
records:
  exports:
    title: exports
    unit: barrels
    values: {2017: 730, 2019: 200}
    source: {citation: a yearbook}
quantities:
  fall:
    title: fall of exports
    unit: per cent
    model: 100 * (export_volume(after, IRN, crude) / export_volume(before, IRN, crude) - 1)
    record: 100 * (exports[2019] / exports[2017] - 1)
    claim: {at_most: -50, because: half}
readings:
  plain: {title: they fall by half, needs: [fall]}
levers:
  china:
    title: what China gives up
    from: 0
    to: 1
    overrides: {after: [us_iran_oil_2018.compliance.CHN]}
conditions:
  - {quantity: fall, lever: china}
"""


def problems(text: str) -> str:
    with pytest.raises(CaseError) as caught:
        load_case(text)
    assert str(caught.value).endswith(".")
    return str(caught.value)


def said_of(text: str) -> tuple[str, ...]:
    try:
        load_case(text)
    except CaseError as error:
        return error.problems
    return ()


def test_a_small_case_is_read() -> None:
    case = load_case(GOOD)
    assert case.id == "small"
    assert case.quantities["fall"].expression("record") is not None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title: A small case", "titel: A small case", "Did you mean 'title'"),
        ("    source: {citation: a yearbook}\n", "", "'source' is missing"),
        ("{citation: a yearbook}", "{citation: ''}", "the text is empty"),
        ("{citation: a yearbook}", "{url: x}", "'citation' is missing"),
        ("scenario: us-iran-oil-2019", "scenario: us-iran-oil-2091", "Did you mean 'us-iran-oil-2"),
        ("format: entrepot-case/1", "format: entrepot/1", "entrepot-case/1"),
        ('world: "2017"', 'world: "2018"', "no world '2018'"),
        ("  after: {", "  before: {", "cannot be the name of a run"),
        ("  after: {", "  my-run: {", "cannot be the name of a run"),
        ("exports[2019]", "exports[2018]", "period of record 'exports' '2018'"),
        ("exports[2019]", "export[2019]", "Did you mean 'exports'"),
        ("exports[2019]", "welfare(after, IRN)", "computed from records alone"),
        ("volume(after, IRN, crude)", "volume(after, IRN, cride)", "Did you mean 'crude'"),
        ("volume(after, IRN, crude)", "volume(later, IRN, crude)", "no run 'later'"),
        ("claim: {at_most: -50, because: half}", "claim: {because: half}", "open on both sides"),
        ("{at_most: -50, because: half}", "{at_most: -50}", "'because' is missing"),
        ("at_most: -50", "at_most: -50, at_least: 0", "lies above"),
        ("    claim: {at_most", "    verdict: holds\n    claim: {at_most", "unknown key 'verdict'"),
        ("needs: [fall]", "needs: [fell]", "Did you mean 'fall'"),
        ("needs: [fall]", "needs: []", "at least one item"),
        ("from: 0", "from: 1", "are the same"),
        ("us_iran_oil_2018.compliance", "us_iran_oil_2017.compliance", "measure of run 'after'"),
        ("lever: china}", "lever: chine}", "Did you mean 'china'"),
        ("title: after the waivers", "title: x, also: [more]", "'more'"),
        ("title: after the waivers", 'title: x, world: "2071"', "no world '2071'"),
        ("title: after the waivers", "title: x, begin: 2018-01-01", "needs a 'date' after it"),
        ("title: after the waivers", "title: x, begin: 2018-01-01, date: 2019-01-01, years: 1",
         "both say how much time has passed"),
        ("values: {2017: 730, 2019: 200}", "values: {}", "has no values"),
        ("values: {2017: 730,", "values: {2017: .nan,", "exports"),
        ("unit: per cent\n", "unit: per cent\n    margin: {value: -1, because: x}\n", "negative"),
        ('world: "2017"', 'world: "2017"\nother_worlds: ["2017"]', "is the central world already"),
        (
            'world: "2017"',
            'world: "2017"\nother_worlds: ["2023", "2023"]',
            "other_worlds.1: '2023' is listed twice",
        ),
        ("model: 100 *", "model: min() + 100 *", "'min()' compares nothing"),
        ("model: 100 *", "model: max(3) + 100 *", "'max(3)' compares nothing"),
        ("model: 100 *", "model: 1e999 *", "is no finite number"),
        ("model: 100 *", "model: 1 / (2 - 2) *", "divides by zero"),
        ("record: 100 *", "record: 1 / (exports[2017] - exports[2017]) *", "with these records"),
        ("record: 100 *", "record: 1e300 * 1e300 *", "is no finite number"),
        ("model: 100 *", "model: " + "1 + " * 900 + "100 *", "nested more than 100 deep"),
        ("model: 100 *", "model: " + "1 + " * 20_000 + "100 *", "4,000 are allowed"),
        ("values: {2017: 730,", "values: {2017: 1e999,", "a finite number"),
        ("unit: per cent\n", "unit: per cent\n    margin: 3\n", "margin"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_place_and_remedy(old: str, new: str, says: str) -> None:
    assert old in GOOD
    text = problems(GOOD.replace(old, new, 1))
    assert says in text
    assert "<text>:" in text
    assert "Input should" not in text
    assert max(len(line) for line in text.splitlines()) < 3000  # it lists the whole library


def test_all_problems_are_said_at_once() -> None:
    text = problems(GOOD.replace("exports[2019]", "export[2019]").replace("[fall]", "[fell]"))
    assert "export" in text
    assert "fell" in text
    assert "problems" in text


def test_a_claim_that_no_reading_needs_is_refused() -> None:
    other = """  other:
    {title: o, unit: u, record: 'exports[2017]', claim: {at_least: 1, because: x}}
readings:"""
    assert "no reading needs it" in problems(GOOD.replace("readings:", other, 1))


@pytest.mark.parametrize("text", ["\n- 1\n", "\n{}\n", "\n", "a: [\n"])
def test_what_is_not_a_case_file_is_refused(text: str) -> None:
    assert "not a valid case file" in problems(text)


def test_names_and_paths_that_do_not_exist(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="Did you mean 'zero-by-november'"):
        load_case("zero-by-novembre")
    with pytest.raises(CaseError, match="cannot be read"):
        load_case(tmp_path / "none.yaml")


def test_a_case_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD, "utf-8")
    assert load_case(path) == load_case(GOOD)


@pytest.mark.parametrize(
    "value", ["null", "true", "1.5", "x", "[]", "{}", "[1]", "{a: 1}", ".inf", '"\\ud800"', "NO"]
)
def test_every_field_refuses_in_our_own_words(value: str) -> None:
    lines = GOOD.splitlines()
    for k, line in enumerate(lines):
        if ":" in line and "{" not in line and "format" not in line:
            text = "\n".join([*lines[:k], f"{line.partition(':')[0]}: {value}", *lines[k + 1 :]])
            said = said_of(text)
            assert all(p.endswith((".", "?")) for p in said), said
            assert not [p for p in said if "Input should" in p]


@pytest.mark.parametrize("name", ["other.yaml", "Small.yml", "small.old.yaml"])
def test_a_file_is_called_as_its_case(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(GOOD, "utf-8")
    with pytest.raises(CaseError, match=rf"{name}:3: id: the case is called 'small'.*small\.yaml"):
        load_case(path)


def test_a_lever_may_go_down() -> None:
    lever = load_case(GOOD.replace("from: 0\n    to: 1", "from: 1\n    to: 0")).levers["china"]
    assert (lever.start, lever.end) == (1.0, 0.0)


def test_own_measures_have_their_places() -> None:
    own = "own:\n  measures:\n    more: {kind: tariff, senders: [NO], targets: [USA], rat: 30}\n"
    text = GOOD.replace("records:", own + "records:", 1)
    for found in (problems(text), problems(text.replace("{scenario", "{also: [more], scenario"))):
        assert "<text>:11: measures.more.senders.0: expected text, found False" in found
        assert "Norway is NOR" in found
        assert found.count("unknown key 'rat'") == 1


def test_own_measures_join_the_scenario_of_a_run() -> None:
    bench = Bench(load_case("qatar-blockade"))
    names = {a.name for a in bench.compiled("blockade", bench.central).assumptions}
    assert {"cheaper_turkey.percent", "qatar_blockade.compliance.default"} <= names


@pytest.mark.parametrize("name", [line.id for line in list_cases()])
def test_bundled_cases(name: str) -> None:
    case = load_case(name)
    assert case.id == name
    assert case.leaves_out
    assert all(r.source.url and r.source.url.startswith("https://") for r in case.records.values())
    claimed = {library()[run.scenario].claim for run in case.runs.values()}
    assert claimed == {name}


@pytest.mark.parametrize("name", [line.id for line in list_cases()])
def test_levers_move_numbers_that_exist(name: str) -> None:
    case = load_case(name)
    bench = Bench(case)
    for lever in case.levers.values():
        for run, names in lever.overrides.items():
            if run == NUMBERS:
                assert set(names) <= set(case.numbers)
                continue
            for value in (lever.start, lever.end):
                given = bench.given(run, bench.central, dict.fromkeys(names, value))
                assert {a.name for a in given} >= set(names)


def test_the_first_page_says_what_is_out_of_scope() -> None:
    text = first_page()
    assert OUT_OF_SCOPE in " ".join(text.split())
    assert all(line.id in text for line in list_cases())
    assert OUT_OF_SCOPE.removeprefix("Out of scope: ")[:60] in " ".join(GUIDE.read_text().split())


def test_the_guide_names_every_key_and_function() -> None:
    text = GUIDE.read_text("utf-8")
    assert all(f"| `{key}` |" in text for key in Case.model_fields)
    assert all(f"| `{name}(" in text for name in FUNCTIONS)


def test_good_is_plain_yaml() -> None:
    assert set(yaml.safe_load(GOOD)) <= set(Case.model_fields)

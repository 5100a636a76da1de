"""The scenarios that come with the package."""

from importlib.resources import files

import pytest

from entrepot.core.errors import ScenarioError
from entrepot.scenario import bundled_scenario, library, library_book, load_scenarios
from entrepot.scenario.bundled import bundled_files
from entrepot.world.layout import REGIONS

FILES = {
    "us_iran_2018",
    "qatar_2017",
    "caspian_common_market",
    "corridors",
    "russia_2022",
    "us_china_tariffs_2018",
    "iran_full_embargo",
    "kazakh_freeze",
    "lifelines",
    "ways_round_the_dollar",
    "iraq_dollars_2022",
    "us_cut_off",
    "oil_iran_2012",
    "oil_iran_2018",
    "oil_russia_2022",
    "oil_venezuela_2019",
    "syrian_oil",
    "tanker_convoys",
    "gazprom_nioc",
    "rhum_waiver",
}


def test_the_library_holds_its_files_and_no_name_twice():
    assert set(bundled_files()) == FILES
    names = [n for book in bundled_files().values() for n in book]
    assert len(names) == len(set(names)) == len(library())
    assert {"zero-by-november", "qatar-blockade", "caspian-common-market"} <= set(names)


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_measure_has_a_title_and_a_legal_act_or_is_a_thought_experiment(name):
    for entry in library_book(name).entries.values():
        source = entry.measure.source
        assert entry.measure.title, entry.name
        if source is None:
            assert (entry.measure.note or "").startswith("thought experiment"), entry.name
        else:
            assert (source.url or "").startswith("https://"), entry.name


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_measure_is_used_and_every_scenario_has_a_title(name):
    book = library_book(name)
    assert book.description
    used = {e.name for s in book.scenarios.values() for e in s.entries}
    assert used == set(book.entries)
    assert all(s.title != s.name for s in book.scenarios.values())


def test_scenarios_differ_from_each_other():
    hashes = {s.hash for s in library().values()}
    assert len(hashes) == len(library())


def test_economies_named_one_by_one_are_in_the_bundled_worlds():
    for scenario in library().values():
        for entry in scenario.entries:
            for field in ("senders", "targets", "members", "partners"):
                labels = getattr(entry.measure, field, None) or ()
                groups = scenario.vocabulary.groups
                assert {x for x in labels if x not in groups and x != "all"} <= set(REGIONS)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_user_who_copies_a_bundled_file_gets_the_same(name):
    text = files("entrepot.scenario").joinpath(f"library/{name}.yaml").read_text("utf-8")
    copied, bundled = load_scenarios(text), library_book(name)
    assert {n: copied[n].hash for n in copied} == {n: bundled[n].hash for n in bundled}
    places = {e.name: e.where.split(":")[1] for e in copied.entries.values()}
    assert places == {e.name: e.where.split(":")[1] for e in bundled.entries.values()}


def test_an_unknown_file_gets_the_nearest_name():
    with pytest.raises(ScenarioError, match="Did you mean 'qatar_2017'"):
        library_book("qatar_2018")


def test_one_scenario_is_the_one_of_the_library():
    for name, scenario in library().items():
        assert bundled_scenario(name) == scenario
    measures = {e.name for s in library().values() for e in s.entries} - set(library())
    assert not [n for n in (*measures, "", "zero-by", "Zero-by-november") if bundled_scenario(n)]

"""Groups of economies and sectors, built-in and of the file."""

from datetime import date

import pytest

from entrepot.scenario import load_scenarios
from entrepot.scenario.labels import SECTOR_GROUPS, Vocabulary, builtin_groups, economies
from entrepot.world.layout import REGIONS, SECTOR_CODES

SIZES = {
    "EU27": 27,
    "EU28": 28,
    "EU": 27,
    "G7": 7,
    "GCC": 6,
    "EAEU": 5,
    "OPEC": 12,
    "OPEC_PLUS": 22,
    "BRICS": 10,
    "ASEAN": 11,
    "NATO": 32,
    "USMCA": 3,
    "SCO": 10,
}


@pytest.mark.parametrize("name", builtin_groups())
def test_groups_have_known_members_a_source_and_the_size_they_have_today(name):
    group = builtin_groups()[name]
    codes = [m.code for m in group.members]
    assert len(set(codes)) == len(codes)
    assert set(codes) <= set(economies())
    assert group.source["publisher"]
    assert group.source["url"].startswith("https://")
    assert len(group.at(None)) == SIZES[name]


@pytest.mark.parametrize(
    ("group", "code", "day", "member"),
    [
        ("EU", "GBR", "2020-01-31", True),
        ("EU", "GBR", "2020-02-01", False),
        ("EU", "HRV", "2013-06-30", False),
        ("EU", "HRV", "2013-07-01", True),
        ("OPEC", "QAT", "2018-12-31", True),
        ("OPEC", "QAT", "2019-01-01", False),
        ("OPEC", "AGO", "2024-01-01", False),
        ("NATO", "FIN", "2023-04-04", True),
        ("NATO", "SWE", "2024-03-06", False),
        ("BRICS", "IRN", "2023-12-31", False),
        ("BRICS", "IRN", "2024-01-01", True),
        ("SCO", "IRN", "2023-07-04", True),
        ("EAEU", "KGZ", "2015-08-11", False),
    ],
)
def test_membership_is_dated(group, code, day, member):
    assert (code in builtin_groups()[group].at(date.fromisoformat(day))) is member


def test_every_economy_and_sector_of_the_bundled_worlds_may_be_named():
    assert set(REGIONS) <= set(economies())
    grouped = {c for codes in SECTOR_GROUPS.values() for c in codes}
    assert grouped == set(SECTOR_CODES)
    assert set(SECTOR_GROUPS["goods"]).isdisjoint(SECTOR_GROUPS["services"])


def test_codes_are_iso_alpha_3():
    codes = set(economies()) - {"ROW"}
    assert len(codes) == 249
    assert all(len(c) == 3 and c.isupper() for c in codes)


FILE = """\
format: entrepot/1
labels: {economies: [NORTH, SOUTH], sectors: [coal]}
groups:
  BOTH: [NORTH, SOUTH]
  CLUB:
    title: A club
    members: [BOTH, {code: GCC, until: 2020-12-31}, {code: EU, from: 2010-01-01}]
    source: {act: a treaty}
sector_groups:
  fuels: [coal, energy]
measures:
  m: {kind: embargo, senders: [CLUB], targets: [IRN], sectors: [fuels]}
"""


def test_a_file_brings_its_own_labels_and_groups():
    words = load_scenarios(FILE).vocabulary
    club = words.groups["CLUB"]
    assert (club.title, club.source) == ("A club", {"act": "a treaty"})
    assert {"NORTH", "SOUTH", "QAT", "GBR"} <= set(club.at(date(2019, 6, 1)))
    assert "QAT" not in club.at(date(2021, 1, 1))
    assert "GBR" not in club.at(date(2020, 6, 1))
    assert words.sector_groups["fuels"] == ("coal", "crude", "gas", "refined")


def test_own_labels_stay_in_their_file():
    load_scenarios(FILE)
    assert Vocabulary.standard().economy_problem("NORTH") is not None
    assert Vocabulary.standard().sector_problem("coal") is not None

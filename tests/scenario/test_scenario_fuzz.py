"""Whatever a file holds, it is read or refused with sentences; it never crashes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.core.errors import ScenarioError
from entrepot.scenario import KINDS, PLANNED, ScenarioBook, library, load_scenarios
from entrepot.scenario.explain import keys_of
from entrepot.scenario.load import KEYS
from entrepot.scenario.table import measure_rows

WORDS = [
    "USA",
    "IRN",
    "irn",
    "EU27",
    "G7",
    "all",
    "crude",
    "goods",
    "m",
    "n",
    "x",
    "",
    "2018-11-05",
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 30),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=4),
)
inner_keys = st.sampled_from(
    ["who", "sectors", "share", "until", "from", "low", "central", "high", "default", "CHN", "G7",
     "act", "url", "threat", "enforcement", "except", "members", "code", "include", "frozen"]
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(inner_keys, inner, max_size=4)
    ),
    max_leaves=8,
)
kinds = st.sampled_from([*KINDS, *PLANNED, "x"])
fields = st.sampled_from(sorted({k for model in KINDS.values() for k in keys_of(model)}))
bodies = st.one_of(
    values,
    st.builds(
        lambda kind, body: {**body, "kind": kind},
        kinds,
        st.dictionaries(fields, values, max_size=6),
    ),
)
names = st.sampled_from(["m", "n", "x", "y", "G", "my name"])
sections = st.dictionaries(names, st.one_of(bodies, values), max_size=3)
files = st.builds(
    lambda known, odd: {"format": "entrepot/1", **known, **odd},
    st.fixed_dictionaries(
        {"measures": st.dictionaries(names, bodies, max_size=3)},
        optional={"scenarios": sections, "groups": sections, "sector_groups": sections},
    ),
    st.dictionaries(st.sampled_from([*KEYS, "other"]), values, max_size=2),
)


def problems_of(source):
    """Problems of a scenario file; an empty tuple if there are none."""
    try:
        book = load_scenarios(source)
    except ScenarioError as error:
        return error.problems
    assert isinstance(book, ScenarioBook)
    assert all(len(book[name].hash) == 16 for name in book)
    return ()


@settings(max_examples=150, deadline=None)
@given(files)
def test_any_content_is_read_or_refused_in_sentences(data):
    said = problems_of(data)
    assert all(p.endswith((".", "?")) for p in said)
    assert not [p for p in said if "Input should" in p]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value",
    [None, True, 1.5, "x", [], {}, [1], ["x"], {"a": 1}, [[1]], [{}], float("inf"), b"x",
     {"low": "a"}, "\ud800", ["\ud800"]],
)  # fmt: skip
def test_every_field_refuses_in_our_own_words(kind, value):
    for key in keys_of(KINDS[kind]):
        said = problems_of({"format": "entrepot/1", "measures": {"m": {"kind": kind, key: value}}})
        assert all(p.endswith((".", "?")) for p in said)
        assert not [p for p in said if "Input should" in p or "valid" in p]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abm:-[]{}&*!|>'\"#%@ \n\t,.?0123", max_size=60))
def test_any_text_is_read_or_refused_in_sentences(text):
    assert all(p.endswith((".", "?")) for p in problems_of("format: entrepot/1\n" + text))


def test_rows_say_who_does_what_to_whom_by_which_act():
    row = measure_rows(library()["us-china-tariffs-2018"])[0]
    assert (row["measure"], row["kind"], row["who"], row["whom"]) == (
        "china_on_us_2018", "tariff", "CHN", "USA"
    )  # fmt: skip
    assert row["from"] == "2018-09-24"
    assert row["act"].startswith("Announcements of the Customs Tariff Commission")
    member = measure_rows(library()["caspian-common-market"])[0]
    assert (member["who"], member["whom"]) == ("CASPIAN_MARKET", "")

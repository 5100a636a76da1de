# ruff: noqa: E501 - files are written as wide as users write them
"""Reading scenario files: what is accepted, and every way of being wrong."""

from datetime import date

import pytest

from entrepot.core.errors import ScenarioError
from entrepot.scenario import KINDS, PLANNED, load_scenarios

GOOD = """\
format: entrepot/1
title: A test
measures:
  ban:
    kind: embargo
    senders: [USA]
    targets: [IRN]
    sectors: [crude]
    from: 2018-11-05
scenarios:
  all_of_it: [ban]
"""


def test_a_good_file_is_read_with_places_and_dates():
    book = load_scenarios(GOOD)
    entry = book["all_of_it"].entries[0]
    assert (entry.name, entry.where) == ("ban", "<text>:4")
    assert entry.measure.start == date(2018, 11, 5)
    assert list(book) == ["all_of_it"]
    assert len(book) == 1


def test_a_measure_is_a_scenario_by_itself():
    book = load_scenarios(GOOD)
    assert book["ban"].hash == book["all_of_it"].hash


def test_a_file_a_text_and_a_mapping_say_the_same(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD, "utf-8")
    data = {
        "format": "entrepot/1",
        "measures": {
            "ban": {
                "kind": "embargo",
                "senders": ("USA",),
                "targets": ["IRN"],
                "sectors": ["crude"],
                "from": "2018-11-05",
            }
        },
        "scenarios": {"all_of_it": ["ban"]},
    }
    hashes = {load_scenarios(s)["all_of_it"].hash for s in (path, str(path), GOOD, data)}
    assert len(hashes) == 1
    assert load_scenarios(path)["ban"].where == "mine.yaml:4"


def measure(body: str) -> str:
    return f"format: entrepot/1\nmeasures:\n  m:\n{body}"


def embargo(extra: str) -> str:
    return measure(f"    kind: embargo\n    senders: [USA]\n    targets: [IRN]\n    {extra}\n")


BAD = {
    "lower-case economy": (
        embargo("exempt: [{who: [irn]}]"),
        ["<text>:7: measures.m.exempt.0.who.0: unknown economy or group 'irn'.", "Did you mean 'IRN'?"],
    ),
    "country name": (embargo("compliance: {China: 0.5}"), ["'China'. Did you mean 'CHN'?"]),
    "unknown group": (embargo("exempt: [{who: [EU26]}]"), ["'EU26'. Did you mean 'EU"]),
    "unknown sector": (embargo("sectors: [crud]"), ["unknown sector 'crud'. Did you mean 'crude'?"]),
    "unknown key": (embargo("flows: both"), ["unknown key 'flows'. Did you mean 'flow'?"]),
    "python name of a key": (embargo("start: 2018-01-01"), ["unknown key 'start'."]),
    "inner unknown key": (embargo("exempt: [{shar: 1}]"), ["Did you mean 'share'?"]),
    "unknown word": (embargo("flow: export"), ["'export' is not allowed. Did you mean 'exports'?"]),
    "not a list": (embargo("sectors: crude"), ["expected a list, as in [USA], found 'crude'."]),
    "empty list": (embargo("sectors: []"), ["the list is empty."]),
    "label twice": (embargo("sectors: [crude, crude]"), ["crude is listed twice."]),
    "bad date": (embargo("from: 2018-02-30"), ["<text>:7: '2018-02-30' cannot be read"]),
    "date as words": (embargo("from: November"), ["'November' is not a date."]),
    "date with a time": (embargo("from: 2018-11-05T10:00:00"), ["is not a date."]),
    "dates reversed": (
        embargo("from: 2019-01-01\n    until: 2018-01-01"),
        ["'until' 2018-01-01 lies before 'from' 2019-01-01."],
    ),
    "exempt dates reversed": (
        embargo("exempt: [{from: 2019-01-01, until: 2018-01-01}]"),
        ["lies before"],
    ),
    "share in per cent": (embargo("compliance: 70"), ["70 lies outside [0, 1]. A share is written 0.7"]),
    "negative share": (embargo("compliance: {CHN: -0.1}"), ["-0.1 lies outside [0, 1]"]),
    "not a number": (embargo("compliance: {CHN: .nan}"), ["expected a finite number, found nan."]),
    "boolean share": (embargo("compliance: {CHN: yes}"), ["expected a number, or {low"]),
    "range out of order": (
        embargo("compliance: {low: 0.9, central: 0.5, high: 1}"),
        ["low 0.9, central 0.5, high 1 are not in this order."],
    ),
    "range without its middle": (
        embargo("compliance: {low: 0.5, high: 1}"),
        ["the key 'central' is missing"],
    ),
    "text for a number": (embargo("compliance: {CHN: high}"), ["expected a number, or {low"]),
    "text for compliance": (embargo("compliance: full"), ["or {default: ..., CODE: ...}"]),
    "missing key": (measure("    kind: embargo\n    senders: [USA]\n"), ["the key 'targets' is missing"]),
    "missing act": (embargo("source: {url: x}"), ["measures.m.source: the key 'act' is missing"]),
    "threat": (embargo("secondary: {threat: dollars, enforcement: 1}"), ["Did you mean 'dollar'?"]),
    "per cent tariff": (
        measure("    {kind: tariff, senders: [USA], targets: [CHN], rate: 25}\n"),
        ["rate 25 means 2500 %. Is it a figure in per cent? Then write 0.25."],
    ),
    "per cent added": (
        measure("    {kind: export_tax, senders: [USA], targets: [CHN], add: 10}\n"),
        ["add 10 means 1000 %."],
    ),
    "per cent in a range": (
        measure("    {kind: tariff, senders: [USA], targets: [CHN], rate: {central: 1, high: 9}}\n"),
        ["rate 9 means 900 %."],
    ),
    "rate and add": (
        measure("    {kind: tariff, senders: [USA], targets: [CHN], rate: 0.1, add: 0.1}\n"),
        ["give exactly one of 'rate'"],
    ),
    "no rate": (
        measure("    {kind: tariff, senders: [USA], targets: [CHN]}\n"),
        ["give exactly one of 'rate'"],
    ),
    "two costs": (
        measure("    {kind: trade_cost, senders: [USA], targets: [CHN], hat: 1.1, percent: 10}\n"),
        ["give exactly one of 'hat', 'percent', 'ad_valorem'; found hat, percent."],
    ),
    "hat of zero": (
        measure("    {kind: trade_cost, senders: [USA], targets: [CHN], hat: 0}\n"),
        ["0 lies outside (0, 101]."],
    ),
    "half exempted from a cost": (
        measure("    {kind: trade_cost, senders: [USA], targets: [CHN], hat: 2, exempt: [{share: 0.5}]}\n"),
        ["a trade cost is exempted in full or not at all"],
    ),
    "all capacity": (
        measure("    {kind: capacity_loss, targets: [SYR], sectors: [crude], share: 1}\n"),
        ["1 lies outside [0, 1)."],
    ),
    "empty agreement": (
        measure("    {kind: trade_agreement, members: [EAEU]}\n"),
        ["give at least one of 'tariff', 'cut' and 'trade_cost'."],
    ),
    "agreement twice": (
        measure("    {kind: trade_agreement, members: [EAEU], tariff: 0, cut: 1}\n"),
        ["not both."],
    ),
    "negative tariff ceiling": (
        measure("    {kind: trade_agreement, members: [EAEU], tariff: -0.1}\n"),
        ["'tariff' must not be negative."],
    ),
    "negative amount": (
        measure("    {kind: transfer, senders: [CHN], targets: [IRN], amount: -5}\n"),
        ["-5 lies outside [0, 1e+09]."],
    ),
    "misspelt kind": (measure("    {kind: embrago}\n"), ["'embrago'. Did you mean 'embargo'?"]),
    "no kind": (measure("    {senders: [USA]}\n"), ["the key 'kind' is missing"]),
    "kind is a list": (measure("    {kind: [embargo]}\n"), ["unknown kind"]),
    "measure is a word": (measure("    embargo\n"), ["expected a mapping with a 'kind'"]),
    "no format": ("measures: {}\nscenarios: {}\n", ["format: expected 'entrepot/1', found nothing."]),
    "other format": (GOOD.replace("/1", "/9"), ["<text>:1: format: expected 'entrepot/1', found 'entrepot/9'."]),
    "no measures": ("format: entrepot/1\ntitle: x\n", ["the key 'measures' is missing"]),
    "empty measures": ("format: entrepot/1\nmeasures: {}\n", ["there is none. Add one."]),
    "unknown section": (GOOD + "scenario: {}\n", ["unknown key 'scenario'. Did you mean 'scenarios'?"]),
    "title is a number": (GOOD.replace("A test", "5"), ["title: expected text, found 5."]),
    "section is a list": (GOOD.replace("  all_of_it: [ban]", "  - ban"), ["expected a mapping"]),
    "key twice": (GOOD.replace("senders: [USA]", "kind: embargo"), ["<text>:6: the key 'kind' is given twice; the first is on line 5."]),
    "anchor": (
        GOOD.replace("senders: [USA]", "senders: &a [USA]").replace("targets: [IRN]", "targets: *a"),
        ["used twice through a YAML anchor"],
    ),
    "merge key": (GOOD.replace("senders: [USA]", "<<: {senders: [USA]}"), ["a key must be a plain word"]),
    "not YAML": ("format: [\n", ["this is not YAML"]),
    "tab": ("format: entrepot/1\n\tmeasures: 1\n", ["this is not YAML"]),
    "two documents": (GOOD + "---\na: 1\n", ["holds 2 documents"]),
    "empty": ("\n\n", ["holds nothing"]),
    "a list": ("- a\n- b\n", ["must be a mapping"]),
    "deep": ("a: " + "[" * 5000 + "\n", ["nested too deeply", "this is not YAML"]),
    "name with a blank": (GOOD.replace("  ban:", "  my ban:"), ["the name 'my ban' must start with a letter"]),
    "name used twice": (GOOD.replace("all_of_it:", "ban:"), ["names a measure (<text>:4) and a scenario"]),
    "unknown part": (GOOD.replace("[ban]", "[bann]"), ["no measure or scenario 'bann'. Did you mean 'ban'?"]),
    "part twice": (GOOD.replace("[ban]", "[ban, ban]"), ["'ban' is listed twice."]),
    "no part": (GOOD.replace("[ban]", "[]"), ["the list is empty."]),
    "closure": (GOOD.replace("[ban]", "{include: [ban], closure: frozn}"), ["Did you mean 'frozen'?"]),
    "frozen without closure": (
        GOOD.replace("[ban]", "{include: [ban], closure: zero, frozen: [IRN]}"),
        ["need 'closure: frozen', found 'zero'."],
    ),
    "closure without frozen": (
        GOOD.replace("[ban]", "{include: [ban], closure: frozen}"),
        ["needs a list 'frozen'"],
    ),
    "frozen group": (
        GOOD.replace("[ban]", "{include: [ban], frozen: [EAEU]}"),
        ["unknown economy 'EAEU'."],
    ),
    "group named like an economy": (GOOD + "groups: {IRN: [USA]}\n", ["Rename the group."]),
    "group named like a built-in": (GOOD + "groups: {G7: [USA]}\n", ["is a built-in group."]),
    "unknown member": (GOOD + "groups: {X: [USAA]}\n", ["unknown economy or group 'USAA'. Did you mean 'USA'?"]),
    "empty group": (GOOD + "groups: {X: []}\n", ["groups.X: expected at least one item, found []."]),
    "groups in a ring": (GOOD + "groups: {X: [Y], Y: [X]}\n", ["contain each other: X > Y > X."]),
    "member dates": (GOOD + "groups: {X: [{code: USA, from: 2020-01-01, until: 2019-01-01}]}\n", ["lies before"]),
    "sector group": (GOOD + "sector_groups: {energy: [crude]}\n", ["is a sector or a built-in group."]),
    "sector group member": (GOOD + "sector_groups: {x: [crud]}\n", ["Did you mean 'crude'?"]),
    "labels": (GOOD + "labels: {economy: [A]}\n", ["unknown key 'economy'. Did you mean 'economies'?"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_place_and_remedy(name):
    text, fragments = BAD[name]
    with pytest.raises(ScenarioError) as caught:
        load_scenarios(text)
    message = str(caught.value)
    found = [f for f in fragments if f in message]
    assert found == fragments or (name == "deep" and found), message
    assert all("<text>" in p for p in caught.value.problems)


def test_every_problem_is_said_at_once():
    text = embargo("flows: both\n    sectors: [crud]\n    compliance: 70")
    text += "  n: {kind: tariff, senders: [usa], targets: [CHN], rate: 25}\nscenarios: {a: [b]}\n"
    with pytest.raises(ScenarioError) as caught:
        load_scenarios(text)
    assert len(caught.value.problems) == 5
    assert [p.split(":")[1] for p in caught.value.problems] == ["8", "9", "7", "10", "11"]


@pytest.mark.parametrize("kind", PLANNED)
def test_kinds_of_later_versions_are_known_but_refused(kind):
    with pytest.raises(ScenarioError, match="known but not available in this version") as caught:
        load_scenarios(measure(f"    {{kind: {kind}}}\n"))
    assert all(k in str(caught.value) for k in KINDS)


def test_a_missing_file_names_its_path(tmp_path):
    with pytest.raises(ScenarioError, match=r"nothing\.yaml' cannot be read: No such file"):
        load_scenarios(tmp_path / "nothing.yaml")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenarios(path)


def test_an_unknown_scenario_gets_the_nearest_name():
    with pytest.raises(ScenarioError, match=r"'all_of_itt'\. Did you mean 'all_of_it'\?"):
        load_scenarios(GOOD)["all_of_itt"]


def test_measures_are_frozen_and_problems_end_with_a_full_stop():
    entry = load_scenarios(GOOD)["ban"].entries[0]
    with pytest.raises(ValueError, match="frozen"):
        entry.measure.title = "x"
    for text, _ in BAD.values():
        with pytest.raises(ScenarioError) as caught:
            load_scenarios(text)
        assert all(p.endswith((".", "?")) for p in caught.value.problems), caught.value.problems

"""Numbers, words and dates that YAML or a user may take for something else."""

from datetime import date

import pytest

from entrepot.core.errors import ScenarioError
from entrepot.scenario import load_scenarios

HEAD = "format: entrepot/1\nmeasures:\n  m:\n    "
EMBARGO = "{kind: embargo, senders: [USA], targets: [IRN], %s}\n"


def measure(text):
    return load_scenarios(HEAD + text).entries["m"].measure


def refused(text):
    with pytest.raises(ScenarioError) as caught:
        load_scenarios(text)
    message = str(caught.value)
    assert "Input should" not in message
    assert all(p.endswith((".", "?")) for p in caught.value.problems)
    return message


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e8", 1e8), ("1E8", 1e8), ("1.5e3", 1.5e3), ("1e+2", 100.0), (".5", 0.5), ("+.5", 0.5),
     ("5.", 5.0), ("2e-3", 2e-3), ("1_000", 1000.0), ("7", 7.0)],
)  # fmt: skip
def test_numbers_as_people_write_them(text, value):
    found = measure(f"{{kind: transfer, senders: [USA], targets: [IRN], amount: {text}}}\n")
    assert found.amount.central == value


def test_a_negative_number_may_begin_with_its_point():
    found = measure("{kind: tariff, senders: [USA], targets: [CHN], add: -.9}\n")
    assert found.add.central == -0.9


@pytest.mark.parametrize("text", ["'1e8'", '"-.9"', "1e", "e8", "1e8x", "--1"])
def test_words_are_no_numbers(text):
    body = f"{{kind: transfer, senders: [USA], targets: [IRN], amount: {text}}}\n"
    assert "<text>:4: measures.m.amount" in refused(HEAD + body)


@pytest.mark.parametrize("text", ["010", "1:30", "-007"])
def test_whole_numbers_to_another_base_are_refused(text):
    body = f"{{kind: transfer, senders: [USA], targets: [IRN], amount: {text}}}\n"
    assert f"<text>:4: YAML reads {text} as the number" in refused(HEAD + body)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "{kind: embargo, senders: [NO], targets: [IRN]}\n",
        HEAD + "{kind: embargo, senders: [USA], targets: [ON]}\n",
        HEAD + EMBARGO % "secondary: {enforcement: 1, who: [no]}",
        HEAD + EMBARGO % "x: 1" + "groups: {X: [NO]}\n",
        HEAD + EMBARGO % "x: 1" + "scenarios: {x: {include: [m], frozen: [NO]}}\n",
    ],
)
def test_a_country_that_yaml_reads_as_false(text):
    message = refused(text)
    assert "YAML reads NO, OFF, YES and ON, in any case, as true or false" in message
    assert "between quotes" in message
    assert "Norway is NOR" in message


def test_other_words_that_yaml_reads_as_true_say_nothing_of_norway():
    message = refused(HEAD + EMBARGO % "title: ON")
    assert "expected text, found True. YAML reads NO" in message
    assert "Norway" not in message


@pytest.mark.parametrize(
    ("dates", "key"),
    [
        ("until: 2019-01-01, exempt: [{who: [USA], share: 0.5, from: 2020-01-01}]", "from"),
        ("from: 2019-01-01, exempt: [{}, {until: 2018-12-31}]", "until"),
    ],
)
def test_an_exemption_outside_its_measure_is_refused(dates, key):
    message = refused(HEAD + EMBARGO % dates.replace("{until", "\n    {until"))
    assert f".{key}: exemption" in message
    assert "it exempts nothing. Correct a date, or take it out." in message
    assert f"<text>:{5 if key == 'until' else 4}:" in message


def test_an_exemption_that_shares_one_day_with_its_measure_is_taken():
    assert measure(EMBARGO % "until: 2019-01-01, exempt: [{from: 2019-01-01}]").exempt


@pytest.mark.parametrize(
    ("secondary", "says"),
    [
        ("except: [all]", "m.secondary.except: 'except: [all]' leaves nobody to threaten"),
        ("who: [IRN]", "m.secondary.who: IRN is among the targets"),
        ("who: [CHN, USA]", "m.secondary.who: USA is among the senders"),
        ("who: [CHN, IND], except: [CHN]", "CHN is in 'who' and in 'except'"),
    ],
)
def test_a_threat_that_reaches_nobody_is_refused(secondary, says):
    text = HEAD + EMBARGO % f"secondary: {{enforcement: 0.5, {secondary}}}"
    assert says in refused(text)


@pytest.mark.parametrize(
    ("first", "second", "day"),
    [
        ("until: 2019-01-01", "until: 2018-06-01", date(2018, 6, 1)),
        ("until: 2019-01-01", "from: 2018-06-01", date(2018, 6, 1)),
        ("sectors: [all]", "until: 2018-06-01", date(2018, 6, 1)),
        ("sectors: [all]", "sectors: [crude]", None),
    ],
)
def test_the_day_that_measures_imply(first, second, day):
    text = HEAD + EMBARGO % first + "  n: " + EMBARGO % second + "scenarios: {x: [m, n]}\n"
    assert load_scenarios(text)["x"].default_day() == day


@pytest.mark.parametrize("line", ['title: "\\ud800"', '"\\udfff": 1'])
def test_half_a_character_is_refused_with_its_line(line):
    text = "format: entrepot/1\n" + line + "\nmeasures:\n  m: " + EMBARGO % "sectors: [all]"
    assert "<text>:2: '\\ud" in refused(text)
    assert "holds half of a character. Write the whole character." in refused(text)

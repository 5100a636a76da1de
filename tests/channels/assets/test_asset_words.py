"""Bad input in scenario files: what was found, what is allowed, where."""

import pytest

from entrepot.core.errors import ScenarioError
from entrepot.scenario import load_scenarios

FREEZE = {"kind": "asset_freeze", "senders": ["USA"], "targets": ["RUS"], "stock": 10.0}
AID = {"kind": "aid", "senders": ["CHN"], "targets": ["IRN"], "amount": 6.0}
LOAN = {"kind": "loan", "senders": ["CHN"], "targets": ["IRN"], "amount": 10.0,
        "interest": 0.1, "maturity": 5, "from": "2018-09-14"}  # fmt: skip
CUT = {"kind": "financial_cutoff", "senders": ["USA"], "targets": ["IRN"]}

CASES = {
    "negative stock": ({**FREEZE, "stock": -1}, "m.stock", "-1 lies outside [0, 1e+09]"),
    "stock missing": ({"kind": "asset_freeze", "senders": ["USA"], "targets": ["RUS"]},
                      "the key 'stock' is missing: assets frozen"),
    "yield in per cent": ({**FREEZE, "rate_of_return": 3}, "m.rate_of_return",
                          "A share is written 0.03 for 3 %"),
    "negative drawdown": ({**FREEZE, "drawdown": -5}, "m.drawdown", "-5 lies outside"),
    "beneficiaries of a trust": ({**FREEZE, "beneficiaries": ["DEU"]}, "m.beneficiaries",
                                 "do not go together"),
    "given to nobody": ({**FREEZE, "income_to": "beneficiaries"}, "beneficiaries none"),
    "passed on to nobody": ({**FREEZE, "passed_on": 0.5}, "m.passed_on",
                            "'passed_on' needs 'beneficiaries'"),
    "owner as beneficiary": ({**FREEZE, "income_to": "beneficiaries", "beneficiaries": ["RUS"]},
                             "m.beneficiaries", "RUS owns the assets"),
    "another word": ({**FREEZE, "income_to": "trusts"}, "Did you mean 'trust'?"),
    "share above one": ({**CUT, "share": 1.5}, "m.share", "1.5 lies outside [0, 1]"),
    "goods of no sector": ({**AID, "form": "goods"}, "m.form", "'form: goods' needs 'sectors'"),
    "money of a sector": ({**AID, "sectors": ["grain"]}, "m.sectors", "money has none"),
    "negative aid": ({**AID, "amount": -1}, "m.amount", "-1 lies outside"),
    "half a year": ({**LOAN, "maturity": 2.5}, "m.maturity", "expected a whole number", "2.5"),
    "no maturity": ({**LOAN, "maturity": 0}, "m.maturity", "a number of at least 1"),
    "long maturity": ({**LOAN, "maturity": 101}, "a number of at most 100"),
    "long grace": ({**LOAN, "grace": 5}, "m.grace", "leaves no year of the maturity 5"),
    "a loan that ends": ({**LOAN, "until": "2020-01-01"}, "m.until", "give 'default_from'"),
    "haircut of nothing": ({**LOAN, "haircut": 0.5}, "m.haircut", "needs 'default_from'"),
    "default before the loan": ({**LOAN, "default_from": "2018-01-01"}, "m.default_from",
                                "is not after 'from' 2018-09-14"),
    "default of no date": ({**{k: v for k, v in LOAN.items() if k != "from"},
                            "default_from": "2019-01-01"}, "needs 'from'"),
    "freeze of a misspelt owner": ({**FREEZE, "targets": ["RUSS"]}, "RUSS", "Did you mean"),
    "interest in per cent": ({**LOAN, "interest": 6}, "m.interest", "A share is written 0.06"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_words(case):
    body, *words = CASES[case]
    with pytest.raises(ScenarioError) as caught:
        load_scenarios({"format": "entrepot/1", "measures": {"m": body}, "scenarios": {"x": ["m"]}})
    for word in words:
        assert word in str(caught.value), str(caught.value)
    assert str(caught.value).endswith(".")


def test_all_problems_at_once():
    body = {**FREEZE, "stock": -1, "rate_of_return": 3, "spent": 2}
    with pytest.raises(ScenarioError) as caught:
        load_scenarios({"format": "entrepot/1", "measures": {"m": body}, "scenarios": {"x": ["m"]}})
    assert len(caught.value.problems) == 3

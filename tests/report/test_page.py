"""The page: well-formed, nothing from outside, user text stays text, every number of the run."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from entrepot.report import summarise
from entrepot.report.folder import charts
from entrepot.report.page import link, report_page
from entrepot.report.words import answer, bounds, measure_text, money, percent

VOID = {"meta", "br", "link", "img", "hr", "input"}
NAMES = ("oil-2018", "cut", "rest", "pact", "same", "duty", "loss")


class Reader(HTMLParser):
    """Text, tags and attributes of a page; a tag closed out of turn is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text.append(data)


def page_of(run) -> Reader:
    summary = summarise(run)
    return Reader(report_page(run, summary, charts(run, summary)))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_well_formed_and_complete_in_itself(solved, name):
    page = page_of(solved(name))
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
        for key, value in attributes.items():
            assert not key.startswith("on")
            assert key != "src"
            if key == "href":
                assert tag == "a"
                assert value.startswith(("https://", "http://"))
            assert "url(" not in (value or "")
    text = " ".join(page.text)
    for word in ("nan", "inf %", "None"):
        assert word not in text.replace("finance", "").replace("Finance", "")


def test_the_style_loads_nothing():
    from entrepot.report.page import EXTRA
    from entrepot.report.style import STYLE

    assert "url(" not in STYLE + EXTRA
    assert "@import" not in STYLE + EXTRA


def test_text_of_the_user_stays_text(run):
    text = " ".join(page_of(run).text)
    assert text.count("<script>alert('x')</script>") >= 4
    assert "Germany <b>" in text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x",
                                 " javascript:x", "//evil", "file:///etc/passwd", ""])  # fmt: skip
def test_only_web_addresses_become_links(url):
    assert link("Act <1>", url) == "Act &lt;1&gt;"


def test_an_address_cannot_leave_its_quotes():
    made = Reader(
        f"<p>{link('Act', 'https://a.org/x' + chr(34) + ' onclick=' + chr(34) + 'y')}</p>"
    )
    assert set(made.tags[1][1]) == {"href"}


def test_numbers_of_the_page_are_those_of_the_summary(run, summary):
    text = " ".join(page_of(run).text)
    for line in answer(summary):
        assert line in text
    for row in summary.measures:
        assert measure_text(row) in text
    for _, row in summary.welfare.iterrows():
        assert f"{row['name']}: {percent(row['percent'])}" in text or row["code"] == "ROW"
    for frame in (summary.losers, summary.gainers):
        for _, row in frame.iterrows():
            assert row["name"] in text
            assert bounds(row["low"], row["high"]) in text
            assert money(row["bn_usd"], signed=True) in text
    for _, row in summary.exports.iterrows():
        assert money(row["after"]) in text
    for name, gap in summary.certificate.items():
        assert name.replace("_", " ") in text
        assert f"{gap:.1e}" in text
    for a in summary.assumptions:
        assert a.name in text
        assert a.note in text
    for hashed in (run.world.hash, run.scenario.hash, run.economy.hash(run.world)):
        assert hashed in text


def test_failed_variants_are_on_the_page(run):
    from dataclasses import replace

    page = page_of(replace(run, failed=("elasticities low: <i>no result</i>",)))
    assert "elasticities low: <i>no result</i>" in page.text


def test_sources_of_a_case_link_to_web_addresses_only():
    from types import SimpleNamespace as Some

    from entrepot.report.casepage import _records

    source = Some(citation="A <b>", url="javascript:alert(1)")
    record = Some(title="t", unit="u", values={"a": 1.0}, source=source, note="")
    text = _records(Some(case=Some(records={"r": record})))
    assert "javascript" not in text
    assert "A &lt;b&gt;" in text
    source.url = "https://example.org/"
    text = _records(Some(case=Some(records={"r": record})))
    assert '<a href="https://example.org/">' in text

"""The documentation site: it builds without a warning, is whole, and needs no network."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest

import entrepot as ep

ROOT = Path(__file__).parents[2]
PAGES = sorted(p.relative_to(ROOT) for p in (ROOT / "docs").rglob("*.md"))
Build = tuple[subprocess.CompletedProcess[str], Path]


class Page(HTMLParser):
    """Links, anchors, loaded files and tags of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.loaded: set[str] = set()
        self.tags: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        if "src" in given or tag == "link":
            self.loaded.add(given.get("src") or given["href"])


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs"]
    done = subprocess.run(
        [*command, "-d", str(folder / "state"), ".", str(folder / "html")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done, folder / "html"


@pytest.fixture(scope="module")
def site(build: Build) -> Path:
    return build[1]


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html")}


def test_it_builds_without_a_warning(build: Build) -> None:
    done, _ = build
    assert done.returncode == 0, done.stdout + done.stderr


def outside(address: str) -> bool:
    return address.split(":")[0] in ("http", "https", "mailto", "data")


def test_every_page_is_on_the_site_and_in_its_contents(pages: dict[Path, Page], site: Path) -> None:
    reached = {(site / link).resolve() for link in pages[site / "index.html"].links}
    assert not [page for page in PAGES if site / page.with_suffix(".html") not in reached]


def test_every_link_leads_to_a_page_and_a_place_in_it(pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in (x for x in page.links if not outside(x)):
            name, _, anchor = unquote(link).partition("#")
            target = (path.parent / name).resolve() if name else path
            lost = anchor and target in pages and anchor not in pages[target].anchors
            if not target.exists() or lost:
                broken.append((path.name, link))
    assert len(pages) > len(PAGES)
    assert not broken


def test_no_page_loads_anything_from_elsewhere(pages: dict[Path, Page]) -> None:
    assert not [(p.name, x) for p, page in pages.items() for x in page.loaded if outside(x)]


def test_formulas_are_drawn_by_the_browser(pages: dict[Path, Page], site: Path) -> None:
    model = site / "docs" / "model.html"
    assert {"math", "mfrac", "msubsup"} <= pages[model].tags
    assert "$" not in model.read_text("utf-8").split("<article")[1].split("</article>")[0]


def test_every_public_name_has_its_entry(pages: dict[Path, Page], site: Path) -> None:
    anchors = pages[site / "docs" / "reference" / "api.html"].anchors
    names = [name for name in dir(ep) if not name.startswith("_")]
    rooms = {n for n in names if isinstance(getattr(ep, n), ModuleType)}
    assert {f"module-entrepot.channels.{name}" for name in rooms} <= anchors
    assert not [name for name in names if f"entrepot.{name}" not in anchors and name not in rooms]
    assert "entrepot.World.aggregate" in anchors

"""The documentation site: Sphinx over the Markdown of the checkout, the README as its first page.

``sphinx-build -W --keep-going -c docs . site`` builds it; every warning is an error.  The pages are
read where they lie, so that a link means the same on the site and in the checkout.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import entrepot

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs" / "extensions"))

project = "Entrepot"
author = copyright = "Entrepot contributors"
version = release = entrepot.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "docstrings", "mathml"]
root_doc = "README"
include_patterns = ["*.md", "docs/**.md", "benchmarks/README.md"]
highlight_language = "none"  # of blocks that do not say theirs: formulas
default_role = "py:obj"  # `name` in a docstring is a name of the code, linked where it has a page

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "Entrepot"
html_math_renderer = "mathml"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False

CONTENTS = {
    "Model": ["docs/model", "docs/notation", "docs/worlds"],
    "Guides": ["docs/guide/*"],
    "Reference": ["docs/reference/*"],
    "Project": ["CHANGELOG", "CONTRIBUTING", "DATA_LICENSE", "benchmarks/README"],
}


def add_contents(app: Sphinx, name: str, source: list[str]) -> None:
    """Give the first page the table of contents, which whoever reads the file has no use for."""
    if name != root_doc:
        return
    for title, pages in CONTENTS.items():
        options = [":hidden:", ":glob:", ":titlesonly:", f":caption: {title}"]
        source[0] += "\n".join(["\n```{toctree}", *options, *pages, "```\n"])


def without_folders(app: Sphinx, page: nodes.document) -> None:
    """Make plain text of links to folders of the checkout, which are no pages."""
    here = Path(page["source"]).parent
    for link in list(page.findall(addnodes.pending_xref)):
        if link["reftype"] == "myst" and (here / link["reftarget"]).is_dir():
            link.replace_self(link.children)


def make_index(app: Sphinx, error: Exception | None) -> None:
    """Give the first page the name under which servers look for one, too."""
    if error is None and app.builder.name == "html":
        shutil.copyfile(app.outdir / "README.html", app.outdir / "index.html")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", add_contents)
    app.connect("doctree-read", without_folders)
    app.connect("build-finished", make_index)

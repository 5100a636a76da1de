"""Formulas as MathML, which browsers draw by themselves: no script and no network.

A formula that docutils cannot translate stops the build.  Two habits of its translation are put
right: it takes the subscript of a letter with a hat for a limit below, and that of a letter with a
prime for one of the prime.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
MATH = f"{{{NAMESPACE}}}"
PRIME = re.compile(r"'(_(?:\{[^{}]*\}|\w))?")
ElementTree.register_namespace("", NAMESPACE)


def with_index(letter: ElementTree.Element) -> None:
    """Set the subscript of a letter with an accent beside it, not below."""
    base, index, accent = letter
    letter.clear()
    letter.tag = f"{MATH}msub"
    letter.append(ElementTree.Element(f"{MATH}mover", accent="true"))
    letter[0].extend([base, accent])
    letter.append(index)


def with_power(power: ElementTree.Element) -> None:
    """Set a superscript of a letter with a subscript right above that."""
    (letter, index), exponent = power[0], power[1]
    power.clear()
    power.tag = f"{MATH}msubsup"
    power.extend([letter, index, exponent])


def mathml(formula: str, as_block: bool = False) -> str:
    """Translate LaTeX."""
    text = PRIME.sub(lambda found: (found[1] or "") + r"^{\prime}", formula)
    found = tex2mathml(text, as_block=as_block).replace("&ApplyFunction;", "&#x2061;")
    root = ElementTree.fromstring(found)  # which knows no names of characters
    for item in root.iter(f"{MATH}munderover"):
        if item[2].get("stretchy") == "false":  # an accent
            with_index(item)
    for item in root.iter(f"{MATH}msup"):
        if item[0].tag == f"{MATH}msub":
            with_power(item)
    return ElementTree.tostring(root, encoding="unicode")


def inline(writer: Any, node: nodes.math) -> None:
    """Write a formula within a line."""
    writer.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def block(writer: Any, node: nodes.math_block) -> None:
    """Write a formula that stands by itself."""
    writer.body.append(f'<div class="math">{mathml(node.astext(), as_block=True)}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

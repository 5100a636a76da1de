"""YAML with places: plain data, and the line of every key and item.

Stricter than YAML: a key given twice, an anchor, a merge key and a second document are refused,
because each of them lets a file say something that its reader does not see.  So are whole numbers
that YAML 1.1 reads to base 8 or 60.  ``1e8`` and ``-.9``, which it takes for words, are numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from entrepot.core.own_yaml import OWN_LOADER

Path = tuple[str | int, ...]

TEXT: Final = "tag:yaml.org,2002:str"
INTEGER: Final = "tag:yaml.org,2002:int"
NUMBER: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\Z")
ODD: Final = re.compile(r"[-+]?(0[0-9_]|.*:)")


@dataclass(frozen=True, slots=True)
class Marked:
    """Plain data of a YAML text with its places.

    Attributes
    ----------
    data : dicts, lists, strings, numbers, dates, booleans, None
    name : file name shown in messages
    lines : line number (from 1) of each key and list item, by its path
    problems : what is wrong with the text itself

    """

    data: Any
    name: str
    lines: dict[Path, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def where(self, path: Path) -> str:
        """``file:line`` of the deepest known part of `path`."""
        for length in range(len(path), -1, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return f"{self.name}:{line}"
        return self.name


class _Walker:
    """Turns YAML nodes into data while it notes lines and problems."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.problems: list[str] = []
        self.seen: set[int] = set()
        self.constructor = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if id(node) in self.seen:
            self.problems.append(
                f"{self.name}:{line}: this value is used twice through a YAML anchor (& and *). "
                "Write it out where it is used."
            )
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, k)) for k, item in enumerate(node.value)]
        return self.scalar(node, line)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is not None and not self.readable(key, line):
                continue
            if key is None or key == "<<":
                self.problems.append(
                    f"{self.name}:{line}: a key must be a plain word; lists, mappings and '<<' "
                    "are not allowed as keys."
                )
                continue
            if key in out:
                first = self.lines[(*path, key)]
                self.problems.append(
                    f"{self.name}:{line}: the key '{key}' is given twice; the first is on line "
                    f"{first}. Keep one of them."
                )
                continue
            self.lines[(*path, key)] = line
            out[key] = self.value(value_node, (*path, key))
        return out

    def readable(self, text: str, line: int) -> bool:
        """Whether `text` holds nothing but characters; half a surrogate pair is none."""
        if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text):
            return True
        self.problems.append(
            f"{self.name}:{line}: {text!r} holds half of a character. Write the whole character."
        )
        return False

    def scalar(self, node: yaml.Node, line: int) -> Any:
        if isinstance(node, yaml.ScalarNode) and not self.readable(node.value, line):
            return None
        if isinstance(node, yaml.ScalarNode) and node.style is None:
            if node.tag == TEXT and NUMBER.match(node.value):
                return float(node.value)
            if node.tag == INTEGER and ODD.match(node.value):
                self.problems.append(
                    f"{self.name}:{line}: YAML reads {node.value} as the number "
                    f"{self.constructor.construct_object(node)}. Write a number without leading "
                    "zeros and colons, or put a word between quotes."
                )
                return None
        try:
            return self.constructor.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            reason = str(error).splitlines()[0]
            self.problems.append(
                f"{self.name}:{line}: '{node.value}' cannot be read ({reason}). A date is written "
                "YYYY-MM-DD and must exist; a number is written 0.5."
            )
            return None


def parse(text: str, name: str, *, trusted: bool = False) -> Marked:
    """Read YAML `text`; problems of the text itself are collected, not raised.

    `trusted` text is that of a file of the package (`entrepot.core.own_yaml`).
    """
    loader = OWN_LOADER if trusted else yaml.SafeLoader
    try:
        nodes = list(yaml.compose_all(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{name}:{mark.line + 1}" if mark else name
        return Marked(None, name, {}, (f"{place}: this is not YAML: {error.problem}.",))
    except yaml.YAMLError as error:
        return Marked(None, name, {}, (f"{name}: this is not YAML: {error}.",))
    except RecursionError:
        return Marked(None, name, {}, (f"{name}: lists or mappings are nested too deeply.",))
    if len(nodes) != 1 or nodes[0] is None:
        found = "nothing" if len(nodes) < 2 else f"{len(nodes)} documents"
        problem = f"{name}: the file holds {found}; it must hold one YAML mapping."
        return Marked(None, name, {}, (problem,))
    walker = _Walker(name)
    try:
        data = walker.value(nodes[0], ())
    except RecursionError:
        return Marked(None, name, {}, (f"{name}: lists or mappings are nested too deeply.",))
    return Marked(data, name, walker.lines, tuple(walker.problems))

"""Expressions of a case file: arithmetic over functions of runs and over records.

``100 * (export_volume(after, IRN, crude) / export_volume(before, IRN, crude) - 1)`` or
``100 * (exports[2019] / exports[2017] - 1)``.  The language is closed: numbers, ``+ - * /``,
brackets, ``min`` and ``max``, calls of `entrepot.study.casebook.functions`, and records by period.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from entrepot.core.errors import did_you_mean

OPERATORS: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
LONGEST: Final = 4000
DEEPEST: Final = 100
SHOWN: Final = 80
PLAIN: Final[dict[str, Callable[..., float]]] = {"min": min, "max": max}


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of a run: its name and the labels it is given."""

    function: str
    arguments: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        """As it is written."""
        parts = (a[0] if len(a) == 1 else f"[{', '.join(a)}]" for a in self.arguments)
        return f"{self.function}({', '.join(parts)})"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A record's value for one period."""

    record: str
    period: str

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.record}[{self.period}]"


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression; `text` is what the page prints."""

    text: str
    tree: ast.expr

    def calls(self) -> tuple[Call, ...]:
        """Every function call in it."""
        return tuple(n for n in _leaves(self.tree) if isinstance(n, Call))

    def lookups(self) -> tuple[Lookup, ...]:
        """Every record it reads."""
        return tuple(n for n in _leaves(self.tree) if isinstance(n, Lookup))

    def value(self, leaf: Callable[[Call | Lookup], float]) -> float:
        """The number it gives, with `leaf` for calls and records."""
        return _value(self.tree, leaf)


def parse_expression(text: str) -> Expression:
    """Read an expression; `ValueError` says what in it is not allowed."""
    written = " ".join(text.split())
    if len(written) > LONGEST:
        raise ValueError(
            f"the expression '{short(written)}' has {len(written):,} characters; {LONGEST:,} are "
            "allowed. Split it into several quantities."
        )
    try:
        tree = ast.parse(written, mode="eval").body
    except (RecursionError, MemoryError):
        raise ValueError(_deep(written)) from None
    except (SyntaxError, ValueError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ValueError(f"'{short(written)}' is not an expression ({reason}).") from None
    if _depth(tree) > DEEPEST:
        raise ValueError(_deep(written))
    for _ in _leaves(tree):
        pass
    _constant(tree)
    return Expression(written, tree)


def short(text: str) -> str:
    """`text` for a message: its beginning if it is long."""
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def _source(node: ast.AST) -> str:
    return short(ast.unparse(node))


def _deep(text: str) -> str:
    return (
        f"the expression '{short(text)}' is nested more than {DEEPEST} deep (each + - * / of a "
        "chain is one step). Split it into several quantities, or use fewer brackets."
    )


def _depth(tree: ast.expr) -> int:
    """Levels of the tree, counted without recursion."""
    level, depth = [tree], 0
    while level:
        level = [c for n in level for c in ast.iter_child_nodes(n) if isinstance(c, ast.expr)]
        depth += 1
    return depth


def _leaves(node: ast.expr) -> Iterator[Call | Lookup]:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield from _leaves(node.left)
        yield from _leaves(node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _leaves(node.operand)
    elif isinstance(node, ast.Call) and _name(node.func) in PLAIN and not node.keywords:
        if len(node.args) < 2:
            raise ValueError(
                f"'{_source(node)}' compares nothing: min and max take two numbers or more."
            )
        for inner in node.args:
            yield from _leaves(inner)
    elif isinstance(node, ast.Call | ast.Subscript):
        yield _leaf(node)
    elif not (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
        raise ValueError(
            f"'{_source(node)}' is not allowed in an expression. Use numbers, + - * /, "
            "min, max, functions of runs as in welfare(run, IRN), records as in exports[2019]."
        )


def _constant(node: ast.expr) -> float | None:
    """Value of a part that no run and no record reaches, else None; it must be finite."""
    if isinstance(node, ast.Constant):
        parts: tuple[float | None, ...] = ()
    elif isinstance(node, ast.UnaryOp):
        parts = (_constant(node.operand),)
    elif isinstance(node, ast.BinOp):
        parts = (_constant(node.left), _constant(node.right))
        if isinstance(node.op, ast.Div) and parts[1] == 0:
            raise ValueError(f"'{_source(node)}' divides by zero. Correct the divisor.")
    elif isinstance(node, ast.Call) and _name(node.func) in PLAIN:
        parts = tuple(_constant(inner) for inner in node.args)
    else:
        return None
    if None in parts:
        return None
    try:
        value = _value(node, _no_leaf)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ValueError(f"'{_source(node)}' is no finite number. Write a smaller one.")
    return value


def _no_leaf(node: Call | Lookup) -> float:
    raise TypeError(f"{node} is no constant")


def _leaf(node: ast.Call | ast.Subscript) -> Call | Lookup:
    if isinstance(node, ast.Subscript):
        period = node.slice
        if isinstance(node.value, ast.Name) and isinstance(period, ast.Constant):
            return Lookup(node.value.id, str(period.value))
        if isinstance(node.value, ast.Name) and isinstance(period, ast.Name):
            return Lookup(node.value.id, period.id)
        raise ValueError(f"'{_source(node)}' is not a record. Write name[2019].")
    if node.keywords or not isinstance(node.func, ast.Name):
        raise ValueError(f"'{_source(node)}' is not a call. Write welfare(run, IRN).")
    return Call(node.func.id, tuple(_labels(a) for a in node.args))


def _labels(node: ast.expr) -> tuple[str, ...]:
    items = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    names = tuple(_name(item) for item in items)
    if not names or None in names:
        raise ValueError(f"'{_source(node)}' is not a label or a list of labels.")
    return tuple(n for n in names if n)


def _name(node: ast.expr) -> str | None:
    """A name, also one with hyphens: no label is a difference; or a year, or a month as 201911."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        parts = _name(node.left), _name(node.right)
        return None if None in parts else "-".join(str(p) for p in parts)
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return str(node.value) if 1000 <= node.value <= 999_912 else None
    return node.id if isinstance(node, ast.Name) else None


def _value(node: ast.expr, leaf: Callable[[Call | Lookup], float]) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]  # numbers only: checked when parsed
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand, leaf)
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](_value(node.left, leaf), _value(node.right, leaf))
    assert isinstance(node, ast.Call | ast.Subscript)  # checked when parsed
    if isinstance(node, ast.Call) and (name := _name(node.func)) in PLAIN:
        return float(PLAIN[str(name)](*(_value(a, leaf) for a in node.args)))
    return leaf(_leaf(node))


def check_known(word: str, allowed: Any, what: str) -> None:
    """Raise `ValueError` if `word` is none of `allowed`."""
    if word not in allowed:
        pool = list(allowed)
        raise ValueError(
            f"there is no {what} '{short(word)}'.{did_you_mean(word, pool)} There are "
            f"{', '.join(pool) or 'none'}."
        )

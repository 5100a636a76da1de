"""Validation errors as sentences with file, line, what was found and what to do."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from entrepot.core.errors import did_you_mean
from entrepot.scenario.fields import Level, PlacedError
from entrepot.scenario.labels import Vocabulary
from entrepot.scenario.marks import Marked, Path
from entrepot.scenario.parts import Compliance

M = TypeVar("M", bound=BaseModel)

EXPECTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a finite number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list, as in [USA]",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "too_short": "at least one item",
    "list_type": "a list, as in [USA]",
    "string_unicode": "text of ordinary characters",
    "invalid_key": "a word as key",
}


BOUNDS = {
    "greater_than_equal": ("of at least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("of at most", "le"),
    "less_than": ("below", "lt"),
}
WHO = {
    "senders",
    "targets",
    "members",
    "partners",
    "who",
    "except",
    "frozen",
    "economies",
    "hubs",
    "beneficiaries",
}


def keys_of(model: type[BaseModel]) -> dict[str, str]:
    """Key in the file -> description, for every field of `model`."""
    fields = model.model_fields.items()
    return {f.alias or name: f.description or "" for name, f in fields}


def model_at(model: type[BaseModel], loc: Path) -> type[BaseModel]:
    """The model that the inner part of `loc` belongs to."""
    current = model
    for part in loc:
        inner = _inner_model(current, part)
        current = inner or current
    return current


def _inner_model(model: type[BaseModel], part: str | int) -> type[BaseModel] | None:
    for name, info in model.model_fields.items():
        if part in (name, info.alias):
            return _first_model(info.annotation)
    return None


def _first_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _first_model(inner)
        if found:
            return found
    return None


def file_path(base: Path, loc: Path, data: Any) -> Path:
    """Path in the file of a pydantic location: parts the file does not have are left out."""
    path = list(base)
    for part in loc:
        if (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        ):
            data = data[part]  # type: ignore[index]  # the test above ties part to data
            path.append(part)
    return tuple(path)


def _inside(error: ErrorDetails) -> Path:
    """Where below its location an error says that it is."""
    cause = error.get("ctx", {}).get("error")
    return cause.path if isinstance(cause, PlacedError) else ()


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    kind, loc = error["type"], error["loc"]
    name = str(loc[-1]) if loc else ""
    owner = model_at(model, loc[:-1])
    if kind == "missing":
        meaning = keys_of(owner).get(name, "")
        return f"the key '{name}' is missing" + (f": {meaning}." if meaning else ".")
    if kind == "extra_forbidden":
        allowed = keys_of(owner)
        hint = did_you_mean(name, allowed)
        return f"unknown key '{name}'.{hint} Allowed are {', '.join(allowed)}."
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "literal_error":
        allowed_words = str(error["ctx"]["expected"])
        found = error["input"]
        words = [w.strip().strip("'") for w in allowed_words.replace(" or ", ", ").split(",")]
        hint = did_you_mean(found, words) if isinstance(found, str) else ""
        return f"{_short(found)} is not allowed.{hint} Allowed are {', '.join(words)}."
    expected = EXPECTED.get(kind) or keys_of(owner).get(name) or "another value"
    if kind in BOUNDS:
        word, key = BOUNDS[kind]
        expected = f"a number {word} {error['ctx'][key]:g}"
    if kind.startswith("model"):
        inner = model_at(model, loc)
        if issubclass(inner, Level):
            expected = "a number, or {low: ..., central: ..., high: ...}"
        elif issubclass(inner, Compliance):
            expected = "a number, or {default: ..., CODE: ...}"
    return f"expected {expected}, found {_short(error['input'])}.{_switch(error, loc)}"


def _switch(error: ErrorDetails, loc: Path) -> str:
    """What to do about a word that YAML takes for true or false."""
    if not isinstance(error["input"], bool):
        return ""
    norway = " Norway is NOR: economies are ISO 3166 alpha-3 codes." if WHO & set(loc) else ""
    return (
        " YAML reads NO, OFF, YES and ON, in any case, as true or false: put a word between "
        f"quotes to keep it one.{norway}"
    )


def validate(
    model: type[M],
    data: Any,
    path: Path,
    marked: Marked,
    words: Vocabulary,
    problems: list[str],
) -> M | None:
    """Validate `data` found at `path`; add a sentence to `problems` for each thing wrong."""
    try:
        return model.model_validate(data, context=words)
    except UnicodeEncodeError as failure:
        name = ".".join(str(p) for p in path)
        problems.append(
            f"{marked.where(path)}: {name}: {failure.object!r} holds half of a character. Write "
            "the whole character."
        )
        return None
    except ValidationError as failure:
        for error in failure.errors():
            place = file_path(path, (*error["loc"], *_inside(error)), data)
            name = ".".join(str(p) for p in place)
            problems.append(f"{marked.where(place)}: {name}: {_sentence(error, model)}")
        return None

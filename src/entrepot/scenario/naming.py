"""Labels and groups that a scenario file brings along."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from entrepot.core.errors import did_you_mean
from entrepot.scenario.explain import validate
from entrepot.scenario.fields import Closed, Day, Source, Text, check_order, spec
from entrepot.scenario.labels import ALL, Group, Member, Vocabulary
from entrepot.scenario.marks import Marked


class LabelsSpec(Closed):
    """Labels of the user's own world, beside the standard ones."""

    economies: tuple[Text, ...] = spec((), "economies of your own world")
    sectors: tuple[Text, ...] = spec((), "sectors of your own world")


class MemberSpec(Closed):
    """One member of a group, or another group, with its days of membership."""

    code: Text = spec(..., "economy, or another group")
    start: Day | None = spec(None, "first day of membership", unit="date", alias="from")
    until: Day | None = spec(None, "last day of membership", unit="date")

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        return {"code": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _dates(self) -> MemberSpec:
        check_order(self.start, self.until)
        return self


class GroupSpec(Closed):
    """A group of economies: a list of members, or a mapping with a title and a source."""

    title: Text = spec("", "what the group is")
    members: tuple[MemberSpec, ...] = spec(..., "economies or other groups", min_length=1)
    source: Source | None = spec(None, "where the membership comes from")

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return {"members": value} if isinstance(value, list) else value


class SectorGroupSpec(Closed):
    """A group of sectors."""

    members: tuple[Text, ...] = spec(..., "sector codes", min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return {"members": value} if isinstance(value, list) else value


def read_vocabulary(data: dict[str, Any], marked: Marked, problems: list[str]) -> Vocabulary:
    """Return the standard labels with those of the file; problems are added to `problems`."""
    base = Vocabulary.standard()
    labels = _section(data, "labels")
    own = validate(LabelsSpec, labels, ("labels",), marked, base, problems) or LabelsSpec()
    economies = {**base.economies, **{c: c for c in own.economies if c not in base.economies}}
    sectors = (*base.sectors, *(s for s in own.sectors if s not in base.sectors))
    words = Vocabulary(economies, base.groups, sectors, base.sector_groups)
    groups = _groups(data, marked, words, problems)
    sector_groups = _sector_groups(data, marked, words, problems)
    return Vocabulary(
        economies, {**base.groups, **groups}, sectors, {**base.sector_groups, **sector_groups}
    )


def _section(data: dict[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _taken(name: str, words: Vocabulary) -> str | None:
    if name in words.economies or name == ALL:
        return f"'{name}' is an economy or a reserved word. Rename the group."
    if name in words.groups:
        return f"'{name}' is a built-in group. Rename yours."
    return None


def _groups(
    data: dict[str, Any], marked: Marked, words: Vocabulary, problems: list[str]
) -> dict[str, Group]:
    specs: dict[str, GroupSpec] = {}
    for name, body in _section(data, "groups").items():
        taken = _taken(name, words)
        if taken:
            problems.append(f"{marked.where(('groups', name))}: groups.{name}: {taken}")
            continue
        found = validate(GroupSpec, body, ("groups", name), marked, words, problems)
        if found:
            specs[name] = found
    out: dict[str, Group] = {}
    for name, item in specs.items():
        members = tuple(_members(name, specs, words, marked, problems, ()))
        source = item.source.model_dump(exclude_none=True) if item.source else {}
        out[name] = Group(name, item.title or name, members, source)
    return out


def _members(
    name: str,
    specs: dict[str, GroupSpec],
    words: Vocabulary,
    marked: Marked,
    problems: list[str],
    above: tuple[str, ...],
) -> list[Member]:
    if name in above:
        ring = " > ".join((*above[above.index(name) :], name))
        text = f"{marked.where(('groups', name))}: the groups contain each other: {ring}."
        if text not in problems:
            problems.append(text)
        return []
    out: list[Member] = []
    for k, item in enumerate(specs[name].members):
        if item.code in words.economies:
            out.append(Member(item.code, item.start, item.until))
        elif item.code in specs:
            inner = _members(item.code, specs, words, marked, problems, (*above, name))
            out += [_cut(m, item) for m in inner]
        elif item.code in words.groups:
            out += [_cut(m, item) for m in words.groups[item.code].members]
        elif not above:
            pool = [*words.economies, *words.groups, *specs]
            problems.append(
                f"{marked.where(('groups', name, 'members', k))}: groups.{name}: unknown economy "
                f"or group '{item.code}'.{did_you_mean(item.code, pool)}"
            )
    return out


def _cut(member: Member, item: MemberSpec) -> Member:
    starts = [d for d in (member.start, item.start) if d]
    ends = [d for d in (member.until, item.until) if d]
    return Member(member.code, max(starts, default=None), min(ends, default=None))


def _sector_groups(
    data: dict[str, Any], marked: Marked, words: Vocabulary, problems: list[str]
) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for name, body in _section(data, "sector_groups").items():
        place = f"{marked.where(('sector_groups', name))}: sector_groups.{name}"
        if name in words.sectors or name in words.sector_groups or name == ALL:
            problems.append(f"{place}: '{name}' is a sector or a built-in group. Rename yours.")
            continue
        found = validate(SectorGroupSpec, body, ("sector_groups", name), marked, words, problems)
        if found is None:
            continue
        for label in found.members:
            problem = words.sector_problem(label)
            if problem:
                problems.append(f"{place}: {problem}")
        codes = [c for x in found.members for c in words.sector_groups.get(x, (x,))]
        out[name] = tuple(dict.fromkeys(words.sectors if ALL in codes else codes))
    return out

"""The reference page of scenario files, written from the schema itself.

``python -m entrepot.scenario.reference`` prints the page; a test compares it with the one in the
documentation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from entrepot.scenario.compose import ScenarioSpec
from entrepot.scenario.fields import Level, Source
from entrepot.scenario.kinds import KINDS, PLANNED
from entrepot.scenario.labels import ALL, SECTOR_GROUPS, Group, builtin_groups
from entrepot.scenario.load import FORMAT, KEYS
from entrepot.scenario.naming import GroupSpec, LabelsSpec, MemberSpec
from entrepot.scenario.oil_parts import Waiver
from entrepot.scenario.parts import Compliance, Exemption, Secondary
from entrepot.scenario.reexport_measures import HubTerms
from entrepot.world.layout import SECTORS

PARTS: tuple[type[BaseModel], ...] = (
    Compliance, Secondary, Exemption, HubTerms, Source, Level, GroupSpec, MemberSpec, LabelsSpec,
)  # fmt: skip

INTRO = f"""# Scenario files

*This page is written by `python -m entrepot.scenario.reference`; do not edit it by hand.*

A scenario file is YAML with `format: {FORMAT}`. The schema is closed: an unknown key or label is an
error that names the file, the line and the nearest name that exists, and all problems are said at
once. A key given twice and YAML anchors are refused. Dates are written `YYYY-MM-DD`; `from` and
`until` are the first and the last day, both included. `1e8` and `-.9` are numbers. YAML reads the
words `NO`, `OFF`, `ON` and `YES` as true or false: Norway is `NOR`.

```yaml
format: entrepot/1
measures:
  us_iran_oil_2018:
    title: US secondary sanctions on buyers of Iranian crude
    kind: embargo
    senders: [USA]
    targets: [IRN]
    flow: exports
    sectors: [crude]
    from: 2018-11-05
    secondary: {{threat: market_and_dollar, enforcement: 0.7}}
    exempt:
      - {{who: [CHN, IND, TUR, JPN, KOR, ITA, GRC, TWN], share: 0.5, until: 2019-05-02}}
    source: {{act: Executive Order 13846}}
scenarios:
  zero_by_november: [us_iran_oil_2018]
```

## Numbers with a range

Where a *level* is asked for, write a number, or `{{low: 0.5, central: 0.7, high: 0.9}}`, to which
`source` may be added. Every level is listed with the results as an assumption with its range; a
run takes the low, central or high end of all of them, or overrides single ones by name
(`measure.field`).

## Several measures on one cell

The order of measures never matters. A *cell* is one (origin, dest, sector) of trade, or one
(economy, sector) of capacity. Where several measures of a scenario meet in a cell,

| they | then |
|---|---|
| `add` to a tariff, or to an export tax | the points of all of them are added up |
| set a rate or an access to the same value | they agree, and it holds once |
| set it to different values, one a full ban or not | error |
| `add` and set (`rate`, or the tariff of a trade agreement) | error |
| both change the trade cost, or both take capacity, even equally | error: write one measure |

The error names both measures, their places and the first cell; the table of cells names every
measure that has a part in a cell. Transfers always add up. A cell that a measure exempts in full is
no cell of that measure.

## How a partial ban works

A cell (origin, dest, sector) is a continuum of varieties. If a share `b` of them is stopped, the
cell's term in the price index of the buyer is multiplied by its *access* `1 - b`; `b = 1` is a ban
and the trade is exactly zero. It is never a large tariff. With the compliance `c` of the economy
that trades with the target, the exempted share `e` and the coverage `v` of a control list,
`b = v (1 - e) c`. `c` is the senders' `compliance.default` (1 if not given), the `enforcement` of a
secondary threat for third countries, or what `compliance` says for an economy or group by name.
An economy comes before a group it is in.
Until third countries decide for themselves these are given numbers, and are listed as such.

A share of varieties is not a quota: the varieties that stay may be bought more, or less, than
before.

## Dates

A run on a date uses the measures and exemptions in force on that day and the members that dated
groups have on it. Without a date a scenario uses its own `date`, else the first day on which its
latest measure is in force, else, where measures have an `until` and none a `from`, the last day on
which all of them are in force. Measures without any date are always in force, with their undated
exemptions; an exemption with a date then applies only in a run on a date, and a note says so. An
exemption must share a day with its measure.

## Identity

The hash of a scenario covers its economic content: measures with defaults filled in, groups as
their members, closure, frozen economies and date. Names, titles, descriptions, notes, sources,
comments, the order of anything and the way a group is written do not change it.
"""


def _type(field: FieldInfo) -> str:
    return _type_of(field.annotation)


def _type_of(annotation: Any) -> str:
    name = getattr(annotation, "__name__", "")
    if isinstance(annotation, type) and issubclass(annotation, Level):
        return "level"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{name.lower()}](#{name.lower()})"
    parts = [a for a in getattr(annotation, "__args__", ()) if a not in (type(None), Ellipsis)]
    if getattr(annotation, "__origin__", None) is tuple:
        return f"list of {_type_of(parts[0])}"
    if getattr(annotation, "__origin__", None) is dict:
        return f"mapping to {_type_of(parts[-1])}"
    if parts and all(isinstance(p, str) for p in parts):
        return " or ".join(f"`{p}`" for p in parts)
    if parts:
        return " or ".join(_type_of(p) for p in parts)
    return {"str": "text", "float": "number", "date": "date", "bool": "true or false"}.get(
        name, name
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if isinstance(value, Level):
        return f"{value.central:g}"
    if isinstance(value, Compliance):
        return f"{value.default.central:g}"
    if value is None or value in ((), {}, ""):
        return "none"
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value)


def table(model: type[BaseModel]) -> Iterator[str]:
    """Lines of a table of the fields of `model`."""
    yield "| key | meaning | value | unit, domain | default |"
    yield "|---|---|---|---|---|"
    for name, field in model.model_fields.items():
        if name == "kind":
            continue
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        unit = ", ".join(str(x) for x in (extra.get("unit"), extra.get("domain")) if x)
        cells = (f"`{field.alias or name}`", field.description, _type(field), unit, _default(field))
        yield "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"


def _models() -> Iterator[str]:
    yield "## Kinds of measure"
    yield ""
    planned = ", ".join(f"`{k}`" for k in PLANNED)
    yield f"Known but not available in this version: {planned}."
    for kind, measure in KINDS.items():
        yield from ("", f"### `{kind}`", "", _doc(measure), "", *table(measure))
    yield from ("", "## Parts")
    for part in (
        Compliance,
        Secondary,
        Exemption,
        HubTerms,
        Waiver,
        Source,
        Level,
        GroupSpec,
        MemberSpec,
        LabelsSpec,
    ):
        yield from ("", f"### {part.__name__.lower()}", "", _doc(part), "", *table(part))
    yield from ("", "## Scenarios", "", _doc(ScenarioSpec), "", *table(ScenarioSpec))


def _doc(model: type[BaseModel]) -> str:
    return "\n".join(line.strip() for line in (model.__doc__ or "").strip().splitlines())


def _member_text(group: Group) -> str:
    words = []
    for m in group.members:
        days = [f"from {m.start}" if m.start else "", f"until {m.until}" if m.until else ""]
        dated = " ".join(d for d in days if d)
        words.append(f"{m.code} ({dated})" if dated else m.code)
    return ", ".join(words)


def _labels() -> Iterator[str]:
    yield from ("", "## Groups of economies", "", f"`{ALL}` is every economy of the world that is "
                "not on the other side of the measure.", "", "| group | title | members | source |",
                "|---|---|---|---|")  # fmt: skip
    for name, group in builtin_groups().items():
        source = f"[{group.source['publisher']}]({group.source['url']})"
        yield f"| `{name}` | {group.title} | {_member_text(group)} | {source} |"
    yield from ("", "## Sectors", "", "| sector | title | ISIC rev. 4 |", "|---|---|---|")
    for sector in SECTORS:
        yield f"| `{sector.code}` | {sector.title} | {sector.isic} |"
    yield from (
        "",
        f"| group of sectors | sectors |\n|---|---|\n| `{ALL}` | every sector |",
    )
    for name, codes in SECTOR_GROUPS.items():
        yield f"| `{name}` | {', '.join(codes)} |"


def page() -> str:
    """Return the whole page as Markdown."""
    keys = ["## Keys of the file", "", "| key | meaning |", "|---|---|"]
    keys += [f"| `{k}` | {v} |" for k, v in KEYS.items()]
    return "\n".join([INTRO, *keys, "", *_models(), *_labels(), ""])


if __name__ == "__main__":
    sys.stdout.write(page())

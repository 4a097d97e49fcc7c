"""Reads roadmap.yaml: the roadmap of one territory, with the facts and values recorded about it."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from netmon.config.fields import read_text, read_version
from netmon.config.references import optional_items, read_known, read_territory
from netmon.config.roadmap_facts import read_amount, read_entered_values, read_fact
from netmon.config.strict import Mapping as Keys
from netmon.config.strict import Node, read_yaml
from netmon.domain.identifiers import ActivityId, IndicatorId, ResultId, TerritoryId
from netmon.domain.registry import Text
from netmon.domain.roadmap import (
    Activity,
    ActivityKind,
    DocumentKind,
    Indicator,
    IndicatorKind,
    IndicatorSource,
    Quantity,
    QuantityKind,
    Result,
    Roadmap,
)

_YEARS = (2000, 2200)
_MAX_CLOSING_DAYS = 3650


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


V = TypeVar("V", bound=_Identified)


def read_roadmap(path: Path, *, territories: Collection[TerritoryId]) -> Roadmap:
    """The roadmap of the file; `territories` are those of the registry.

    Raises ConfigError with one line for anything that cannot be used.
    """
    keys = read_yaml(path).mapping()
    read_version(keys)
    territory = read_territory(keys.take("territory"), territories)
    indicators = _read_all(keys.take("indicators"), lambda node, _: _indicator(node))
    results = _read_all(keys.take("results"), lambda node, _: _result(node, indicators))
    activities = _read_all(keys.take("activities"), lambda node, above: _activity(node, results, above))
    roadmap = Roadmap(
        territory=territory,
        title=read_text(keys.take("title")),
        goal=read_text(keys.take("goal")),
        task=read_text(keys.take("task")),
        indicators=tuple(indicators.values()),
        results=tuple(results.values()),
        activities=tuple(activities.values()),
        year_closes_after_days=keys.take("year_closes_after_days").integer(0, _MAX_CLOSING_DAYS),
        facts=tuple(read_fact(node, {**results, **activities}) for node in optional_items(keys, "facts")),
        entered_values=read_entered_values(optional_items(keys, "entered_values"), indicators, territory, territories),
        notes=_notes(keys),
    )
    keys.finish()
    return roadmap


def _read_all(node: Node, read: Callable[[Node, Mapping[str, V]], V]) -> dict[str, V]:
    """The entries of a list by their ids; `read` sees those above, so that a reference cannot run in a circle."""
    found: dict[str, V] = {}
    for entry in node.items():
        value = read(entry, found)
        if value.id in found:
            entry.fail(f"a second entry has the id '{value.id}'", "give each its own id")
        found[value.id] = value
    return found


def _notes(keys: Keys) -> tuple[Text, ...]:
    return tuple(read_text(node) for node in optional_items(keys, "notes"))


def _numbered_id(keys: Keys, kind: str) -> tuple[str, str]:
    """An identifier such as ``result-1.10`` and the number in it, as the document prints it."""
    node = keys.take("id")
    identifier = node.identifier()
    number = identifier.removeprefix(f"{kind}-")
    if number == identifier or not number:
        node.fail(f"'{identifier}' does not begin with '{kind}-'", f'write it as "{kind}-1.10"')
    return identifier, number


def _indicator(node: Node) -> Indicator:
    keys = node.mapping()
    base = keys.take("base").mapping()
    indicator = Indicator(
        id=IndicatorId(_numbered_id(keys, "indicator")[0]),
        title=read_text(keys.take("title")),
        kind=keys.take("kind").choice(IndicatorKind),
        source=keys.take("source").choice(IndicatorSource),
        base_percent=base.take("percent").integer(0, 100),
        base_at=base.take("at").date(),
        targets=_targets(keys.take("targets")),
    )
    total = keys.take("total")
    last_year = max(indicator.targets)
    if total.integer(0, 100) != indicator.targets[last_year]:
        total.fail(f"is not the target of {last_year}", f"write {indicator.targets[last_year]}")
    base.finish()
    keys.finish()
    return indicator


def _targets(node: Node) -> dict[int, int]:
    targets: dict[int, int] = {}
    for key, value in node.mapping():
        if not key.isdecimal() or not _YEARS[0] <= int(key) <= _YEARS[1]:
            value.fail(f"'{key}' is not a year", "write it as 2019")
        targets[int(key)] = value.integer(0, 100)
    if not targets:
        node.fail("has no year", "write '2019: 17' lines under it")
    for year in range(min(targets), max(targets)):
        if year not in targets:
            node.fail(f"has no target for {year}", f"add the year {year} with its percentage")
    return dict(sorted(targets.items()))


def _result(node: Node, indicators: Mapping[str, Indicator]) -> Result:
    keys = node.mapping()
    identifier, number = _numbered_id(keys, "result")
    indicator = keys.optional("indicator")
    result = Result(
        id=ResultId(identifier),
        number=number,
        title=read_text(keys.take("title")),
        characteristic=keys.take("characteristic").text(),
        due=keys.take("due").date(),
        quantities=tuple(_quantities(keys.optional("quantities"))),
        indicator=None if indicator is None else IndicatorId(read_known(indicator, indicators, "indicator")),
        notes=_notes(keys),
    )
    if result.indicator is not None and [q.kind for q in result.quantities] != [QuantityKind.ORGANISATIONS_PERCENT]:
        node.fail(
            "a result of an indicator has one quantity, the percentage of organisations",
            "write 'quantities: {organisations_percent: 17}'",
        )
    keys.finish()
    return result


def _quantities(node: Node | None) -> list[Quantity]:
    if node is None:
        return []
    keys = node.mapping()
    found = ((kind, keys.optional(kind.value)) for kind in QuantityKind)
    quantities = [Quantity(kind=kind, at_least=read_amount(kind, value)) for kind, value in found if value is not None]
    keys.finish()
    return quantities


def _activity(node: Node, results: Mapping[str, Result], above: Mapping[str, Activity]) -> Activity:
    keys = node.mapping()
    identifier, number = _numbered_id(keys, "activity")
    parent, result = keys.optional("parent"), keys.optional("result")
    start, end, document = keys.optional("start"), keys.take("end"), keys.optional("document")
    activity = Activity(
        id=ActivityId(identifier),
        number=number,
        kind=keys.take("kind").choice(ActivityKind),
        title=read_text(keys.take("title")),
        parent=None if parent is None else ActivityId(read_known(parent, above, "activity")),
        result=None if result is None else ResultId(read_known(result, results, "result")),
        start=None if start is None else start.date(),
        end=end.date(),
        responsible_role=read_text(keys.take("responsible_role")),
        document=None if document is None else document.choice(DocumentKind),
        notes=_notes(keys),
    )
    if activity.start is not None and activity.end < activity.start:
        end.fail(f"{activity.end} is before its start {activity.start}", "write the last day of the activity")
    keys.finish()
    return activity

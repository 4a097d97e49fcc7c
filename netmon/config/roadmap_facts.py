"""Reads what people recorded about a roadmap: facts about results and activities, values of indicators."""

from collections.abc import Collection, Mapping

from netmon.config.fields import read_text
from netmon.config.references import read_known, read_territory
from netmon.config.strict import Mapping as Keys
from netmon.config.strict import Node
from netmon.domain.identifiers import IndicatorId, TerritoryId
from netmon.domain.roadmap import Activity, EnteredValue, Fact, Indicator, Quantity, QuantityKind, Result

_MAX_PEOPLE = 10_000_000


def read_amount(kind: QuantityKind, node: Node) -> int:
    """A whole percentage or a number of people."""
    return node.integer(0, 100 if kind.value.endswith("_percent") else _MAX_PEOPLE)


def read_fact(node: Node, subjects: Mapping[str, Result | Activity]) -> Fact:
    keys = node.mapping()
    of = keys.take("of")
    subject = subjects[read_known(of, subjects, "result or activity")]
    if isinstance(subject, Result) and subject.indicator is not None:
        of.fail(f"'{subject.id}' is decided by {subject.indicator}", "enter the share under 'entered_values'")
    expected = subject.quantities if isinstance(subject, Result) else ()
    fact = Fact(
        of=subject.id,
        at=keys.take("at").date(),
        done=None if expected else keys.take("done").boolean(),
        quantities=_reported(keys.take("quantities"), expected) if expected else {},
        document=keys.take("document").text(),
        author_role=read_text(keys.take("author_role")),
        illustrative=keys.take("illustrative").boolean(),
    )
    keys.finish()
    return fact


def _reported(node: Node, expected: tuple[Quantity, ...]) -> dict[QuantityKind, int]:
    keys = node.mapping()
    reported = {quantity.kind: read_amount(quantity.kind, keys.take(quantity.kind.value)) for quantity in expected}
    keys.finish()
    return reported


def read_entered_values(
    nodes: list[Node],
    indicators: Mapping[str, Indicator],
    own: TerritoryId,
    territories: Collection[TerritoryId],
) -> tuple[EnteredValue, ...]:
    found: dict[tuple[object, ...], EnteredValue] = {}
    for node in nodes:
        value = read_entered_value(node, indicators, own, territories)
        key = (value.indicator, value.territory, value.at)
        if key in found:
            node.fail(f"a second value of {value.indicator} for {value.at}", "keep one of the two")
        found[key] = value
    return tuple(found.values())


def read_entered_value(
    node: Node, indicators: Mapping[str, Indicator], own: TerritoryId, territories: Collection[TerritoryId]
) -> EnteredValue:
    keys = node.mapping()
    indicator = read_known(keys.take("indicator"), indicators, "indicator")
    territory = keys.optional("territory")
    numerator, denominator, counted = _share(keys)
    value = EnteredValue(
        indicator=IndicatorId(indicator),
        territory=own if territory is None else read_territory(territory, territories),
        at=keys.take("at").date(),
        numerator=numerator,
        denominator=denominator,
        counted=counted,
        document=keys.take("document").text(),
        author_role=read_text(keys.take("author_role")),
        illustrative=keys.take("illustrative").boolean(),
    )
    keys.finish()
    return value


def _share(keys: Keys) -> tuple[int, int, bool]:
    """Numerator, denominator and whether they were counted: a percentage becomes an exact fraction."""
    percent, numerator = keys.optional("value_percent"), keys.optional("numerator")
    if percent is not None and numerator is None:
        return (*(percent.decimal(0, 100) / 100).as_integer_ratio(), False)
    if numerator is not None and percent is None:
        denominator = keys.take("denominator").integer(1, _MAX_PEOPLE)
        return numerator.integer(0, denominator), denominator, True
    keys.fail("needs a numerator with its denominator, or value_percent", "write exactly one of the two")

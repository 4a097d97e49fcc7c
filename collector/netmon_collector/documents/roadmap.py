"""The roadmap at a date as JSON (docs/configuration.md), for `roadmap --json`."""

from collections.abc import Mapping

from netmon.domain.registry import Text
from netmon.domain.roadmap import Activity, Fact, QuantityKind, Result
from netmon.domain.roadmap_state import ActivityState, DatedShare, ResultState
from netmon.wire.plain import plain
from netmon_collector.use_cases.roadmap import IndicatorStanding, RoadmapStanding, Value

VERSION = 1


def roadmap_document(found: RoadmapStanding) -> dict[str, object]:
    """Every member is always there; what is not known is null."""
    roadmap = found.roadmap
    return {
        "v": VERSION,
        "territory": roadmap.territory,
        "at": found.at.isoformat(),
        "title": _text(roadmap.title),
        "notes": [_text(note) for note in roadmap.notes],
        "indicators": [_indicator(one) for one in found.indicators],
        "results": [_result(result, state) for result, state in found.results],
        "activities": [_activity(activity, state) for activity, state in found.activities],
    }


def _indicator(standing: IndicatorStanding) -> dict[str, object]:
    return {
        "id": standing.indicator.id,
        "title": _text(standing.indicator.title),
        "kind": standing.indicator.kind.value,
        "target_percent": standing.target_percent,
        "value": _value(standing.value),
        "met": standing.met,
    }


def _result(result: Result, state: ResultState) -> dict[str, object]:
    return {
        "id": result.id,
        "number": result.number,
        "title": _text(result.title),
        "due": result.due.isoformat(),
        "quantities": _amounts({one.kind: one.at_least for one in result.quantities}),
        "indicator": result.indicator,
        "status": state.status.value,
        "late": state.late,
        "fact": _fact(state.fact),
        "value": _value(state.share),
        "notes": [_text(note) for note in result.notes],
    }


def _activity(activity: Activity, state: ActivityState) -> dict[str, object]:
    return {
        "id": activity.id,
        "number": activity.number,
        "kind": activity.kind.value,
        "title": _text(activity.title),
        "parent": activity.parent,
        "result": activity.result,
        "start": None if activity.start is None else activity.start.isoformat(),
        "end": activity.end.isoformat(),
        "responsible_role": _text(activity.responsible_role),
        "document": None if activity.document is None else activity.document.value,
        "status": state.status.value,
        "late": state.late,
        "fact": _fact(state.fact),
        "notes": [_text(note) for note in activity.notes],
    }


def _fact(fact: Fact | None) -> dict[str, object] | None:
    if fact is None:
        return None
    return {
        "at": fact.at.isoformat(),
        "done": fact.done,
        "quantities": _amounts(fact.quantities),
        "document": fact.document,
        "author_role": _text(fact.author_role),
        "illustrative": fact.illustrative,
        "note": fact.note,
        "evidence": plain(fact.evidence),
    }


def _value(value: Value | DatedShare | None) -> dict[str, object] | None:
    if not isinstance(value, Value):
        return None
    return {
        "at": value.at.isoformat(),
        "numerator": value.numerator,
        "denominator": value.denominator,
        "upper_numerator": value.upper_numerator,
        "counted": value.counted,
        "source": value.source.value,
        "document": value.document,
        "author_role": None if value.author_role is None else _text(value.author_role),
        "note": value.note,
        "evidence": plain(value.evidence),
    }


def _amounts(amounts: Mapping[QuantityKind, int]) -> dict[str, int]:
    return {kind.value: amount for kind, amount in amounts.items()}


def _text(text: Text) -> dict[str, str]:
    return {"ru": text.ru, "en": text.en}

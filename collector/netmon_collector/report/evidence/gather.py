"""Gathering what a pack encloses: the records of one line as they were received and what was in force, nothing else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from netmon import __version__
from netmon.domain.availability import days_of, working_spans
from netmon.domain.calendar import SchoolCalendar
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.latency import LatencyWindow, Outage, joined
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.slot import Delivery
from netmon.domain.slot_outcome import Deliveries
from netmon.domain.verdict import SubjectKind, Verdict
from netmon.wire.canonical import canonical_json
from netmon.wire.plain import plain
from netmon_collector.documents.canonical import value_of
from netmon_collector.documents.verdicts import verdict_document
from netmon_collector.errors import NotFoundError, PackError
from netmon_collector.ports import Closing, ClosingStore, EvidenceReader, PackStore
from netmon_collector.report.evidence.reduced import registry_of_line
from netmon_collector.use_cases.calendars import Calendars, calendar_of
from netmon_collector.use_cases.closing import verdict_content, verified
from netmon_collector.use_cases.receipts import Verifiers
from netmon_collector.verifier.contents import (
    VERSION,
    About,
    Contents,
    EnclosedDelivery,
    EnclosedLink,
    EnclosedRecord,
    ImportedFact,
)
from netmon_collector.verifier.recompute import Recomputed, recompute

_LONGEST_OUTAGE = timedelta(days=1)
_LONGEST_WINDOW = timedelta(hours=1)
_AFTER_END = timedelta(days=1)  # when every slot of a period is over, whatever the time now


class GatherStore(PackStore, EvidenceReader, ClosingStore, Protocol):
    """Everything that gathering reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherInputs:
    """What is in force now; a closed period is enclosed with what was in force when it was closed."""

    store: GatherStore
    registry: Registry
    policy: Policy
    calendars: Calendars
    verifiers: Verifiers
    now: datetime
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What a period is judged by, and until when."""

    registry: Registry
    policy: Policy
    policy_content: Mapping[str, Any]
    calendars: Calendars
    as_of: datetime
    until: datetime  # what was received later was not known


def gather(inputs: GatherInputs, line: LineId, period: Period, *, revision: int | None = None) -> Contents:
    """The contents of the pack of a line over a period, by a revision of the closed one, the newest unless named.

    Raises NotFoundError for an unknown line, a period that has not begun or a revision that there is not, PackError
    where what was in force is gone, SchemaError where another netmon wrote it.
    """
    if line not in inputs.registry.line_by_id:
        raise NotFoundError(f"the registry has no line '{line}'; see 'registry list'")
    territory = inputs.registry.locality_of(line).territory
    if period.bounds(inputs.registry.time_zone(line))[0] > inputs.now:
        raise NotFoundError(f"the period {period.name} has not begun; name one that has")
    closing = inputs.store.closing(territory, period, revision=revision)
    if closing is None and revision is not None:
        raise NotFoundError(f"the period {period.name} has no revision {revision}; leave it out for the newest")
    held = _held_now(inputs, line, period) if closing is None else _held_then(inputs, verified(closing))
    if line not in held.registry.line_by_id:
        raise NotFoundError(f"the registry had no line '{line}' when {period.name} was closed")
    found = _facts(inputs, held, line, period, territory)
    found = replace(found, about=replace(found.about, revision=0 if closing is None else closing.link.revision))
    proofs = recompute(found, inputs.verifiers, elsewhere=inputs.store)
    return replace(
        found,
        deliveries=tuple(_deliveries(found, proofs, inputs)),
        verdict=_open_verdict(proofs.verdict, inputs, held) if closing is None else _closed_verdict(closing, line),
        closing=None if closing is None else _link(closing),
    )


def _held_now(inputs: GatherInputs, line: LineId, period: Period) -> _Held:
    end = period.bounds(inputs.registry.time_zone(line))[1]
    return _Held(
        registry=inputs.registry,
        policy=inputs.policy,
        policy_content=json.loads(canonical_json(plain(inputs.policy))),
        calendars=inputs.calendars,
        as_of=min(inputs.now, end + _AFTER_END),
        until=inputs.now,
    )


def _held_then(inputs: GatherInputs, closing: Closing) -> _Held:
    at, store = closing.link.closed_at, inputs.store
    policy = store.document("policy", closing.link.policy_hash)
    if policy is None:
        raise PackError(f"the policy that {closing.link.period.name} was closed by is not in the store")
    registry, calendars = store.document_at("registry", at), store.document_at("calendar", at)
    return _Held(
        registry=inputs.registry if registry is None else value_of(registry, Registry),
        policy=value_of(policy, Policy),
        policy_content=json.loads(policy.content),
        calendars=inputs.calendars if calendars is None else value_of(calendars, Calendars),
        as_of=at,
        until=at,
    )


def _facts(inputs: GatherInputs, held: _Held, line: LineId, period: Period, territory: TerritoryId) -> Contents:
    """Everything but the deliveries, the verdict and the closing."""
    store, registry = inputs.store, registry_of_line(held.registry, line)
    start, end = period.bounds(registry.time_zone(line))
    filed = (start, end + held.policy.timetable.grace)
    records = store.line_records(line, filed, start - _LONGEST_OUTAGE)
    return Contents(
        about=About(
            v=VERSION,
            line=line,
            territory=territory,
            period=period.name,
            as_of=held.as_of,
            revision=0,
            language=inputs.language,
            netmon=__version__,
        ),
        registry=registry,
        policy=held.policy,
        policy_content=held.policy_content,
        calendar=_calendar(registry, held.calendars, territory),
        bindings=tuple(store.bindings_of_line(line)),
        slots=tuple(store.slots([line], *filed)),
        records=tuple(
            EnclosedRecord(agent=one.agent, received_at=one.received_at, record=json.loads(one.document))
            for one in records
            if one.received_at <= held.until
        ),
        imported=tuple(
            ImportedFact(filed_at=at, measurement=one) for at, one in store.imported_measurements(line, filed)
        ),
        windows=tuple(_windows(inputs, held, line, period)),
        deliveries=(),
        verdict={},
        closing=None,
    )


def _calendar(registry: Registry, calendars: Calendars, territory: TerritoryId) -> SchoolCalendar | None:
    found = calendar_of(territory, calendars, registry)
    return found if isinstance(found, SchoolCalendar) else None


def _windows(inputs: GatherInputs, held: _Held, line: LineId, period: Period) -> Iterator[LatencyWindow]:
    """The windows of probes that touch working time: no others say anything about availability."""
    if held.policy.availability is None:
        return
    zone = held.registry.time_zone(line)
    start, end = period.bounds(zone)
    working = working_spans(
        days_of(period),
        hours=held.policy.working_hours,
        calendar=calendar_of(held.registry.locality_of(line).territory, held.calendars, held.registry),
        zone=zone,
        until=held.as_of,
    )
    for one in inputs.store.latency([line], start - _LONGEST_WINDOW, end):
        if any(one.started_at < closes and opens < one.ended_at for opens, closes in working):
            yield one


def _deliveries(contents: Contents, found: Recomputed, inputs: GatherInputs) -> Iterator[EnclosedDelivery]:
    """Of what servers delivered to other lines only what proved something, each by its receipt."""
    needed = {one.proof for one in found.slots.values() if one.proof is not None} | set(
        _witnesses(contents, found, inputs)
    )
    for one in sorted(needed, key=lambda one: (one.at, one.server, one.line)):
        receipt = inputs.store.delivery_receipt(one)
        if receipt is None:
            raise PackError(f"the receipt of what {one.server} delivered at {one.at.isoformat()} is not in the store")
        yield EnclosedDelivery(rate_bps=one.rate_bps, receipt=receipt)


def _witnesses(contents: Contents, found: Recomputed, inputs: GatherInputs) -> Iterator[Delivery]:
    """What shows of each outage that the line, and not everything, was down."""
    outages = [one.fact for one in found.records if one is not None and isinstance(one.fact, Outage)]
    policy = contents.policy
    start, end = contents.period.bounds(contents.registry.time_zone(contents.about.line))
    near = policy.proof_within
    known = Deliveries(
        inputs.store.deliveries(
            start - near, end + near, at_least_bps=policy.least_limit_bps, emulated=policy.accept_emulated
        )
    )
    for one in joined(outages):
        witness = known.witness(one, within=near) if one.cause.is_line_down else None
        if witness is not None:
            yield witness


def _open_verdict(verdict: Verdict, inputs: GatherInputs, held: _Held) -> Mapping[str, Any]:
    """What closing would store now."""
    line = LineId(verdict.id)
    seen = inputs.store.last_seen([line]).get(line)
    figures = None if verdict.figures is None else replace(verdict.figures, last_seen=seen)
    printed = replace(verdict, figures=figures)
    content = verdict_content(printed, verdict_document(printed, held.registry))
    found: Mapping[str, Any] = json.loads(canonical_json(content))
    return found


def _closed_verdict(closing: Closing, line: LineId) -> Mapping[str, Any]:
    for one in closing.verdicts:
        if (one.kind, one.id) == (SubjectKind.LINE, line):
            found: Mapping[str, Any] = json.loads(one.content)
            return found
    raise NotFoundError(f"the closed period {closing.link.period.name} has no line '{line}'")


def _link(closing: Closing) -> EnclosedLink:
    link = closing.link
    return EnclosedLink(
        territory=link.territory,
        period=link.period.name,
        number=link.number,
        revision=link.revision,
        closed_at=link.closed_at,
        policy_hash=link.policy_hash,
        summary_hash=link.summary_hash,
        root=link.root,
        previous=link.previous,
        hash=closing.hash,
        verdict_hashes=tuple(sorted(one.hash for one in closing.verdicts)),
    )

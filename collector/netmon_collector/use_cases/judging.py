"""Judging: from the stored evidence of a period to the verdicts of lines, sites and organisations."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeVar

from netmon.domain.availability import Availability, availability, days_of, working_spans
from netmon.domain.identifiers import LineId, OrganisationId, SiteId, SlotId, TerritoryId
from netmon.domain.incident import Incident, incidents
from netmon.domain.judge import LineFacts, combine, counting_slots, judge_line, judge_organisation
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Measurement
from netmon.domain.period import Period
from netmon.domain.policy import Policy, SchoolDays
from netmon.domain.registry import Registry
from netmon.domain.slot import JudgedSlot, Slot, SlotReport, accounts
from netmon.domain.slot_outcome import Deliveries, SlotEvidence, SlotJudge, proven_outages
from netmon.domain.spans import Span, length
from netmon.domain.throttling import Volume, volume_of
from netmon.domain.verdict import SubjectKind, Verdict
from netmon.wire.canonical import content_hash
from netmon.wire.plain import plain
from netmon_collector.ports import EvidenceReader
from netmon_collector.use_cases.calendars import Calendars, calendar_of

_LATEST_REPORT = timedelta(days=30)  # an agent may account for a slot when it comes back
_LONGEST_OUTAGE = timedelta(days=1)  # records of one outage are never longer
_LONGEST_WINDOW = timedelta(hours=1)  # nor a window of probes

F = TypeVar("F", Slot, Outage, LatencyWindow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdicts of a territory over one period, and the slots that each line's stands on."""

    period: Period
    policy: Policy
    policy_hash: str
    as_of: datetime
    lines: Mapping[LineId, Verdict]
    sites: Mapping[SiteId, Verdict]
    organisations: Mapping[OrganisationId, Verdict]
    slots: Mapping[LineId, Sequence[JudgedSlot]]
    incidents: Sequence[Incident] = ()

    def all(self) -> Sequence[Verdict]:
        """Organisations, then sites, then lines, each by id."""
        groups: tuple[Mapping[str, Verdict], ...] = (self.organisations, self.sites, self.lines)  # type: ignore[assignment]
        return [group[identifier] for group in groups for identifier in sorted(group)]


def judge_period(
    territory: TerritoryId,
    period: Period,
    *,
    evidence: EvidenceReader,
    registry: Registry,
    policy: Policy,
    calendars: Calendars,
    as_of: datetime,
) -> Judgement:
    """The verdicts of every line, site and organisation of a territory, by what was stored until `as_of`."""
    zone = registry.territory_by_id[territory].time_zone
    facts_on = min(period.last, max(period.first, as_of.astimezone(zone).date()))
    subjects = _Subjects.of(territory, registry, facts_on)
    lines = subjects.lines
    around = _Surroundings(period=period, registry=registry, policy=policy, calendars=calendars, as_of=as_of)
    start, end = _instants(period, lines, registry)
    known = _stored(lines, start, end, evidence=evidence, policy=policy)
    slots = _line_slots(evidence.slots(lines, start, end), known, around)
    line_verdicts = {line: _judge_line(line, slots.get(line) or _LineSlots([], []), known, around) for line in lines}
    site_verdicts = _judge_sites(registry, subjects.sites, line_verdicts, period=period, policy=policy, day=facts_on)
    return Judgement(
        period=period,
        policy=policy,
        policy_hash=content_hash(plain(policy)),
        as_of=as_of,
        lines=line_verdicts,
        sites=site_verdicts,
        organisations=_judge_organisations(
            registry, territory, site_verdicts, period=period, policy=policy, day=facts_on
        ),
        slots={line: slots[line].judged if line in slots else [] for line in lines},
        incidents=incidents(
            (one for of_line in known.outages.values() for one in of_line if one.ended_at > start), registry
        ),
    )


def judge_slots(
    line: LineId,
    slots: Sequence[Slot],
    day: date,
    *,
    evidence: EvidenceReader,
    registry: Registry,
    policy: Policy,
    calendars: Calendars,
    as_of: datetime,
) -> Sequence[tuple[JudgedSlot, SlotEvidence]]:
    """Those slots of one local day of a line that count, each with its outcome and what it was read from.

    The same function as for a period: what a day shows is what its verdict counted. Give every slot of the day: how
    many of its passes may be users' own traffic depends on the others.
    """
    if not slots:
        return []
    around = _Surroundings(period=Period.day(day), registry=registry, policy=policy, calendars=calendars, as_of=as_of)
    start, end = min(one.starts_at for one in slots), max(one.ends_at for one in slots)
    known = _stored([line], start, end, evidence=evidence, policy=policy)
    found = _line_slots(slots, known, around).get(line) or _LineSlots([], [])
    return list(zip(found.judged, found.evidence, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subjects:
    """What is judged for a territory: its lines, and every site and line that its organisations teach in elsewhere."""

    lines: frozenset[LineId]
    sites: frozenset[SiteId]

    @classmethod
    def of(cls, territory: TerritoryId, registry: Registry, day: date) -> "_Subjects":
        own = registry.lines_in(territory)
        used = {
            site.id
            for organisation in registry.organisations_in(territory, day)
            for site, _ in registry.uses(organisation.id, day)
        }
        elsewhere = {line.id for site in used for line in registry.deciding_lines(site, day)}
        return cls(
            lines=frozenset({line.id for line in own} | elsewhere),
            sites=frozenset({line.site for line in own} | used),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What every line of a period is judged by."""

    period: Period
    registry: Registry
    policy: Policy
    calendars: Calendars
    as_of: datetime

    def calendar(self, line: LineId) -> SchoolDays:
        return calendar_of(self.registry.locality_of(line).territory, self.calendars, self.registry)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """The stored facts of a period, by what they belong to."""

    measurements: Sequence[Measurement]
    by_slot: Mapping[str, list[Measurement]]
    reports: Mapping[SlotId, SlotReport]
    outages: Mapping[LineId, Sequence[Outage]]
    windows: Mapping[LineId, list[LatencyWindow]]
    deliveries: Deliveries
    last_seen: Mapping[LineId, datetime]


@dataclass(frozen=True, slots=True)
class _LineSlots:
    """The slots of one line that count, with their outcomes and the evidence that these were read from."""

    judged: list[JudgedSlot]
    evidence: list[SlotEvidence]


def _stored(
    lines: Collection[LineId], start: datetime, end: datetime, *, evidence: EvidenceReader, policy: Policy
) -> _Stored:
    measurements = evidence.measurements(lines, start, end + policy.timetable.grace)
    near = policy.proof_within
    by_slot: dict[str, list[Measurement]] = defaultdict(list)
    for measurement in measurements:
        if measurement.slot is not None:
            by_slot[measurement.slot].append(measurement)
    deliveries = Deliveries(
        evidence.deliveries(
            start - near, end + near, at_least_bps=policy.least_limit_bps, emulated=policy.accept_emulated
        )
    )
    outages = _by_line(evidence.outages(lines, start - _LONGEST_OUTAGE, end + policy.timetable.grace))
    return _Stored(
        measurements=measurements,
        by_slot=by_slot,
        reports=accounts(evidence.reports(lines, start, end + _LATEST_REPORT)),
        outages={line: proven_outages(of_line, deliveries, within=near) for line, of_line in outages.items()},
        windows=_by_line(() if policy.availability is None else evidence.latency(lines, start - _LONGEST_WINDOW, end)),
        deliveries=deliveries,
        last_seen=evidence.last_seen(lines),
    )


def _line_slots(slots: Iterable[Slot], known: _Stored, around: _Surroundings) -> Mapping[LineId, _LineSlots]:
    found: dict[LineId, _LineSlots] = {}
    registry, policy = around.registry, around.policy
    judge = SlotJudge(registry=registry, policy=policy, deliveries=known.deliveries)
    for line, of_line in _by_line(slots).items():
        counted = counting_slots(
            of_line,
            period=around.period,
            zone=registry.time_zone(line),
            policy=policy,
            calendar=around.calendar(line),
            as_of=around.as_of,
        )
        evidence = [_evidence(slot, known) for slot in counted]
        found[line] = _LineSlots(judge.outcomes(evidence), evidence)
    return found


def _evidence(slot: Slot, known: _Stored) -> SlotEvidence:
    outages = known.outages.get(slot.line, ())
    return SlotEvidence(
        slot=slot,
        measurements=tuple(known.by_slot.get(slot.id, ())),
        report=known.reports.get(slot.id),
        outages=tuple(outage for outage in outages if _touches(outage, slot)) if outages else (),
    )


def _judge_line(line: LineId, slots: _LineSlots, known: _Stored, around: _Surroundings) -> Verdict:
    found = None if around.policy.availability is None else _availability(line, known, around)
    return judge_line(
        line,
        slots.judged,
        period=around.period,
        policy=around.policy,
        input_hash=content_hash(plain(_inputs(line, slots, found, around))),
        last_seen=known.last_seen.get(line),
        facts=LineFacts(
            availability=found,
            contracts=around.registry.line_by_id[line].contracts,
            volume_before=lambda day: _volume_before(day, line, known, around),
        ),
    )


def _inputs(line: LineId, slots: _LineSlots, found: Availability | None, around: _Surroundings) -> Mapping[str, object]:
    """Everything that the verdict of a line is a function of."""
    registry, calendar = around.registry, around.calendar(line)
    return {
        "policy": around.policy,
        "line": registry.line_by_id[line],
        "locality": registry.locality_of(line),
        "time_zone": registry.time_zone(line),
        "school_days": [day for day in days_of(around.period) if calendar.is_school_day(day)],
        "slots": slots.evidence,
        "proofs": [one.proof for one in slots.judged],
        "availability": found,
    }


def _availability(line: LineId, known: _Stored, around: _Surroundings) -> Availability:
    working = _working(line, days_of(around.period), around)
    return availability(known.windows.get(line, ()), known.outages.get(line, ()), working)


def _working(line: LineId, days: Iterable[date], around: _Surroundings) -> Sequence[Span]:
    """The working hours of those days on which the line was in force."""
    during = around.registry.line_by_id[line].during
    return working_spans(
        (day for day in days if during.contains(day)),
        hours=around.policy.working_hours,
        calendar=around.calendar(line),
        zone=around.registry.time_zone(line),
        until=around.as_of,
    )


def _volume_before(day: date, line: LineId, known: _Stored, around: _Surroundings) -> Volume:
    zone = around.registry.time_zone(line)
    return volume_of(
        (one for one in known.measurements if one.line == line and one.started_at.astimezone(zone).date() < day),
        length(_working(line, (one for one in days_of(around.period) if one < day), around)),
    )


def _instants(period: Period, lines: Collection[LineId], registry: Registry) -> tuple[datetime, datetime]:
    """The instants that hold the period in every time zone of the lines."""
    zones: set[tzinfo] = {registry.time_zone(line) for line in lines} or {UTC}
    bounds = [period.bounds(zone) for zone in zones]
    return min(start for start, _ in bounds), max(end for _, end in bounds)


def _by_line(facts: Iterable[F]) -> Mapping[LineId, list[F]]:
    found: dict[LineId, list[F]] = defaultdict(list)
    for fact in facts:
        found[fact.line].append(fact)
    return found


def _touches(outage: Outage, slot: Slot) -> bool:
    return outage.started_at < slot.ends_at and slot.starts_at < outage.ended_at


def _judge_sites(
    registry: Registry,
    sites: Collection[SiteId],
    lines: Mapping[LineId, Verdict],
    *,
    period: Period,
    policy: Policy,
    day: date,
) -> Mapping[SiteId, Verdict]:
    return {
        site: combine(
            SubjectKind.SITE,
            site,
            [lines[line.id] for line in registry.deciding_lines(site, day)],
            period=period,
            policy_id=policy.id,
        )
        for site in sites
    }


def _judge_organisations(
    registry: Registry,
    territory: TerritoryId,
    sites: Mapping[SiteId, Verdict],
    *,
    period: Period,
    policy: Policy,
    day: date,
) -> Mapping[OrganisationId, Verdict]:
    return {
        organisation.id: judge_organisation(
            organisation.id,
            [(sites[site.id], use.main) for site, use in registry.uses(organisation.id, day)],
            rule=organisation.line_rule,
            exemption=registry.exemption_of(organisation.id, day),
            period=period,
            policy_id=policy.id,
        )
        for organisation in registry.organisations_in(territory, day)
    }

"""Judging: from the stored evidence of a period to the verdicts of lines, sites and organisations."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from netmon.domain.identifiers import LineId, OrganisationId, SiteId, TerritoryId
from netmon.domain.judge import combine, counts_for_verdict, judge_line, judge_organisation
from netmon.domain.latency import Outage
from netmon.domain.measurement import Measurement
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.slot import JudgedSlot, Slot
from netmon.domain.slot_outcome import Deliveries, SlotEvidence, judge_slot
from netmon.domain.verdict import SubjectKind, Verdict
from netmon.wire.canonical import content_hash
from netmon.wire.plain import plain
from netmon_collector.ports import EvidenceReader
from netmon_collector.use_cases.calendars import Calendars, calendar_of

_LATEST_REPORT = timedelta(days=30)  # an agent may account for a slot when it comes back
_LONGEST_OUTAGE = timedelta(days=1)  # records of one outage are never longer


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
    lines = {line.id: line for line in registry.lines_in(territory)}
    slots = _line_slots(
        lines, period, evidence=evidence, registry=registry, policy=policy, calendars=calendars, as_of=as_of
    )
    last_seen = evidence.last_seen(lines)
    line_verdicts = {
        line: judge_line(
            line,
            slots[line].judged,
            period=period,
            policy=policy,
            input_hash=content_hash(plain(slots[line].evidence)),
            last_seen=last_seen.get(line),
        )
        for line in lines
    }
    site_verdicts = _judge_sites(registry, line_verdicts, period=period, policy=policy, day=facts_on)
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
        slots={line: found.judged for line, found in slots.items()},
    )


@dataclass(frozen=True, slots=True)
class _LineSlots:
    """The slots of one line that count, with their outcomes and the evidence that these were read from."""

    judged: list[JudgedSlot]
    evidence: list[SlotEvidence]


def _line_slots(
    lines: Collection[LineId],
    period: Period,
    *,
    evidence: EvidenceReader,
    registry: Registry,
    policy: Policy,
    calendars: Calendars,
    as_of: datetime,
) -> Mapping[LineId, _LineSlots]:
    start, end = _instants(period, lines, registry)
    measurements = _by_slot(evidence.measurements(lines, start, end + policy.timetable.grace))
    reports = {report.slot: report for report in evidence.reports(lines, start, end + _LATEST_REPORT)}
    outages = _by_line(evidence.outages(lines, start - _LONGEST_OUTAGE, end + policy.timetable.grace))
    least = min(
        policy.limit_bps(threshold) for entry in policy.thresholds.entries for threshold in entry.value.values()
    )
    near = policy.proof_within
    deliveries = Deliveries(evidence.deliveries(start - near, end + near, at_least_bps=least))
    found: dict[LineId, _LineSlots] = {line: _LineSlots([], []) for line in lines}
    for slot in evidence.slots(lines, start, end):
        calendar = calendar_of(registry.locality_of(slot.line).territory, calendars, registry)
        if not counts_for_verdict(
            slot, period=period, registry=registry, policy=policy, calendar=calendar, as_of=as_of
        ):
            continue
        known = SlotEvidence(
            slot=slot,
            measurements=tuple(measurements[slot.id]),
            report=reports.get(slot.id),
            outages=tuple(outage for outage in outages[slot.line] if _touches(outage, slot)),
        )
        found[slot.line].evidence.append(known)
        found[slot.line].judged.append(judge_slot(known, registry=registry, policy=policy, deliveries=deliveries))
    return found


def _instants(period: Period, lines: Collection[LineId], registry: Registry) -> tuple[datetime, datetime]:
    """The instants that hold the period in every time zone of the lines."""
    zones: set[tzinfo] = {registry.time_zone(line) for line in lines} or {UTC}
    bounds = [period.bounds(zone) for zone in zones]
    return min(start for start, _ in bounds), max(end for _, end in bounds)


def _by_slot(measurements: Sequence[Measurement]) -> Mapping[str, list[Measurement]]:
    found: dict[str, list[Measurement]] = defaultdict(list)
    for measurement in measurements:
        if measurement.slot is not None:
            found[measurement.slot].append(measurement)
    return found


def _by_line(outages: Sequence[Outage]) -> Mapping[LineId, list[Outage]]:
    found: dict[LineId, list[Outage]] = defaultdict(list)
    for outage in outages:
        found[outage.line].append(outage)
    return found


def _touches(outage: Outage, slot: Slot) -> bool:
    return outage.started_at < slot.ends_at and slot.starts_at < outage.ended_at


def _judge_sites(
    registry: Registry, lines: Mapping[LineId, Verdict], *, period: Period, policy: Policy, day: date
) -> Mapping[SiteId, Verdict]:
    sites = {registry.line_by_id[line].site for line in lines}
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
            [(sites[site.id], use.main) for site, use in registry.uses(organisation.id, day) if site.id in sites],
            rule=organisation.line_rule,
            exemption=registry.exemption_of(organisation.id, day),
            period=period,
            policy_id=policy.id,
        )
        for organisation in registry.organisations_in(territory, day)
    }

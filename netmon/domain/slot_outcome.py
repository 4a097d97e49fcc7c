"""From the records of one planned slot to its outcome (D5, D6)."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from netmon.domain.identifiers import LineId, ServerId
from netmon.domain.latency import Outage, OutageCause, joined
from netmon.domain.measurement import (
    Decision,
    Direction,
    Flag,
    Measurement,
    Path,
    Reason,
    ReceiptState,
    ResultKind,
)
from netmon.domain.organic import capped, is_organic, proves
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.slot import Delivery, ExclusionReason, FailCause, JudgedSlot, Outcome, Slot, SlotReason, SlotReport

# What a measurement without a figure means for its slot; a test keeps it complete.
EXCLUSION_OF: Mapping[Reason, ExclusionReason] = {
    Reason.SERVER_UNREACHABLE: ExclusionReason.SERVER_UNREACHABLE,
    Reason.SERVER_STALLED: ExclusionReason.SERVER_UNREACHABLE,
    Reason.CONNECTION_LOST: ExclusionReason.SERVER_UNREACHABLE,
    Reason.PROTOCOL_ERROR: ExclusionReason.SERVER_UNREACHABLE,
    Reason.TICKET_EXPIRED: ExclusionReason.SERVER_REFUSED,
    Reason.TICKET_NOT_YET_VALID: ExclusionReason.SERVER_REFUSED,
    Reason.TICKET_REUSED: ExclusionReason.SERVER_REFUSED,
    Reason.TICKET_FORGED: ExclusionReason.SERVER_REFUSED,
    Reason.TICKET_WRONG_SERVER: ExclusionReason.SERVER_REFUSED,
    Reason.TICKET_MALFORMED: ExclusionReason.SERVER_REFUSED,
    Reason.SERVER_RESTARTED: ExclusionReason.SERVER_REFUSED,
    Reason.SERVER_BUSY: ExclusionReason.SERVER_REFUSED,
    Reason.METER_CPU: ExclusionReason.METER_CEILING,
    Reason.METER_NIC: ExclusionReason.METER_CEILING,
    Reason.SENDER_LIMITED: ExclusionReason.SERVER_CEILING,
    Reason.TOO_SHORT: ExclusionReason.UNDECIDED,
    Reason.NOT_CONVERGED: ExclusionReason.UNDECIDED,
    Reason.BORDERLINE: ExclusionReason.UNDECIDED,
    Reason.NO_BBR_WITH_LOSS: ExclusionReason.UNDECIDED,
    Reason.BYTE_CAP: ExclusionReason.UNDECIDED,
    Reason.ORGANIC: ExclusionReason.LOWER_BOUND,
    Reason.INTERFACE_GONE: ExclusionReason.AGENT_OFF,
    Reason.METHOD_MISSING: ExclusionReason.AGENT_OFF,
}


class Deliveries:
    """Which server delivered how much to whom and when."""

    def __init__(self, deliveries: Iterable[Delivery]) -> None:
        self._by_server: dict[tuple[ServerId, Direction], list[Delivery]] = {}
        self._all = sorted(deliveries, key=lambda one: one.at)
        for delivery in self._all:
            self._by_server.setdefault((delivery.server, delivery.direction), []).append(delivery)
        self._reaching: dict[tuple[ServerId, Direction, int], tuple[list[datetime], list[Delivery]]] = {}

    def prove(self, below: Measurement, *, limit_bps: int, within: timedelta) -> Delivery | None:
        """What the same server delivered to another line, at least the limit, within a time of this measurement."""
        times, known = self._that_reach(below.server, below.direction, limit_bps)
        last = below.started_at + within
        for number in range(bisect_left(times, below.started_at - within), len(known)):
            if times[number] > last:
                return None
            if known[number].line != below.line:
                return known[number]
        return None

    def serve_others(self, outage: Outage, *, within: timedelta) -> bool:
        """Whether any server delivered anything to another line during an outage, or within a time of it."""
        return self.witness(outage, within=within) is not None

    def witness(self, outage: Outage, *, within: timedelta) -> Delivery | None:
        """The first delivery to another line during an outage, or within a time of it."""
        first = bisect_left(self._all, outage.started_at - within, key=lambda one: one.at)
        for delivery in self._all[first:]:
            if delivery.at > outage.ended_at + within:
                return None
            if delivery.line != outage.line:
                return delivery
        return None

    def _that_reach(
        self, server: ServerId, direction: Direction, limit_bps: int
    ) -> tuple[list[datetime], list[Delivery]]:
        """Deliveries of at least a rate with their times; rates are few (limits), so each is sifted once."""
        found = self._reaching.get((server, direction, limit_bps))
        if found is None:
            kept = [one for one in self._by_server.get((server, direction), ()) if one.rate_bps >= limit_bps]
            found = self._reaching[server, direction, limit_bps] = ([one.at for one in kept], kept)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotEvidence:
    """Everything recorded about one planned slot."""

    slot: Slot
    measurements: tuple[Measurement, ...] = ()
    report: SlotReport | None = None
    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one measurement says about its slot."""

    outcome: Outcome
    exclusion: ExclusionReason | None = None
    below: bool = False
    cause: FailCause | None = None
    proof: Delivery | None = None


_PASSED = _Finding(Outcome.PASS)


class SlotJudge:
    """Judges slots by the facts and the policy in force at their time; remembers what holds for a line and a day."""

    def __init__(self, *, registry: Registry, policy: Policy, deliveries: Deliveries) -> None:
        self._registry, self._policy, self._deliveries = registry, policy, deliveries
        self._zones: dict[LineId, tzinfo] = {}
        self._limits: dict[tuple[LineId, date], tuple[int, int] | None] = {}

    def outcome(self, evidence: SlotEvidence) -> JudgedSlot:
        """The one outcome of a planned slot, before it is counted how much of its day is organic."""
        slot = evidence.slot
        zone = self._zones.get(slot.line)
        if zone is None:
            zone = self._zones[slot.line] = self._registry.time_zone(slot.line)
        local = slot.starts_at.astimezone(zone)
        day = local.date()
        limits = self._limits_on(slot.line, day)
        if limits is None:
            return JudgedSlot(
                slot=slot,
                day=day,
                hour=local.hour,
                outcome=Outcome.EXCLUDED,
                exclusion=ExclusionReason.LOCALITY_UNKNOWN,
            )
        threshold, limit = limits
        best, finding = _best(evidence, limit_bps=limit, policy=self._policy, deliveries=self._deliveries)
        return JudgedSlot(
            slot=slot,
            day=day,
            hour=local.hour,
            outcome=finding.outcome,
            exclusion=finding.exclusion,
            cause=finding.cause,
            rate_bps=None if best is None else best.rate_bps,
            censored=best is not None and (best.censored_at_bps is not None or best.kind is ResultKind.LOWER_BOUND),
            threshold_bps=threshold,
            limit_bps=limit,
            organic=best is not None and finding.outcome is Outcome.PASS and is_organic(best),
            strict_pass=_strict(finding, best, threshold),
            proof=finding.proof,
        )

    def outcomes(self, evidence: Iterable[SlotEvidence]) -> list[JudgedSlot]:
        """The outcomes of all counted slots of a line over whole days."""
        return capped(map(self.outcome, evidence), self._policy.organic)

    def _limits_on(self, line: LineId, day: date) -> tuple[int, int] | None:
        """The threshold and the limit of a line on a local day, None where its locality is unknown."""
        if (line, day) not in self._limits:
            locality = self._registry.locality_type(line, day)
            threshold = None if locality is None else self._policy.threshold_bps(locality, day)
            limits = None if threshold is None else (threshold, self._policy.limit_bps(threshold))
            self._limits[line, day] = limits
        return self._limits[line, day]


def judge_slot(evidence: SlotEvidence, *, registry: Registry, policy: Policy, deliveries: Deliveries) -> JudgedSlot:
    """The one outcome of a planned slot, by the facts and the policy in force at its time."""
    return SlotJudge(registry=registry, policy=policy, deliveries=deliveries).outcome(evidence)


def _strict(finding: _Finding, best: Measurement | None, threshold_bps: int) -> bool | None:
    if finding.outcome is Outcome.EXCLUDED:
        return None
    return finding.outcome is Outcome.PASS and best is not None and (best.rate_bps or 0) >= threshold_bps


def proven_outages(outages: Iterable[Outage], deliveries: Deliveries, *, within: timedelta) -> tuple[Outage, ...]:
    """The outages of one line, put together; one in which nobody else was served either is not the line's.

    An agent that reaches nothing cannot tell its dead line from a dead measurement server and collector.
    """
    return tuple(
        replace(one, cause=OutageCause.BEYOND)
        if one.cause.is_line_down and not deliveries.serve_others(one, within=within)
        else one
        for one in joined(outages)
    )


def _best(
    evidence: SlotEvidence, *, limit_bps: int, policy: Policy, deliveries: Deliveries
) -> tuple[Measurement | None, _Finding]:
    """The measurement that decides: a pass before a fail before an exclusion, a test before users' own traffic, the
    earliest of its kind.
    """
    if len(evidence.measurements) == 1:  # nearly always
        (one,) = evidence.measurements
        return one, _classify(one, evidence, limit_bps=limit_bps, policy=policy, deliveries=deliveries)
    found = [
        (one, _classify(one, evidence, limit_bps=limit_bps, policy=policy, deliveries=deliveries))
        for one in sorted(evidence.measurements, key=lambda one: (is_organic(one), one.started_at, one.server))
    ]
    servers_below = {one.server for one, finding in found if finding.below}
    if len(servers_below) > 1:  # a second server agrees: the path beyond the line was not the limit
        found = [
            (one, _Finding(Outcome.FAIL, cause=FailCause.BELOW_LIMIT, below=True) if finding.below else finding)
            for one, finding in found
        ]
    for outcome in (Outcome.PASS, Outcome.FAIL, Outcome.EXCLUDED):
        for one, finding in found:
            if finding.outcome is outcome:
                return one, finding
    return None, _without_measurement(evidence)


def _without_measurement(evidence: SlotEvidence) -> _Finding:
    slot = evidence.slot
    for outage in evidence.outages:
        if outage.cause.is_line_down and outage.started_at <= slot.starts_at and slot.ends_at <= outage.ended_at:
            return _Finding(Outcome.FAIL, cause=FailCause.LINE_DOWN)
    budget = evidence.report is not None and evidence.report.reason is SlotReason.BUDGET
    return _Finding(Outcome.EXCLUDED, ExclusionReason.BUDGET if budget else ExclusionReason.AGENT_OFF)


def _classify(
    one: Measurement, evidence: SlotEvidence, *, limit_bps: int, policy: Policy, deliveries: Deliveries
) -> _Finding:
    if one.rate_bps is None:
        return _without_figure(one, evidence.outages)
    unusable = _unusable(one, policy) or _no_proof(one, evidence.slot, limit_bps=limit_bps, policy=policy)
    if unusable is not None:
        return _Finding(Outcome.EXCLUDED, unusable)
    if one.rate_bps >= limit_bps:
        return _PASSED
    if one.kind is ResultKind.LOWER_BOUND or (one.censored_at_bps is not None and one.censored_at_bps < limit_bps):
        return _Finding(Outcome.EXCLUDED, _exclusion(one, ExclusionReason.LOWER_BOUND))
    proof = deliveries.prove(one, limit_bps=limit_bps, within=policy.proof_within)
    if proof is not None:
        return _Finding(Outcome.FAIL, cause=FailCause.BELOW_LIMIT, below=True, proof=proof)
    return _Finding(Outcome.EXCLUDED, ExclusionReason.UNPROVEN, below=True)


def _unusable(one: Measurement, policy: Policy) -> ExclusionReason | None:
    """Why a figure is no evidence, whatever it says."""
    emulated = bool(one.flags) and Flag.EMULATED_LINE in one.flags
    if emulated and not policy.accept_emulated:
        return ExclusionReason.EMULATED
    if one.path is Path.PROXIED and not emulated:
        return ExclusionReason.FILTERED_PATH
    if policy.receipt_required and one.receipt is not ReceiptState.VALID and not _may_be_organic(one, policy):
        return ExclusionReason.RECEIPT
    if not one.time_trusted:
        return ExclusionReason.CLOCK
    if one.decision is Decision.UNDECIDED:
        return _exclusion(one, ExclusionReason.UNDECIDED)
    return None


def _no_proof(one: Measurement, slot: Slot, *, limit_bps: int, policy: Policy) -> ExclusionReason | None:
    """Why users' own traffic says nothing about its slot; a test always does."""
    if not _may_be_organic(one, policy) or policy.organic is None:
        return None
    return None if proves(one, slot, policy.organic, limit_bps=limit_bps) else ExclusionReason.LOWER_BOUND


def _may_be_organic(one: Measurement, policy: Policy) -> bool:
    """Nobody signs for what users did."""
    return policy.organic is not None and is_organic(one)


def _without_figure(one: Measurement, outages: tuple[Outage, ...]) -> _Finding:
    exclusion = _exclusion(one, ExclusionReason.UNDECIDED)
    if exclusion is ExclusionReason.SERVER_UNREACHABLE and one.time_trusted:
        for outage in outages:
            if outage.cause.is_line_down and outage.covers(one.started_at):
                return _Finding(Outcome.FAIL, cause=FailCause.LINE_DOWN)
    return _Finding(Outcome.EXCLUDED, exclusion)


def _exclusion(one: Measurement, default: ExclusionReason) -> ExclusionReason:
    """The measurement's own reason, unless it only says that the figures were not enough."""
    found = default if one.reason is None else EXCLUSION_OF[one.reason]
    return default if found is ExclusionReason.UNDECIDED else found

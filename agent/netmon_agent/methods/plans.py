"""What a transfer sets out to find: when it has seen enough, and what that means. Pure: samples in, outcome out."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Protocol

from netmon.domain.measurement import Decision, Reason, ResultKind
from netmon_agent.statistics.decision import CONFIDENCE, Bounds, Finding, bounds, decide
from netmon_agent.statistics.estimate import Estimate, estimate
from netmon_agent.statistics.ramp import RampDetector
from netmon_agent.statistics.series import Series
from netmon_agent.statistics.shift import Shift, find_shift

PACE_OVER_LIMIT = 1.1
_LEAST_SHARE = 0.3
_SHORTEST_BLOCK_S = 0.1
_ESTIMATE_CONFIDENCE = 0.95
_NEAR_CEILING = 0.93
_SUSTAINED_BYTES = 300_000_000
_SUSTAINED_SHORTEST_S = 3.0
_AFTER_SHIFT_S = 2.0
_SHIFT_EVERY = 10


class Step(Enum):
    CONTINUE = auto()
    UNPACE = auto()  # the sender may go as fast as it can from now on
    STOP = auto()


class Ended(StrEnum):
    """Why a transfer ended."""

    ENOUGH = "enough"
    TIME = "time"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What else is known about a transfer when its figures are judged.

    A ceiling (network card, budget of the server) is an IP-layer rate; None where there is none. `sender_slow` is a
    sender that had gaps of its own making.
    """

    ended: Ended
    host_slow: bool = False
    sender_slow: bool = False
    congestion_control: str = "bbr"
    card_bps: int | None = None
    server_bps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the samples and the evidence say together."""

    kind: ResultKind
    reason: Reason | None = None
    rate_bps: int | None = None
    censored_at_bps: int | None = None
    decision: Decision | None = None
    confidence: float | None = None
    steady_from: int | None = None
    detail: dict[str, object] = field(default_factory=dict)


class Plan(Protocol):
    """Watches a transfer and says what it found."""

    pace_ip_bps: int | None

    def observe(self, series: Series) -> Step: ...

    def conclude(self, series: Series, evidence: Evidence) -> Outcome: ...


def nothing(reason: Reason) -> Outcome:
    """No figure, and why."""
    return Outcome(kind=ResultKind.NONE, reason=reason)


def ceiling(rate_bps: float, series: Series, evidence: Evidence) -> Reason | None:
    """What other than the line may have limited the transfer, if anything."""
    if evidence.card_bps is not None and rate_bps >= _NEAR_CEILING * evidence.card_bps:
        return Reason.METER_NIC
    if evidence.server_bps is not None and rate_bps >= _NEAR_CEILING * evidence.server_bps:
        return Reason.SENDER_LIMITED
    if evidence.host_slow:
        return Reason.METER_CPU
    if evidence.sender_slow:
        return Reason.SENDER_LIMITED
    if series.lost and evidence.congestion_control != "bbr":
        return Reason.NO_BBR_WITH_LOSS
    return None


class _Steady:
    """The part of a transfer after its ramp."""

    def __init__(self, rtt_s: float) -> None:
        self.block_s = max(_SHORTEST_BLOCK_S, 2 * rtt_s)
        self._ramp = RampDetector(self.block_s)
        self.first: int | None = None

    def observe(self, series: Series) -> bool:
        """Whether the newest sample lies in the steady part."""
        if self.first is None:
            self.first = self._ramp.ends_at(series)
            return False
        return True

    def batches(self, series: Series) -> list[float]:
        return [] if self.first is None else series.batches(self.first, self.block_s)

    def elapsed_s(self, series: Series) -> float:
        return 0.0 if self.first is None else series.duration_s - series.samples[self.first].t_s


class EstimatePlan:
    """The full rate of the line; with a limit also whether it reaches it."""

    pace_ip_bps: int | None = None

    def __init__(self, *, rtt_s: float, limit_bps: int | None = None) -> None:
        self._steady = _Steady(rtt_s)
        self._limit_bps = limit_bps

    def observe(self, series: Series) -> Step:
        if not self._steady.observe(series):
            return Step.CONTINUE
        found = self._estimate(series)
        return Step.STOP if found is not None and found.converged else Step.CONTINUE

    def _estimate(self, series: Series) -> Estimate | None:
        return estimate(self._steady.batches(series), elapsed_s=self._steady.elapsed_s(series))

    def conclude(self, series: Series, evidence: Evidence) -> Outcome:
        found = self._estimate(series)
        if found is None:
            return nothing(Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.TOO_SHORT)
        return outcome_of_estimate(found, series, evidence, limit_bps=self._limit_bps, first=self._steady.first)


def outcome_of_estimate(
    found: Estimate, series: Series, evidence: Evidence, *, limit_bps: int | None, first: int | None
) -> Outcome:
    """A rate where the line was the limit and the interval is narrow, else the lower bound and why."""
    reason = ceiling(found.rate_bps, series, evidence)
    if reason is None and not found.usable:
        reason = Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.NOT_CONVERGED
    lower, upper = found.rate_bps - found.half_width_bps, found.rate_bps + found.half_width_bps
    capped = evidence.server_bps if reason is Reason.SENDER_LIMITED else None
    capped = evidence.card_bps if reason is Reason.METER_NIC else capped
    decision = None
    if limit_bps is not None:
        below = Decision.BELOW if reason is None and upper < limit_bps else Decision.UNDECIDED
        decision = Decision.AT_LEAST if lower >= limit_bps else below
    return Outcome(
        kind=ResultKind.RATE if reason is None else ResultKind.LOWER_BOUND,
        reason=reason,
        rate_bps=round(found.rate_bps if reason is None else max(lower, 0.0)),
        censored_at_bps=capped,
        decision=decision,
        confidence=_ESTIMATE_CONFIDENCE,
        steady_from=first,
        detail={"half_width_bps": round(found.half_width_bps)},
    )


class DecisionPlan:
    """Whether the line reaches a limit, with a sender paced a tenth above it.

    "Below" is believed only when the line stays below after the pacing was lifted within the same session.
    """

    def __init__(self, *, rtt_s: float, limit_bps: int, background_bps: float = 0.0, suspected: bool = False) -> None:
        """Only what others leave missing is sent.

        A line that a UDP train `suspected` of being below is not asked with pacing again: the transfer starts with
        what would be the repeat.
        """
        pace = max(limit_bps * PACE_OVER_LIMIT - background_bps, limit_bps * _LEAST_SHARE)
        self.pace_ip_bps: int | None = None if suspected else round(pace)
        self._seen_up_to_bps = round(pace + background_bps)
        self._suspected = suspected
        self._limit_bps = limit_bps
        self._rtt_s = rtt_s
        self._steady = _Steady(rtt_s)
        self._finding: Finding | None = None
        self._unpaced_from_s: float | None = None
        self._repeat_from: int | None = None

    def observe(self, series: Series) -> Step:
        if self._unpaced_from_s is not None:
            return self._observe_repeat(series)
        if not self._steady.observe(series):
            return Step.CONTINUE
        finding = decide(
            self._steady.batches(series), limit_bps=self._limit_bps, elapsed_s=self._steady.elapsed_s(series)
        )
        if finding is Finding.BELOW and not self._suspected:
            self._unpaced_from_s = series.duration_s
            return Step.UNPACE
        self._finding = finding
        return Step.STOP if finding is not None else Step.CONTINUE

    def _observe_repeat(self, series: Series) -> Step:
        since = series.duration_s - (self._unpaced_from_s or 0.0)
        if self._repeat_from is None:
            if since >= 4 * self._rtt_s:  # the news travels, the sender speeds up
                self._repeat_from = len(series) - 1
            return Step.CONTINUE
        batches = series.batches(self._repeat_from, self._steady.block_s)
        elapsed = series.duration_s - series.samples[self._repeat_from].t_s
        self._finding = decide(batches, limit_bps=self._limit_bps, elapsed_s=elapsed)
        return Step.STOP if self._finding is not None else Step.CONTINUE

    def _bounds(self, series: Series) -> tuple[Bounds | None, int | None]:
        if self._repeat_from is not None:
            repeated = bounds(series.batches(self._repeat_from, self._steady.block_s))
            if repeated is not None:
                return repeated, self._repeat_from
        return bounds(self._steady.batches(series)), self._steady.first

    def conclude(self, series: Series, evidence: Evidence) -> Outcome:
        seen, first = self._bounds(series)
        if seen is None:
            return nothing(Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.TOO_SHORT)
        decision, reason = self._decision(seen, series, evidence)
        unpaced = self._repeat_from is not None or self._suspected
        # With anything but the line as the limit, the transfer only shows what the line carries at least.
        is_rate = reason is None or reason is Reason.BORDERLINE
        return Outcome(
            kind=ResultKind.RATE if is_rate else ResultKind.LOWER_BOUND,
            reason=reason,
            rate_bps=round(seen.rate_bps if is_rate else max(seen.lower_bps, 0.0)),
            censored_at_bps=evidence.server_bps if unpaced else self._seen_up_to_bps,
            decision=decision,
            confidence=CONFIDENCE if decision is not Decision.UNDECIDED else None,
            steady_from=first,
            detail={
                "lower_bps": round(seen.lower_bps),
                "upper_bps": round(seen.upper_bps),
                "unpaced": unpaced,
            },
        )

    def _decision(self, seen: Bounds, series: Series, evidence: Evidence) -> tuple[Decision, Reason | None]:
        if self._finding is Finding.AT_LEAST:
            return Decision.AT_LEAST, None
        if self._finding is Finding.BELOW:
            doubt = ceiling(seen.rate_bps, series, evidence)
            return (Decision.BELOW, None) if doubt is None else (Decision.UNDECIDED, doubt)
        if self._finding is Finding.BORDERLINE:
            return Decision.UNDECIDED, Reason.BORDERLINE
        return Decision.UNDECIDED, Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.NOT_CONVERGED


class SustainedPlan:
    """The rate after any token bucket ran empty; ends soon after a level shift, or flat after 300 MB."""

    pace_ip_bps: int | None = None

    def __init__(self, *, rtt_s: float, limit_bps: int | None = None) -> None:
        self._steady = _Steady(rtt_s)
        self._limit_bps = limit_bps
        self._shift: Shift | None = None

    def observe(self, series: Series) -> Step:
        if not self._steady.observe(series):
            return Step.CONTINUE
        if len(series) % _SHIFT_EVERY == 0:
            self._shift = find_shift(series, self._steady.first or 0)
            if self._shift is not None and self._shift.after_s >= _AFTER_SHIFT_S:
                return Step.STOP
        return Step.STOP if series.own_bytes(len(series) - 1) >= _SUSTAINED_BYTES else Step.CONTINUE

    def conclude(self, series: Series, evidence: Evidence) -> Outcome:
        first = self._steady.first
        if first is None or self._steady.elapsed_s(series) < _SUSTAINED_SHORTEST_S:
            return nothing(Reason.BYTE_CAP if evidence.ended is Ended.BYTES else Reason.TOO_SHORT)
        shift = find_shift(series, first)
        detail: dict[str, object] = {"flat_bytes": series.line_bytes(len(series) - 1)}
        if shift is not None:
            first = _first_after(series, series.duration_s - shift.after_s + self._steady.block_s)
            detail = {
                "burst_bps": round(shift.burst_bps),
                "bucket_bytes": shift.bucket_bytes,
                "burst_s": round(shift.burst_s, 2),
            }
        found = estimate(series.batches(first, self._steady.block_s), elapsed_s=self._steady.elapsed_s(series))
        if found is None:
            return nothing(Reason.TOO_SHORT)
        outcome = outcome_of_estimate(found, series, evidence, limit_bps=self._limit_bps, first=first)
        return Outcome(
            kind=outcome.kind,
            reason=outcome.reason,
            rate_bps=outcome.rate_bps,
            censored_at_bps=outcome.censored_at_bps,
            decision=outcome.decision,
            confidence=outcome.confidence,
            steady_from=first,
            detail={**outcome.detail, **detail},
        )


def _first_after(series: Series, t_s: float) -> int:
    return next(index for index, sample in enumerate(series.samples) if sample.t_s >= t_s)

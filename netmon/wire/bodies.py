"""The bodies of records, one type a kind: what a measurement, a slot, a latency window and an outage say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self, TypeVar

from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.latency import LatencyWindow, Outage, OutageCause
from netmon.domain.measurement import (
    Decision,
    Direction,
    Flag,
    Measurement,
    Mode,
    Path,
    Reason,
    ReceiptState,
    ResultKind,
)
from netmon.domain.slot import SlotEnd, SlotReason, SlotReport
from netmon.errors import WireError
from netmon.wire.canonical import Fields, format_time

_HIGHEST_BPS = 100_000_000_000

T = TypeVar("T")


def _maybe(fields: Fields, key: str, read: Callable[[str], T]) -> T | None:
    return None if fields.is_null(key) else read(key)


def _rate(fields: Fields, key: str) -> int | None:
    return _maybe(fields, key, lambda name: fields.integer(name, maximum=_HIGHEST_BPS))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementBody:
    """The body of a measurement; members mean what `netmon.domain.measurement.Measurement` says."""

    slot: SlotId | None
    server: ServerId
    method: str
    direction: Direction
    mode: Mode
    started_at: datetime
    duration_s: float
    kind: ResultKind
    reason: Reason | None
    rate_bps: int | None
    goodput_bps: int | None
    background_bps: int | None
    censored_at_bps: int | None
    decision: Decision | None
    threshold_bps: int | None
    limit_bps: int | None
    confidence: float | None
    bytes: int
    path: Path
    flags: frozenset[Flag]
    receipt: str | None
    extra: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        return {
            **self.extra,
            "slot": self.slot,
            "server": self.server,
            "method": self.method,
            "direction": self.direction.value,
            "mode": self.mode.value,
            "started_at": format_time(self.started_at),
            "duration_s": self.duration_s,
            "kind": self.kind.value,
            "reason": None if self.reason is None else self.reason.value,
            "rate_bps": self.rate_bps,
            "goodput_bps": self.goodput_bps,
            "background_bps": self.background_bps,
            "censored_at_bps": self.censored_at_bps,
            "decision": None if self.decision is None else self.decision.value,
            "threshold_bps": self.threshold_bps,
            "limit_bps": self.limit_bps,
            "confidence": self.confidence,
            "bytes": self.bytes,
            "path": self.path.value,
            "flags": sorted(flag.value for flag in self.flags),
            "receipt": self.receipt,
        }

    @classmethod
    def read(cls, body: Mapping[str, object]) -> Self:
        """Raises WireError for a body that is not a measurement or contradicts itself."""
        fields = Fields(body, "body")
        found = cls(
            slot=_maybe(fields, "slot", lambda key: SlotId(fields.text(key))),
            server=ServerId(fields.text("server")),
            method=fields.text("method", limit=40),
            direction=fields.choice("direction", Direction),
            mode=fields.choice("mode", Mode),
            started_at=fields.time("started_at"),
            duration_s=fields.number("duration_s", maximum=3600.0),
            kind=fields.choice("kind", ResultKind),
            reason=_maybe(fields, "reason", lambda key: fields.choice(key, Reason)),
            rate_bps=_rate(fields, "rate_bps"),
            goodput_bps=_rate(fields, "goodput_bps"),
            background_bps=_rate(fields, "background_bps"),
            censored_at_bps=_rate(fields, "censored_at_bps"),
            decision=_maybe(fields, "decision", lambda key: fields.choice(key, Decision)),
            threshold_bps=_rate(fields, "threshold_bps"),
            limit_bps=_rate(fields, "limit_bps"),
            confidence=_maybe(fields, "confidence", lambda key: fields.number(key, maximum=1.0)),
            bytes=fields.integer("bytes"),
            path=fields.choice("path", Path),
            flags=_flags(fields),
            receipt=_maybe(fields, "receipt", lambda key: fields.text(key, limit=4096)),
            extra=fields.rest,
        )
        found.measurement(LineId("-"), receipt=ReceiptState.ABSENT, started_at=found.started_at, time_trusted=False)
        return found

    def measurement(
        self, line: LineId, *, receipt: ReceiptState, started_at: datetime, time_trusted: bool
    ) -> Measurement:
        """The measurement of a line, with what the collector found about its receipt and its time.

        Raises WireError when kind, rate and reason contradict each other.
        """
        try:
            return Measurement(
                line=line,
                slot=self.slot,
                server=self.server,
                method=self.method,
                direction=self.direction,
                mode=self.mode,
                started_at=started_at,
                duration_s=self.duration_s,
                kind=self.kind,
                reason=self.reason,
                rate_bps=self.rate_bps,
                goodput_bps=self.goodput_bps,
                background_bps=self.background_bps,
                censored_at_bps=self.censored_at_bps,
                decision=self.decision,
                threshold_bps=self.threshold_bps,
                limit_bps=self.limit_bps,
                confidence=self.confidence,
                bytes=self.bytes,
                path=self.path,
                receipt=receipt,
                time_trusted=time_trusted,
                flags=self.flags,
            )
        except ValueError as error:
            raise WireError(f"body: {error}") from error


def _flags(fields: Fields) -> frozenset[Flag]:
    texts = fields.texts("flags")
    unknown = set(texts) - {flag.value for flag in Flag}
    if unknown:
        raise fields.fail("flags", "a list of " + ", ".join(Flag))
    return frozenset(Flag(text) for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotBody:
    """The agent's account of one planned slot."""

    slot: SlotId
    end: SlotEnd
    reason: SlotReason | None
    at: datetime

    def document(self) -> dict[str, object]:
        reason = None if self.reason is None else self.reason.value
        return {"slot": self.slot, "end": self.end.value, "reason": reason, "at": format_time(self.at)}

    @classmethod
    def read(cls, body: Mapping[str, object]) -> Self:
        fields = Fields(body, "body")
        found = cls(
            slot=SlotId(fields.text("slot")),
            end=fields.choice("end", SlotEnd),
            reason=_maybe(fields, "reason", lambda key: fields.choice(key, SlotReason)),
            at=fields.time("at"),
        )
        if (found.reason is None) != (found.end is SlotEnd.MEASURED):
            raise WireError("body.reason is present exactly when the slot was not measured")
        return found

    def report(self, line: LineId, *, at: datetime) -> SlotReport:
        return SlotReport(slot=self.slot, line=line, end=self.end, reason=self.reason, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageBody:
    """A stretch of an outage; `since` is where the whole outage began."""

    started_at: datetime
    ended_at: datetime
    since: datetime
    cause: OutageCause

    def document(self) -> dict[str, object]:
        return {
            "started_at": format_time(self.started_at),
            "ended_at": format_time(self.ended_at),
            "since": format_time(self.since),
            "cause": self.cause.value,
        }

    @classmethod
    def read(cls, body: Mapping[str, object]) -> Self:
        fields = Fields(body, "body")
        found = cls(
            started_at=fields.time("started_at"),
            ended_at=fields.time("ended_at"),
            since=fields.time("since"),
            cause=fields.choice("cause", OutageCause),
        )
        if not found.since <= found.started_at < found.ended_at:
            raise WireError("body: since, started_at and ended_at are out of order")
        return found

    def outage(self, line: LineId, *, shift: timedelta) -> Outage:
        """The outage of a line, its times corrected by the device's known clock offset."""
        return Outage(
            line=line,
            started_at=self.started_at + shift,
            ended_at=self.ended_at + shift,
            cause=self.cause,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyBody:
    """The probes of one target in one window; round-trip times in seconds, null when none came back."""

    started_at: datetime
    ended_at: datetime
    target: str
    sent: int
    lost: int
    rtt_min_s: float | None
    rtt_median_s: float | None
    rtt_p95_s: float | None
    rtt_max_s: float | None
    jitter_s: float | None

    def document(self) -> dict[str, object]:
        return {
            "started_at": format_time(self.started_at),
            "ended_at": format_time(self.ended_at),
            "target": self.target,
            "sent": self.sent,
            "lost": self.lost,
            "rtt_min_s": self.rtt_min_s,
            "rtt_median_s": self.rtt_median_s,
            "rtt_p95_s": self.rtt_p95_s,
            "rtt_max_s": self.rtt_max_s,
            "jitter_s": self.jitter_s,
        }

    @classmethod
    def read(cls, body: Mapping[str, object]) -> Self:
        fields = Fields(body, "body")

        def seconds(key: str) -> float | None:
            return _maybe(fields, key, lambda name: fields.number(name, maximum=3600.0))

        found = cls(
            started_at=fields.time("started_at"),
            ended_at=fields.time("ended_at"),
            target=fields.text("target", limit=100),
            sent=fields.integer("sent", maximum=1_000_000),
            lost=fields.integer("lost", maximum=1_000_000),
            rtt_min_s=seconds("rtt_min_s"),
            rtt_median_s=seconds("rtt_median_s"),
            rtt_p95_s=seconds("rtt_p95_s"),
            rtt_max_s=seconds("rtt_max_s"),
            jitter_s=seconds("jitter_s"),
        )
        if found.lost > found.sent or found.started_at >= found.ended_at:
            raise WireError("body: more probes were lost than sent, or the window ends before it starts")
        if (found.rtt_median_s is None) != (found.lost == found.sent):
            raise WireError("body: round-trip times are present exactly when a probe came back")
        return found

    def window(self, line: LineId, *, shift: timedelta) -> LatencyWindow:
        """The window of a line, its times corrected by the device's known clock offset."""
        return LatencyWindow(
            line=line,
            started_at=self.started_at + shift,
            ended_at=self.ended_at + shift,
            target=self.target,
            sent=self.sent,
            lost=self.lost,
            rtt_min_s=self.rtt_min_s,
            rtt_median_s=self.rtt_median_s,
            rtt_p95_s=self.rtt_p95_s,
            rtt_max_s=self.rtt_max_s,
            jitter_s=self.jitter_s,
        )

"""The bodies of records, one type a kind: what a measurement, a slot, a latency window and an outage say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self, TypeVar

from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.kinds import Decision, Direction, Flag, Mode, Path, Reason, ReceiptState, ResultKind
from netmon.domain.measurement import Measurement
from netmon.errors import WireError
from netmon.wire.agent_bodies import LatencyBody, OutageBody, SlotBody
from netmon.wire.canonical import Fields, format_time, maybe

__all__ = ["LatencyBody", "MeasurementBody", "OutageBody", "SlotBody"]

_HIGHEST_BPS = 100_000_000_000

T = TypeVar("T")


def _rate(fields: Fields, key: str) -> int | None:
    return maybe(fields, key, lambda name: fields.integer(name, maximum=_HIGHEST_BPS))


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
            slot=maybe(fields, "slot", lambda key: SlotId(fields.text(key))),
            server=ServerId(fields.text("server")),
            method=fields.text("method", limit=40),
            direction=fields.choice("direction", Direction),
            mode=fields.choice("mode", Mode),
            started_at=fields.time("started_at"),
            duration_s=fields.number("duration_s", maximum=3600.0),
            kind=fields.choice("kind", ResultKind),
            reason=maybe(fields, "reason", lambda key: fields.choice(key, Reason)),
            rate_bps=_rate(fields, "rate_bps"),
            goodput_bps=_rate(fields, "goodput_bps"),
            background_bps=_rate(fields, "background_bps"),
            censored_at_bps=_rate(fields, "censored_at_bps"),
            decision=maybe(fields, "decision", lambda key: fields.choice(key, Decision)),
            threshold_bps=_rate(fields, "threshold_bps"),
            limit_bps=_rate(fields, "limit_bps"),
            confidence=maybe(fields, "confidence", lambda key: fields.number(key, maximum=1.0)),
            bytes=fields.integer("bytes"),
            path=fields.choice("path", Path),
            flags=_flags(fields),
            receipt=maybe(fields, "receipt", lambda key: fields.text(key, limit=4096)),
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

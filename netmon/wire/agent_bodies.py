"""The bodies that an agent writes all day: slots, latency windows, outages, absences. Others make facts of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from netmon.domain.identifiers import LineId, SlotId
from netmon.domain.kinds import AbsenceCause, OutageCause, SlotEnd, SlotReason
from netmon.errors import WireError
from netmon.wire.canonical import Fields, format_time, maybe

if TYPE_CHECKING:  # facts are not for a router's memory: nothing there makes any
    from netmon.domain.absence import Absence
    from netmon.domain.latency import LatencyWindow, Outage
    from netmon.domain.slot import SlotReport


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
            reason=maybe(fields, "reason", lambda key: fields.choice(key, SlotReason)),
            at=fields.time("at"),
        )
        if (found.reason is None) != (found.end is SlotEnd.MEASURED):
            raise WireError("body.reason is present exactly when the slot was not measured")
        return found

    def report(self, line: LineId, *, at: datetime) -> "SlotReport":
        from netmon.domain.slot import SlotReport  # noqa: PLC0415

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

    def outage(self, line: LineId, *, shift: timedelta) -> "Outage":
        """The outage of a line, its times corrected by the device's known clock offset."""
        from netmon.domain.latency import Outage  # noqa: PLC0415

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
            return maybe(fields, key, lambda name: fields.number(name, maximum=3600.0))

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

    def window(self, line: LineId, *, shift: timedelta) -> "LatencyWindow":
        """The window of a line, its times corrected by the device's known clock offset."""
        from netmon.domain.latency import LatencyWindow  # noqa: PLC0415

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceBody:
    """The agent is back. `since` is by the collector's clock, as the agent knew it then; `ended_at` by the device's."""

    since: datetime | None
    ended_at: datetime
    cause: AbsenceCause

    def document(self) -> dict[str, object]:
        since = None if self.since is None else format_time(self.since)
        return {"since": since, "ended_at": format_time(self.ended_at), "cause": self.cause.value}

    @classmethod
    def read(cls, body: Mapping[str, object]) -> Self:
        fields = Fields(body, "body")
        return cls(
            since=maybe(fields, "since", fields.time),
            ended_at=fields.time("ended_at"),
            cause=fields.choice("cause", AbsenceCause),
        )

    def absence(self, line: LineId, *, shift: timedelta) -> "Absence":
        """The absence of a line's agent, its end corrected; a beginning after the end is no beginning."""
        from netmon.domain.absence import Absence  # noqa: PLC0415

        ended_at = self.ended_at + shift
        since = self.since if self.since is not None and self.since <= ended_at else None
        return Absence(line=line, since=since, ended_at=ended_at, cause=self.cause)

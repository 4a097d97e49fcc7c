"""The bodies of path diagnoses: what lies between a device and its measurement server."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from netmon.domain.identifiers import LineId, ServerId, SlotId
from netmon.domain.kinds import PathMethod, PathOutcome, PathTrigger
from netmon.domain.path_diagnosis import Hop, PathDiagnosis, Trace
from netmon.errors import WireError
from netmon.wire.canonical import Fields, format_time, maybe, objects

MOST_HOPS = 64
MOST_TRACES = 6
_MOST_PROBES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PathBody:
    """The path to a measurement server; members mean what `netmon.domain.path_diagnosis.PathDiagnosis` says."""

    slot: SlotId | None
    server: ServerId
    host: str
    started_at: datetime
    duration_s: float
    trigger: PathTrigger
    outcome: PathOutcome
    mtu_bytes: int | None
    traces: tuple[Trace, ...]

    def document(self) -> dict[str, object]:
        return {
            "slot": self.slot,
            "server": self.server,
            "host": self.host,
            "started_at": format_time(self.started_at),
            "duration_s": self.duration_s,
            "trigger": self.trigger.value,
            "outcome": self.outcome.value,
            "mtu_bytes": self.mtu_bytes,
            "traces": [trace_document(trace) for trace in self.traces],
        }

    @classmethod
    def read(cls, body: Mapping[str, object]) -> Self:
        fields = Fields(body, "body")
        return cls(
            slot=maybe(fields, "slot", lambda key: SlotId(fields.text(key))),
            server=ServerId(fields.text("server")),
            host=fields.text("host"),
            started_at=fields.time("started_at"),
            duration_s=fields.number("duration_s", maximum=3600.0),
            trigger=fields.choice("trigger", PathTrigger),
            outcome=fields.choice("outcome", PathOutcome),
            mtu_bytes=maybe(fields, "mtu_bytes", lambda key: fields.integer(key, minimum=68, maximum=65535)),
            traces=read_traces(fields.raw("traces")),
        )

    def diagnosis(self, line: LineId, *, shift: timedelta) -> PathDiagnosis:
        """The diagnosis of a line, its time corrected by the device's known clock offset."""
        return PathDiagnosis(
            line=line,
            slot=self.slot,
            server=self.server,
            host=self.host,
            started_at=self.started_at + shift,
            duration_s=self.duration_s,
            trigger=self.trigger,
            outcome=self.outcome,
            mtu_bytes=self.mtu_bytes,
            traces=self.traces,
        )


def trace_document(trace: Trace) -> dict[str, object]:
    return {
        "method": trace.method.value,
        "reached": trace.reached,
        "hops": [
            {"ttl": hop.ttl, "address": hop.address, "sent": hop.sent, "answered": hop.answered, "rtt_s": hop.rtt_s}
            for hop in trace.hops
        ],
    }


def read_traces(value: object) -> tuple[Trace, ...]:
    """Raises WireError."""
    return tuple(_read_trace(fields) for fields in objects(value, "body.traces", MOST_TRACES))


def _read_trace(fields: Fields) -> Trace:
    method, reached = fields.choice("method", PathMethod), fields.boolean("reached")
    hops = tuple(_read_hop(one) for one in objects(fields.raw("hops"), "body.traces.hops", MOST_HOPS))
    return Trace(method=method, reached=reached, hops=hops)


def _read_hop(fields: Fields) -> Hop:
    found = Hop(
        ttl=fields.integer("ttl", minimum=1, maximum=255),
        address=maybe(fields, "address", lambda key: fields.text(key, limit=64)),
        sent=fields.integer("sent", minimum=1, maximum=_MOST_PROBES),
        answered=fields.integer("answered", maximum=_MOST_PROBES),
        rtt_s=maybe(fields, "rtt_s", lambda key: fields.number(key, maximum=3600.0)),
    )
    if found.answered > found.sent:
        raise WireError("body: more probes were answered than sent")
    return found

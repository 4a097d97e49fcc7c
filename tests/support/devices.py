"""What agents report about their devices: the header of a request, absences, diagnoses of paths."""

from datetime import datetime, timedelta

from netmon.domain.absence import AbsenceCause
from netmon.domain.identifiers import ServerId
from netmon.domain.path_diagnosis import Hop, PathMethod, PathOutcome, PathReadiness, PathTrigger, Trace
from netmon.wire.agent_bodies import AbsenceBody
from netmon.wire.device import HEADER, DeviceState, OutboxState, TrafficState
from netmon.wire.path_body import PathBody
from netmon.wire.records import Envelope, RecordKind
from tests.support.store import NOW, an_envelope


def a_device(**changes: object) -> DeviceState:
    values: dict[str, object] = {
        "software": "netmon-agent 1.0",
        "config_hash": "a" * 64,
        "running_s": 3600.0,
        "clock_offset_s": 0.25,
        "outbox": OutboxState(waiting=3, bytes=2000, aside=1, dropped=0),
        "traffic": TrafficState(month="2026-11", cap_bytes=5_000_000_000, bytes={"native": 10**9, "probes": 10**6}),
        "path_diagnosis": PathReadiness.READY,
    }
    return DeviceState(**(values | changes))  # type: ignore[arg-type]


def header(state: DeviceState) -> dict[str, str]:
    return {HEADER: state.header()}


A_DEVICE = header(a_device())


def an_absence(
    sequence: int = 101, *, since: datetime | None = NOW - timedelta(minutes=9), clock_offset_s: float | None = 0.0
) -> Envelope:
    """Back from a power loss a minute ago, by a device's clock that is off by the offset."""
    shift = timedelta(seconds=clock_offset_s or 0.0)
    body = AbsenceBody(since=since, ended_at=NOW - timedelta(minutes=1) - shift, cause=AbsenceCause.POWER_LOSS)
    return an_envelope(RecordKind.ABSENCE, body.document(), sequence=sequence, clock_offset_s=clock_offset_s)


def a_hop(ttl: int, *, answered: int = 10, address: str | None = None) -> Hop:
    named = address or (f"192.0.2.{ttl}" if answered else None)
    return Hop(ttl=ttl, address=named, sent=10, answered=answered, rtt_s=0.002 * ttl if answered else None)


def a_trace(*answered: int, reached: bool = True) -> Trace:
    hops = tuple(a_hop(ttl, answered=count) for ttl, count in enumerate(answered, 1))
    return Trace(method=PathMethod.UDP, reached=reached, hops=hops)


def a_path(sequence: int = 102, *, clock_offset_s: float | None = 0.0, **changes: object) -> Envelope:
    shift = timedelta(seconds=clock_offset_s or 0.0)
    values: dict[str, object] = {
        "slot": None,
        "server": ServerId("server-1"),
        "host": "192.0.2.4",
        "started_at": NOW - timedelta(minutes=2) - shift,
        "duration_s": 8.0,
        "trigger": PathTrigger.BELOW,
        "outcome": PathOutcome.TRACED,
        "mtu_bytes": 1492,
        "traces": (a_trace(10, 0, 7, 8),),
    }
    body = PathBody(**(values | changes))  # type: ignore[arg-type]
    return an_envelope(RecordKind.PATH, body.document(), sequence=sequence, clock_offset_s=clock_offset_s)

"""The native method: one session with a netmon measurement server, watched through the kernel's counters."""

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from netmon.domain.measurement import Decision, Flag, Mode, Path, Reason, ResultKind
from netmon.errors import WireError
from netmon.transfer.options import default_qdisc
from netmon.transfer.tcp_info import read_tcp_info
from netmon.wire.receipt import Receipt, read_receipt
from netmon.wire.session import Accepted, Finished
from netmon.wire.ticket import Ticket, TicketError, read_ticket
from netmon_agent.line.card import LinkSpeed, link_speed
from netmon_agent.line.host import HostLoad, ProcessorTimes, host_load
from netmon_agent.line.interface import InterfaceCounters, InterfaceGoneError, open_counters
from netmon_agent.methods.base import MeasurementError, MethodResult, SessionRequest
from netmon_agent.methods.path import Ends, path_of
from netmon_agent.methods.plans import Outcome
from netmon_agent.methods.session import Session
from netmon_agent.methods.tcp import CONNECTIONS, Transferred, evidence_of, run_tcp
from netmon_agent.methods.train import TrainResult, probe
from netmon_agent.statistics.decision import CONFIDENCE, Finding
from netmon_agent.statistics.train import PACE_OVER_LIMIT, TrainFinding

NAME = "native"
_PINGS = 3
_BACKGROUND_SHARE = 0.02
_BACKGROUND_S = 0.3
_COUNTERS_AGREE = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    """What this machine says of itself."""

    speed_of: Callable[[str], LinkSpeed | None]
    processor_times: Callable[[], ProcessorTimes]


def measure(
    request: SessionRequest,
    /,
    *,
    speed_of: Callable[[str], LinkSpeed | None] = link_speed,
    processor_times: Callable[[], ProcessorTimes] = ProcessorTimes.read,
) -> MethodResult:
    """One session in one direction; whatever goes wrong is a result of kind none with its reason."""
    machine = _Machine(speed_of=speed_of, processor_times=processor_times)
    start = request.clock.monotonic()
    blank = request.blank(NAME)
    try:
        ticket = _ticket_of(request)
        blank = replace(blank, server=ticket.server, ticket=ticket.id)
        result = _measure(request, ticket, blank, machine)
    except InterfaceGoneError as error:
        result = blank.because(MeasurementError(Reason.INTERFACE_GONE, str(error)))
    except MeasurementError as error:
        result = blank.because(error)
    return replace(result, duration_s=request.clock.monotonic() - start)


def _ticket_of(request: SessionRequest) -> Ticket:
    try:
        ticket = read_ticket(request.ticket or "")
    except TicketError as error:
        raise MeasurementError(error.reason, str(error)) from error
    if (ticket.direction, ticket.mode) != (request.direction, request.mode):
        raise MeasurementError(Reason.TICKET_MALFORMED, "the ticket is for another direction or mode")
    return ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """An accepted session and what is known before its first byte of payload."""

    request: SessionRequest
    ticket: Ticket
    session: Session
    accepted: Accepted
    counters: InterfaceCounters | None
    background_bps: float


def _measure(request: SessionRequest, ticket: Ticket, blank: MethodResult, machine: _Machine) -> MethodResult:
    with contextlib.ExitStack() as stack:
        counters = stack.enter_context(open_counters(request.interface)) if request.interface else None
        idle = _Idle(request, counters)
        session = stack.enter_context(
            Session(request.host, request.port, patience=request.patience, monotonic=request.clock.monotonic)
        )
        round_trips = [session.round_trip_s() for _ in range(_PINGS)]
        accepted = session.open(request.ticket or "", CONNECTIONS[request.mode])
        setting = _Setting(
            request=request,
            ticket=ticket,
            session=session,
            accepted=accepted,
            counters=counters,
            background_bps=idle.background_bps() if request.mode is Mode.DECISION else 0.0,
        )
        blank = replace(blank, path=_path(session.control.socket, accepted, round_trips))
        train = _train(setting)
        if train is not None and train.finding is not None and train.finding.finding is Finding.AT_LEAST:
            return _train_result(blank, setting, train, train.finding, session.finish())
        suspected = train is not None and train.finding is not None and train.finding.finding is Finding.BELOW
        return _with_train(_over_tcp(setting, blank, machine, suspected=suspected), train)


def _over_tcp(setting: _Setting, blank: MethodResult, machine: _Machine, *, suspected: bool) -> MethodResult:
    request, session, counters = setting.request, setting.session, setting.counters
    before = machine.processor_times()
    done = run_tcp(
        request,
        setting.ticket,
        session,
        setting.accepted,
        counters,
        background_bps=setting.background_bps,
        suspected=suspected,
    )
    load = host_load(before, machine.processor_times(), done.transfer.late_s)
    session.stop()
    finished = session.finish()
    speed = machine.speed_of(request.interface) if request.interface else None
    evidence = evidence_of(done, load, _receipt(finished), setting.accepted, speed, emulated=request.emulated)
    outcome = done.plan.conclude(done.transfer.series, evidence)
    # Traffic that the hardware forwards past the kernel is missing from the counters: then there are none.
    agree = counters is not None and done.sampler.interface_bytes >= _COUNTERS_AGREE * done.sampler.wire_bytes
    return _result(replace(blank, receipt=finished.receipt), done, load, outcome, counters_agree=agree)


class _Idle:
    """What others used before the measurement began; the handshake takes place meanwhile."""

    def __init__(self, request: SessionRequest, counters: InterfaceCounters | None) -> None:
        self._counters, self._down = counters, request.direction.value == "down"
        self._monotonic = request.clock.monotonic
        self._start_s, self._start_bytes = self._monotonic(), self._bytes()

    def _bytes(self) -> int:
        if self._counters is None:
            return 0
        traffic = self._counters.read()
        return traffic.received_bytes if self._down else traffic.sent_bytes

    def background_bps(self) -> float:
        """The rate so far; waits until a third of a second was seen."""
        if self._counters is None:
            return 0.0
        time.sleep(max(0.0, self._start_s + _BACKGROUND_S - self._monotonic()))
        return (self._bytes() - self._start_bytes) * 8 / (self._monotonic() - self._start_s)


def _path(control: socket.socket, accepted: Accepted, round_trips: list[tuple[float, float]]) -> Path:
    local, peer, info = control.getsockname(), control.getpeername(), read_tcp_info(control)
    return path_of(
        Ends(
            same_client_address=(local[0], local[1]) == (accepted.peer_address, accepted.peer_port),
            same_server_address=(peer[0], peer[1]) == (accepted.local_address, accepted.local_port),
            same_mss=info.sent_mss == accepted.mss,
            agent_rtt_s=info.min_rtt_s,
            server_rtt_s=min(server for _, server in round_trips),
            programs_rtt_s=min(programs for programs, _ in round_trips),
        )
    )


def _train(setting: _Setting) -> TrainResult | None:
    """Ask UDP first; None where that is not wanted or not possible."""
    request = setting.request
    if not request.udp or request.mode is not Mode.DECISION or request.limit_bps is None:
        return None
    return probe(
        setting.session,
        request.direction,
        limit_bps=request.limit_bps,
        granted_bps=setting.accepted.rate_bps,
        background_bps=setting.background_bps,
        counters=setting.counters,
    )


def _train_result(
    blank: MethodResult, setting: _Setting, train: TrainResult, found: TrainFinding, finished: Finished
) -> MethodResult:
    """A decision that the train alone settled: at least the limit."""
    _receipt(finished)
    counted = setting.counters is not None
    flags = set(blank.flags) | (set() if counted else {Flag.NO_WAN_COUNTERS})
    if setting.background_bps > _BACKGROUND_SHARE * found.rate_bps:
        flags.add(Flag.BACKGROUND_SEEN)
    return replace(
        blank,
        kind=ResultKind.RATE,
        rate_bps=round(found.rate_bps),
        background_bps=round(setting.background_bps) if counted else None,
        censored_at_bps=round(PACE_OVER_LIMIT * (blank.limit_bps or 0)),
        decision=Decision.AT_LEAST,
        confidence=CONFIDENCE,
        bytes=train.wire_bytes,
        receipt=finished.receipt,
        flags=frozenset(flags),
        detail={"transport": "udp", **_train_detail(train)},
    )


def _train_detail(train: TrainResult) -> dict[str, object]:
    found = train.finding
    if found is None:
        return {"train": "no answer"}
    return {
        "train": found.finding.value if found.finding else "unclear",
        "train_rate_bps": round(found.rate_bps),
        "train_loss": round(found.loss, 4),
    }


def _with_train(result: MethodResult, train: TrainResult | None) -> MethodResult:
    """TCP has decided; what the train said before stays to be seen."""
    if train is None:
        return result
    return replace(result, bytes=result.bytes + train.wire_bytes, detail={**result.detail, **_train_detail(train)})


def _receipt(finished: Finished) -> Receipt:
    try:
        return read_receipt(finished.receipt)
    except WireError as error:
        raise MeasurementError(Reason.PROTOCOL_ERROR, f"the server's receipt cannot be read: {error}") from error


def _result(
    session_part: MethodResult, done: Transferred, load: HostLoad, outcome: Outcome, *, counters_agree: bool
) -> MethodResult:
    """The result once the figures are judged: rates over the steady part, flags, and the detail to doubt them by."""
    series, first = done.transfer.series, outcome.steady_from
    last, flags = len(series) - 1, set(session_part.flags)
    goodput = background = None
    if first is not None:
        goodput = round(series.goodput_bps(first, last))
        others = series.line_bps(first, last) - series.own_bps(first, last)
        background = max(round(others), 0) if counters_agree else None
        if background is not None and others > _BACKGROUND_SHARE * series.line_bps(first, last):
            flags.add(Flag.BACKGROUND_SEEN)
    if not counters_agree:
        flags.add(Flag.NO_WAN_COUNTERS)
    if series.lost:
        flags.add(Flag.LOSS_SEEN)
    return replace(
        session_part,
        kind=outcome.kind,
        reason=outcome.reason,
        rate_bps=outcome.rate_bps,
        goodput_bps=goodput,
        background_bps=background,
        censored_at_bps=outcome.censored_at_bps,
        decision=outcome.decision,
        confidence=outcome.confidence,
        bytes=done.sampler.wire_bytes,
        flags=frozenset(flags),
        detail={"transport": "tcp", **outcome.detail, **_detail(done, load)},
    )


def _detail(done: Transferred, load: HostLoad) -> dict[str, object]:
    infos = done.sampler.infos
    return {
        "ended": done.ended.value,
        "connections": len(infos),
        "transfer_s": round(done.transfer.series.duration_s, 3),
        "congestion_control": done.congestion_control,
        "idle_rtt_ms": round(min(info.min_rtt_s for info in infos) * 1e3, 2),
        "loaded_rtt_ms": None if done.loaded_rtt_s is None else round(done.loaded_rtt_s * 1e3, 2),
        "buffer_bytes": done.buffer_bytes,
        "qdisc": default_qdisc(),
        "retransmitted_segments": sum(info.retransmitted_segments for info in infos),
        "steal": round(load.steal, 3),
        "busy": round(load.busy, 3),
        "late_ms": round(load.late_s * 1e3, 1),
    }

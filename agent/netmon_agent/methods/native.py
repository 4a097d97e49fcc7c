"""The native method: one session with a netmon measurement server, watched through the kernel's counters."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from netmon.domain.kinds import Mode, Path, Reason
from netmon.errors import WireError
from netmon.transfer.tcp_info import read_tcp_info
from netmon.wire.receipt import Receipt, read_receipt
from netmon.wire.session import Accepted, Finished
from netmon.wire.ticket import Ticket, TicketError, read_ticket
from netmon_agent.line.card import LinkSpeed, link_speed
from netmon_agent.line.host import ProcessorTimes, host_load
from netmon_agent.line.interface import InterfaceCounters, InterfaceGoneError, counted, open_counters
from netmon_agent.methods.base import MeasurementError, MethodResult, SessionRequest
from netmon_agent.methods.path import Ends, path_of
from netmon_agent.methods.results import result_of_train, result_of_transfer, with_train
from netmon_agent.methods.session import Session
from netmon_agent.methods.tcp import CONNECTIONS, evidence_of, run_tcp
from netmon_agent.methods.train import TrainResult, probe
from netmon_agent.statistics.decision import Finding

NAME = "native"
_PINGS = 4
_BACKGROUND_S = 0.3


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
            Session(
                request.host,
                request.port,
                patience=request.patience,
                monotonic=request.clock.monotonic,
                interface=request.interface,
            )
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
            finished = session.finish()
            _receipt(finished)
            blank = replace(blank, receipt=finished.receipt)
            background = setting.background_bps if train.counted else None
            return result_of_train(blank, train, train.finding, background_bps=background)
        suspected = train is not None and train.finding is not None and train.finding.finding is Finding.BELOW
        return with_train(_over_tcp(setting, blank, machine, suspected=suspected), train)


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
    load = host_load(before, machine.processor_times(), done.late_s)
    session.stop()
    finished = session.finish()
    speed = machine.speed_of(request.interface) if request.interface else None
    evidence = evidence_of(done, load, _receipt(finished), setting.accepted, speed, emulated=request.emulated)
    outcome = done.plan.conclude(done.transfer.series, evidence)
    agree = counters is not None and counted(done.sampler.interface_bytes, done.sampler.wire_bytes)
    return result_of_transfer(replace(blank, receipt=finished.receipt), done, load, outcome, counters_agree=agree)


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
        threading.Event().wait(max(0.0, self._start_s + _BACKGROUND_S - self._monotonic()))
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


def _receipt(finished: Finished) -> Receipt:
    try:
        return read_receipt(finished.receipt)
    except WireError as error:
        raise MeasurementError(Reason.PROTOCOL_ERROR, f"the server's receipt cannot be read: {error}") from error

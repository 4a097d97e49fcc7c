"""The native method: a TCP transfer with a netmon measurement server, watched through the kernel's counters."""

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace

from netmon.domain.measurement import Direction, Flag, Mode, Path, Reason
from netmon.errors import WireError
from netmon.transfer.options import pace, prefer_bbr
from netmon.transfer.tcp_info import TcpInfo, header_bytes, read_tcp_info
from netmon.wire.receipt import Receipt, read_receipt
from netmon.wire.session import Accepted, Finished
from netmon.wire.ticket import Ticket, TicketError, read_ticket
from netmon_agent.line.card import LinkSpeed, link_speed
from netmon_agent.line.host import HostLoad, ProcessorTimes, host_load
from netmon_agent.line.interface import InterfaceCounters, InterfaceGoneError, open_counters
from netmon_agent.methods.base import MeasurementError, MethodResult, SessionRequest
from netmon_agent.methods.path import Ends, path_of
from netmon_agent.methods.plans import DecisionPlan, Ended, EstimatePlan, Evidence, Outcome, Plan, Step, SustainedPlan
from netmon_agent.methods.session import Session
from netmon_agent.methods.transfer import Sampler, Transfer, pump_for

NAME = "native"
_CONNECTIONS = {Mode.DECISION: 2, Mode.ESTIMATE: 4, Mode.SUSTAINED: 4}
_PINGS = 3
_FINISH_S = 0.5
_NEAR_CAP = 0.95
_MOST_SENDER_GAP_S = 0.1
_MOST_IDLE_SHARE = 0.05
_MOST_WINDOW_SHARE = 0.1
_CARD_IP_SHARE = 1500 / 1538  # preamble, Ethernet header, checksum and gap around each packet
_BACKGROUND_SHARE = 0.02
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


def plan_for(request: SessionRequest, rtt_s: float) -> Plan:
    """The plan of a mode. A decision without a limit has nothing to decide: it is an estimate."""
    if request.mode is Mode.SUSTAINED:
        return SustainedPlan(rtt_s=rtt_s, limit_bps=request.limit_bps)
    if request.mode is Mode.DECISION and request.limit_bps is not None:
        return DecisionPlan(rtt_s=rtt_s, limit_bps=request.limit_bps)
    return EstimatePlan(rtt_s=rtt_s, limit_bps=request.limit_bps)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Transferred:
    """Everything that is known once the bytes have stopped."""

    transfer: Transfer
    sampler: Sampler
    plan: Plan
    ended: Ended
    congestion_control: str


def _measure(request: SessionRequest, ticket: Ticket, blank: MethodResult, machine: _Machine) -> MethodResult:
    monotonic = request.clock.monotonic
    with contextlib.ExitStack() as stack:
        counters = stack.enter_context(open_counters(request.interface)) if request.interface else None
        session = stack.enter_context(
            Session(request.host, request.port, patience=request.patience, monotonic=monotonic)
        )
        round_trips = [session.round_trip_s() for _ in range(_PINGS)]
        accepted = session.open(request.ticket or "", _CONNECTIONS[request.mode])
        path = _path(session.control.socket, accepted, round_trips)
        before = machine.processor_times()
        done = _run(request, ticket, session, accepted, counters)
        load = host_load(before, machine.processor_times(), done.transfer.late_s)
        session.stop()
        finished = session.finish()
    speed = machine.speed_of(request.interface) if request.interface else None
    evidence = _evidence(done, load, _receipt(finished), accepted, speed)
    outcome = done.plan.conclude(done.transfer.series, evidence)
    # Traffic that the hardware forwards past the kernel is missing from the counters: then there are none.
    agree = counters is not None and done.sampler.interface_bytes >= _COUNTERS_AGREE * done.sampler.wire_bytes
    blank = replace(blank, path=path, receipt=finished.receipt)
    return _result(blank, done, load, outcome, counters_agree=agree)


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


def _run(
    request: SessionRequest,
    ticket: Ticket,
    session: Session,
    accepted: Accepted,
    counters: InterfaceCounters | None,
) -> _Transferred:
    monotonic, patience = request.clock.monotonic, request.patience
    sampler = Sampler(session.data, request.direction, counters)
    plan = plan_for(request, max(info.min_rtt_s for info in sampler.infos))
    pacer = _Pacer(session, request.direction, accepted, sampler.infos[0])
    pacer.begin(plan.pace_ip_bps)
    with contextlib.closing(pump_for(session.data, request.direction, monotonic)) as pump:
        transfer = Transfer(pump, sampler, monotonic, stall_s=patience.stall_s)
        longest_s = min(patience.longest_s(request.mode), ticket.duration_s - _FINISH_S)
        ended = _drive(transfer, plan, pacer, most_bytes=ticket.max_bytes, longest_s=longest_s)
    return _Transferred(
        transfer=transfer,
        sampler=sampler,
        plan=plan,
        ended=ended,
        congestion_control=pacer.congestion_control,
    )


class _Pacer:
    """Sets the pace at whichever end sends, never above what the server granted."""

    def __init__(self, session: Session, direction: Direction, accepted: Accepted, info: TcpInfo) -> None:
        self._session, self._sends, self._granted_bps = session, direction is Direction.UP, accepted.rate_bps
        header = header_bytes(session.data[0].family, info)
        self._payload_share = info.sent_mss / (info.sent_mss + header)
        self.congestion_control = accepted.congestion_control
        if self._sends:
            granted = {prefer_bbr(connection) for connection in session.data}
            self.congestion_control = granted.pop()

    def begin(self, ip_bps: int | None) -> None:
        """Start the transfer at an IP-layer rate, or go on at another; None is as fast as was granted."""
        granted = min(ip_bps or self._granted_bps, self._granted_bps)
        payload_bps = round(granted * self._payload_share)
        if self._sends:
            for connection in self._session.data:
                pace(connection, payload_bps // len(self._session.data))
        self._session.begin(payload_bps)


def _drive(transfer: Transfer, plan: Plan, pacer: _Pacer, *, most_bytes: int, longest_s: float) -> Ended:
    """Tick until the plan has seen enough or a cap is reached."""
    while True:
        try:
            transfer.tick()
        except MeasurementError as error:
            # The server counts what it sent and so reaches the ticket's cap a little earlier than we do.
            spent = transfer.series.samples[-1].goodput_bytes
            if error.reason is Reason.CONNECTION_LOST and spent >= _NEAR_CAP * most_bytes:
                return Ended.BYTES
            raise
        step = plan.observe(transfer.series)
        if step is Step.STOP:
            return Ended.ENOUGH
        if step is Step.UNPACE:
            pacer.begin(None)
        if transfer.series.samples[-1].goodput_bytes >= most_bytes:
            return Ended.BYTES
        if transfer.series.duration_s >= longest_s:
            return Ended.TIME


def _receipt(finished: Finished) -> Receipt:
    try:
        return read_receipt(finished.receipt)
    except WireError as error:
        raise MeasurementError(Reason.PROTOCOL_ERROR, f"the server's receipt cannot be read: {error}") from error


def _evidence(
    done: _Transferred, load: HostLoad, receipt: Receipt, accepted: Accepted, speed: LinkSpeed | None
) -> Evidence:
    duration_s = done.transfer.series.duration_s
    if receipt.direction is Direction.UP:
        idle_s = max(duration_s - info.busy_s + info.buffer_limited_s for info in done.sampler.infos)
        window_s = max(info.window_limited_s for info in done.sampler.infos)
        sender_slow = idle_s > _MOST_IDLE_SHARE * duration_s or window_s > _MOST_WINDOW_SHARE * duration_s
        receiver_slow = False
    else:
        idle_s = receipt.app_limited_s
        sender_slow = receipt.send_gap_s > _MOST_SENDER_GAP_S or idle_s > _MOST_IDLE_SHARE * duration_s
        receiver_slow = receipt.window_limited_s > _MOST_WINDOW_SHARE * duration_s
    return Evidence(
        ended=done.ended,
        host_slow=load.limited or receiver_slow,
        sender_slow=sender_slow,
        congestion_control=done.congestion_control,
        card_bps=round(speed.speed_bps * _CARD_IP_SHARE) if speed else None,
        server_bps=accepted.rate_bps,
    )


def _result(
    session_part: MethodResult, done: _Transferred, load: HostLoad, outcome: Outcome, *, counters_agree: bool
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
        detail={**outcome.detail, **_detail(done, load)},
    )


def _detail(done: _Transferred, load: HostLoad) -> dict[str, object]:
    infos = done.sampler.infos
    return {
        "ended": done.ended.value,
        "connections": len(infos),
        "transfer_s": round(done.transfer.series.duration_s, 3),
        "congestion_control": done.congestion_control,
        "idle_rtt_ms": round(min(info.min_rtt_s for info in infos) * 1e3, 2),
        "loaded_rtt_ms": round(max(info.rtt_s for info in infos) * 1e3, 2),
        "retransmitted_segments": sum(info.retransmitted_segments for info in infos),
        "steal": round(load.steal, 3),
        "busy": round(load.busy, 3),
        "late_ms": round(load.late_s * 1e3, 1),
    }

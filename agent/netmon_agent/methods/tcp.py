"""The TCP part of a native measurement: pace it, drive it to its plan's end, and collect the evidence."""

import contextlib
import socket
from dataclasses import dataclass

from netmon.domain.kinds import Direction, Mode, Reason
from netmon.transfer.options import pace, prefer_bbr
from netmon.transfer.tcp_info import TcpInfo, header_bytes
from netmon.wire.receipt import Receipt
from netmon.wire.session import Accepted
from netmon.wire.ticket import Ticket
from netmon_agent.line.card import LinkSpeed
from netmon_agent.line.host import HostLoad
from netmon_agent.line.interface import InterfaceCounters
from netmon_agent.methods.base import MeasurementError, SessionRequest
from netmon_agent.methods.loaded_latency import LoadedLatency
from netmon_agent.methods.plans.base import Ended, Evidence, Plan, Step
from netmon_agent.methods.plans.decision import DecisionPlan
from netmon_agent.methods.plans.estimate import EstimatePlan
from netmon_agent.methods.plans.sustained import SustainedPlan
from netmon_agent.methods.session import Session
from netmon_agent.methods.transfer import Sampler, Transfer, pump_for

CONNECTIONS = {Mode.DECISION: 2, Mode.ESTIMATE: 4, Mode.SUSTAINED: 4}
_FINISH_S = 0.5
_NEAR_CAP = 0.95
_MOST_SENDER_GAP_S = 0.1
_MOST_IDLE_SHARE = 0.05
_MOST_WINDOW_SHARE = 0.1
_MOST_WAITED_SHARE = 0.01  # by the line, for a program that was late or paused
_CARD_IP_SHARE = 1500 / 1538  # preamble, Ethernet header, checksum and gap around each packet


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """Everything that is known once the bytes have stopped."""

    transfer: Transfer
    sampler: Sampler
    plan: Plan
    ended: Ended
    congestion_control: str
    buffer_bytes: int
    loaded_rtt_s: float | None

    @property
    def late_s(self) -> list[float]:
        """By how much the ticks of the part that is judged came late."""
        return self.transfer.late_s[self.plan.judged_from() :]


def plan_for(request: SessionRequest, *, rtt_s: float, background_bps: float, suspected: bool) -> Plan:
    """The plan of a mode. A decision without a limit has nothing to decide: it is an estimate."""
    if request.mode is Mode.SUSTAINED:
        return SustainedPlan(rtt_s=rtt_s, limit_bps=request.limit_bps)
    if request.mode is Mode.DECISION and request.limit_bps is not None:
        return DecisionPlan(
            rtt_s=rtt_s, limit_bps=request.limit_bps, background_bps=background_bps, suspected=suspected
        )
    return EstimatePlan(rtt_s=rtt_s, limit_bps=request.limit_bps)


class Pacer:
    """Sets the pace at whichever end sends, never above what the server granted."""

    def __init__(self, session: Session, request: SessionRequest, accepted: Accepted, info: TcpInfo) -> None:
        self._session, self._granted_bps = session, accepted.rate_bps
        self._sends = request.direction is Direction.UP
        header = header_bytes(session.data[0].family, info)
        self._payload_share = info.sent_mss / (info.sent_mss + header)
        self.congestion_control = accepted.congestion_control
        if self._sends:
            granted = {prefer_bbr(connection, request.congestion_control) for connection in session.data}
            self.congestion_control = granted.pop()

    def begin(self, ip_bps: int | None) -> None:
        """Start the transfer at an IP-layer rate, or go on at another; None is as fast as was granted."""
        granted = min(ip_bps or self._granted_bps, self._granted_bps)
        payload_bps = round(granted * self._payload_share)
        if self._sends:
            for connection in self._session.data:
                pace(connection, payload_bps // len(self._session.data))
        self._session.begin(payload_bps)


def run_tcp(
    request: SessionRequest,
    ticket: Ticket,
    session: Session,
    accepted: Accepted,
    counters: InterfaceCounters | None,
    *,
    background_bps: float = 0.0,
    suspected: bool = False,
) -> Transferred:
    """Join the data connections and transfer until the plan has seen enough or a cap is reached."""
    session.join(accepted, CONNECTIONS[request.mode])
    monotonic, patience = request.clock.monotonic, request.patience
    sampler = Sampler(session.data, request.direction, counters)
    rtt_s = max(info.min_rtt_s for info in sampler.infos)
    plan = plan_for(request, rtt_s=rtt_s, background_bps=background_bps, suspected=suspected)
    pacer = Pacer(session, request, accepted, sampler.infos[0])
    pacer.begin(plan.pace_ip_bps)
    with contextlib.closing(pump_for(session.data, request.direction, monotonic)) as pump:
        transfer = Transfer(pump, sampler, monotonic, stall_s=patience.stall_s)
        longest_s = min(patience.longest_s(request.mode), ticket.duration_s - _FINISH_S)
        latency = LoadedLatency(session.control)
        ended = _drive(transfer, plan, pacer, latency, most_bytes=ticket.max_bytes, longest_s=longest_s)
    option = socket.SO_SNDBUF if request.direction is Direction.UP else socket.SO_RCVBUF
    return Transferred(
        transfer=transfer,
        sampler=sampler,
        plan=plan,
        ended=ended,
        congestion_control=pacer.congestion_control,
        buffer_bytes=min(connection.getsockopt(socket.SOL_SOCKET, option) for connection in session.data),
        loaded_rtt_s=latency.median_s,
    )


def _drive(
    transfer: Transfer, plan: Plan, pacer: Pacer, latency: LoadedLatency, *, most_bytes: int, longest_s: float
) -> Ended:
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
        latency.tick()
        step = plan.observe(transfer.series)
        if step is Step.STOP:
            return Ended.ENOUGH
        if step is Step.SPENT:
            return Ended.BYTES
        if step is Step.UNPACE:
            pacer.begin(None)
        if transfer.series.samples[-1].goodput_bytes >= most_bytes:
            return Ended.BYTES
        if transfer.series.duration_s >= longest_s:
            return Ended.TIME


def evidence_of(
    done: Transferred,
    load: HostLoad,
    receipt: Receipt,
    accepted: Accepted,
    speed: LinkSpeed | None,
    *,
    emulated: bool = False,
) -> Evidence:
    """What both ends know about their own slowness during the transfer.

    An emulated line is a relay that reads no faster than the line it plays: its closed window is the line.
    """
    duration_s = done.transfer.series.duration_s
    if receipt.direction is Direction.UP:
        idle_s = max(duration_s - info.busy_s + info.buffer_limited_s for info in done.sampler.infos)
        window_s = max(info.window_limited_s for info in done.sampler.infos)
        sender_slow = idle_s > _MOST_IDLE_SHARE * duration_s or window_s > _MOST_WINDOW_SHARE * duration_s
        receiver_slow = False
        waited_s = max(idle_s, window_s)
    else:
        idle_s = receipt.app_limited_s
        # A pause of the server's program is none of its kernel's while that still has something to send.
        most_idle = _MOST_WAITED_SHARE if receipt.send_gap_s > _MOST_SENDER_GAP_S else _MOST_IDLE_SHARE
        sender_slow = idle_s > most_idle * duration_s
        receiver_slow = receipt.window_limited_s > _MOST_WINDOW_SHARE * duration_s
        waited_s = receipt.window_limited_s
    waited = waited_s > _MOST_WAITED_SHARE * duration_s
    return Evidence(
        ended=done.ended,
        host_slow=load.limited or ((receiver_slow or (load.late and waited)) and not emulated),
        host_late=load.late,
        sender_slow=sender_slow and not emulated,
        congestion_control=done.congestion_control,
        card_bps=round(speed.speed_bps * _CARD_IP_SHARE) if speed else None,
        server_bps=accepted.rate_bps,
    )

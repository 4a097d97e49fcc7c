"""Whether somebody terminates the connection between agent and server: both ends compare what they see."""

from dataclasses import dataclass

from netmon.domain.kinds import Path

_SAME_RTT = 1.5
_TIMER_S = 0.004  # programs answer pings later than kernels acknowledge
_TELLING_RTT_S = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """One connection as its two ends see it."""

    same_client_address: bool
    same_server_address: bool
    same_mss: bool
    agent_rtt_s: float
    server_rtt_s: float
    programs_rtt_s: float


def path_of(ends: Ends) -> Path:
    """Direct, proxied or unknown.

    A proxy answers for the far end, so each kernel's round trip is shorter than the one between the programs, and
    both together make it up; this shows even a proxy that keeps the addresses. Programs that are merely busy take
    longer than both together. Address translation changes addresses and nothing else: it is
    direct where the round trips agree and are long enough to tell.
    """
    shorter_s, both_s = min(ends.agent_rtt_s, ends.server_rtt_s), ends.agent_rtt_s + ends.server_rtt_s
    longer_than_one = ends.programs_rtt_s > _SAME_RTT * shorter_s + _TIMER_S
    if longer_than_one and ends.programs_rtt_s <= _SAME_RTT * both_s + _TIMER_S:
        return Path.PROXIED
    if ends.same_client_address and ends.same_server_address:
        return Path.DIRECT
    telling = ends.programs_rtt_s >= _TELLING_RTT_S
    return Path.DIRECT if telling and ends.same_mss else Path.UNKNOWN

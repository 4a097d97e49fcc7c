"""The runner's meter: one session of the native method."""

from collections.abc import Mapping

from netmon.clock import Clock
from netmon_agent.methods.base import Method, SessionRequest
from netmon_agent.ports import Attempt


class MethodMeter:
    """Turns an attempt into a request of a measurement method, and its result into a record's members."""

    def __init__(self, method: Method, *, clock: Clock, emulated_line: bool) -> None:
        self._method, self._clock, self._emulated_line = method, clock, emulated_line

    def __call__(self, attempt: Attempt, /) -> Mapping[str, object]:
        slot = attempt.slot
        request = SessionRequest(
            host=attempt.address.host,
            port=attempt.address.port,
            direction=slot.direction,
            mode=slot.mode,
            clock=self._clock,
            ticket=attempt.ticket,
            threshold_bps=slot.threshold_bps,
            limit_bps=slot.limit_bps,
            interface=attempt.interface,
            emulated=self._emulated_line,
        )
        return self._method(request).document()

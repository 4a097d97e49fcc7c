"""The runner's meter: one session of the native method."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from netmon.clock import Clock
from netmon_agent.ports import Attempt

if TYPE_CHECKING:
    from netmon_agent.methods.base import MethodResult, SessionRequest


def native(request: "SessionRequest", /) -> "MethodResult":
    """The native method, loaded with the first measurement."""
    from netmon_agent.methods.native import measure  # noqa: PLC0415

    return measure(request)


class MethodMeter:
    """Turns an attempt into a request of a measurement method, and its result into a record's members.

    An agent is idle for most of its life: what a measurement takes is loaded with the first one.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        emulated_line: bool,
        method: "Callable[[SessionRequest], MethodResult]" = native,
    ) -> None:
        self._method, self._clock, self._emulated_line = method, clock, emulated_line

    def __call__(self, attempt: Attempt, /) -> Mapping[str, object]:
        from netmon_agent.methods.base import SessionRequest  # noqa: PLC0415

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

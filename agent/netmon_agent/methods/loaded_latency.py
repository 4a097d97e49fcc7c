"""Latency under load: small pings on the control connection while the line is full."""

from netmon.transfer.tcp_info import read_tcp_info
from netmon.wire.session import Ping
from netmon_agent.methods.session import ControlChannel
from netmon_agent.statistics.interval import median

_EVERY = 4
# The kernel keeps srtt += (sample - srtt) / 8 (RFC 6298), so two readings give the sample between them.
_SMOOTHING = 8


class LoadedLatency:
    """Sends a ping every few ticks and reads its round trip from the kernel, to the microsecond and without waiting."""

    def __init__(self, control: ControlChannel) -> None:
        self._control = control
        self._ticks = 0
        self._smoothed_s = read_tcp_info(control.socket).rtt_s
        self.samples_s: list[float] = []

    def tick(self) -> None:
        """To be called at every tick of the transfer. Raises MeasurementError when the server went away."""
        self._ticks += 1
        if self._ticks % _EVERY:
            return
        info = read_tcp_info(self._control.socket)
        if info.rtt_s != self._smoothed_s:
            sample = self._smoothed_s + _SMOOTHING * (info.rtt_s - self._smoothed_s)
            self.samples_s.append(max(sample, info.min_rtt_s))
            self._smoothed_s = info.rtt_s
        self._control.send(Ping())

    @property
    def median_s(self) -> float | None:
        """The middle of the round trips so far; None where there is none yet."""
        return median(self.samples_s) if self.samples_s else None

"""What the collector's clock says, learnt from its answers and carried on by the monotonic clock."""

from datetime import datetime, timedelta

from netmon.clock import Clock


class CollectorTime:
    """The collector's time, as well as this device knows it.

    The device's own clock may start in 1970 or be set while the agent runs: only the monotonic clock is trusted in
    between. Safe to use from several threads.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._anchor: tuple[datetime, float] | None = None

    def learn(self, collector_at: datetime, *, monotonic: float) -> None:
        """The collector's time at a reading of the monotonic clock; for an answer, when it came."""
        self._anchor = (collector_at, monotonic)

    @property
    def is_known(self) -> bool:
        return self._anchor is not None

    def at(self, monotonic: float) -> datetime | None:
        """The collector's time at a reading of the monotonic clock of this boot; None before the first answer."""
        anchor = self._anchor
        return None if anchor is None else anchor[0] + timedelta(seconds=monotonic - anchor[1])

    def now(self) -> datetime:
        """The collector's time, or the device's own while nothing better is known."""
        known = self.at(self._clock.monotonic())
        return self._clock.now() if known is None else known

    def offset_s(self) -> float | None:
        """Seconds to add to the device's clock; None while nothing is known."""
        known = self.at(self._clock.monotonic())
        return None if known is None else round((known - self._clock.now()).total_seconds(), 6)

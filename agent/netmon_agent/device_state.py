"""What this device says of itself with each request for its timetable (docs/wire.md)."""

from collections.abc import Mapping

from netmon import __version__
from netmon.clock import Clock
from netmon.domain.kinds import PathReadiness
from netmon.wire.device import HEADER, DeviceState, OutboxState, TrafficState
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import OutboxError
from netmon_agent.ledger import TrafficLedger, cap_for
from netmon_agent.outbox import Outbox
from netmon_agent.ports import TimetableSource
from netmon_agent.settings import Settings

SOFTWARE = f"netmon-agent {__version__}"


class Device:
    """Asked for a header, looks at everything anew."""

    def __init__(
        self,
        *,
        settings: Settings,
        path_diagnosis: PathReadiness,
        outbox: Outbox,
        ledger: TrafficLedger,
        source: TimetableSource,
        time: CollectorTime,
        clock: Clock,
    ) -> None:
        self._settings, self._path_diagnosis = settings, path_diagnosis
        self._outbox, self._ledger, self._source = outbox, ledger, source
        self._time, self._clock = time, clock
        self._started = clock.monotonic()

    def headers(self) -> Mapping[str, str]:
        """Empty while the outbox cannot be read: the timetable is needed all the more."""
        try:
            return {HEADER: self.state().header()}
        except OutboxError:
            return {}

    def state(self) -> DeviceState:
        counts, (month, spent) = self._outbox.counts(), self._ledger.page()
        cap = cap_for(self._source.current(), self._settings.monthly_bytes)
        return DeviceState(
            software=SOFTWARE,
            config_hash=self._settings.config_hash,
            running_s=round(self._clock.monotonic() - self._started, 1),
            clock_offset_s=self._time.offset_s(),
            outbox=OutboxState(
                waiting=counts.waiting, bytes=counts.bytes, aside=counts.aside, dropped=sum(counts.dropped.values())
            ),
            traffic=TrafficState(month=month or None, cap_bytes=cap, bytes=spent),
            path_diagnosis=self._path_diagnosis,
        )

"""Living through the simulated weeks: every day is planned, reported, closed and summed up as a collector would."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from netmon.config.keyfile import read_key_file
from netmon.domain.identifiers import AgentId, LineId, TerritoryId
from netmon.domain.period import local_midnight
from netmon.domain.spans import Span
from netmon.wire.receipt import Signer
from netmon_collector.app import open_updated_services
from netmon_collector.demo.simulation.records import SimulatedAgent
from netmon_collector.demo.simulation.story import scripts
from netmon_collector.jobs import Jobs
from netmon_collector.measurement_server.keys import SigningKey
from netmon_collector.services import Services
from netmon_collector.use_cases.calendars import calendar_of
from netmon_collector.use_cases.enrolment import enrol, grant_code
from netmon_collector.use_cases.ingest import ingest

_DAY = timedelta(days=1)
_PLANNED_AT = time(6, 20)  # after the closings of 06:00
_MONTH_CLOSES_ON = 3
_AGGREGATING_TURNS = 8  # a turn takes a month at most
_SOFTWARE = "simulation"


@dataclass(slots=True)
class SimulatedClock:
    """Stands where the simulation is."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


def simulate(
    config: Path, signing_key: Path, *, weeks: int, until: datetime, seed: int, on_day: Callable[[date], None]
) -> None:
    """Fill the store of a collector that has only its files; `on_day` hears of every day that is begun."""
    clock = SimulatedClock(until - timedelta(weeks=weeks))
    with open_updated_services(config, clock) as services:
        signer = SigningKey.from_seed(read_key_file(signing_key))
        _Simulation(services, clock, signer, until, Random(seed)).run(on_day)  # noqa: S311 - nothing secret


@dataclass(slots=True)
class _Simulation:
    services: Services
    clock: SimulatedClock
    signer: Signer
    until: datetime
    chance: Random
    _agents: dict[LineId, tuple[AgentId, SimulatedAgent]] = field(default_factory=dict)
    _held_back: dict[date, list[tuple[LineId, Sequence[bytes]]]] = field(default_factory=lambda: defaultdict(list))

    def run(self, on_day: Callable[[date], None]) -> None:
        zone = self.services.registry.territory_by_id[self._district()].time_zone
        day, last = self.clock.at.astimezone(zone).date(), self.until.astimezone(zone).date()
        self._set(local_midnight(day, zone))
        self._enrol(last)
        jobs, late = Jobs(self.services), False
        while day <= last:
            on_day(day)
            self._set(datetime.combine(day, _PLANNED_AT, tzinfo=zone))
            if day.weekday() == 0 or day.day == _MONTH_CLOSES_ON or late:
                jobs.close()
            jobs.plan()
            late = self._live(day)
            day += _DAY
        self._set(self.until)
        jobs.close()
        for turn in range(_AGGREGATING_TURNS):
            self.clock.at = self.until + turn * timedelta(minutes=15)
            jobs.aggregate()

    def _district(self) -> TerritoryId:
        return self.services.roadmap.territory

    def _set(self, at: datetime) -> None:
        self.clock.at = min(at, self.until)

    def _enrol(self, last: date) -> None:
        services = self.services
        for script in scripts(services.registry, _thresholds(services, last), last):
            code, _ = grant_code(script.line, registry=services.registry, store=services.store, at=self.clock.at)
            agent = enrol(code, _SOFTWARE, store=services.store, at=self.clock.at).agent
            chance = Random(self.chance.random())  # noqa: S311
            simulated = SimulatedAgent(script, services.policy, self.signer, chance)
            self._agents[script.line] = (AgentId(agent), simulated)

    def _live(self, day: date) -> bool:
        """Every line measures its day; what was held back until today comes along. Whether there was such a thing."""
        late = len(self._held_back[day])
        for line, (_, simulated) in self._agents.items():
            hours = self._hours(line, day)
            if simulated.script.is_silent(day) or hours is None:
                continue
            slots = [
                one for one in self.services.store.slots([line], *self._bounds(line, day)) if one.ends_at <= self.until
            ]
            self._held_back[simulated.script.delivered_on(day)].append((line, simulated.records(slots, hours)))
        for line, records in self._held_back.pop(day, ()):
            self._deliver(line, day, records)
        return late > 0

    def _deliver(self, line: LineId, day: date, records: Sequence[bytes]) -> None:
        agent, _ = self._agents[line]
        self._set(self._bounds(line, day)[1] - timedelta(hours=5))
        ingest(
            records,
            agent=agent,
            received_at=self.clock.at,
            store=self.services.store,
            verifiers=self.services.verifiers,
        )
        self.services.store.saw(agent, at=self.clock.at)

    def _bounds(self, line: LineId, day: date) -> Span:
        zone = self.services.registry.time_zone(line)
        return local_midnight(day, zone), local_midnight(day + _DAY, zone)

    def _hours(self, line: LineId, day: date) -> Span | None:
        """The working hours of a line's day that are over; None on a day without any."""
        registry, zone = self.services.registry, self.services.registry.time_zone(line)
        calendar = calendar_of(registry.locality_of(line).territory, self.services.calendars, registry)
        hours = self.services.policy.working_hours.on(day, calendar)
        if hours is None:
            return None
        start, end = (datetime.combine(day, at, tzinfo=zone) for at in hours)
        return (start, min(end, self.until)) if start < self.until else None


def _thresholds(services: Services, day: date) -> Mapping[LineId, int]:
    found: dict[LineId, int] = {}
    for line in services.registry.lines:
        locality = services.registry.locality_type(line.id, day)
        threshold = None if locality is None else services.policy.threshold_bps(locality, day)
        if threshold is not None:
            found[line.id] = threshold
    return found

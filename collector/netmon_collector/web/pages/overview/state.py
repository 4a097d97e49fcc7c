"""Everything that the overview of a territory is made of, and where it is fetched."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.incident import Incident, incidents
from netmon.domain.period import Period, PeriodKind, local_midnight
from netmon.domain.policy import Policy
from netmon.domain.registry import LineRole, Registry, Territory, Text
from netmon_collector.services import Services
from netmon_collector.use_cases.roadmap import RoadmapStanding
from netmon_collector.use_cases.summary import Summary
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.pages.overview.pulse import Pulse, pulse
from netmon_collector.web.pages.shell.reader import Reader

_PULSE_DAYS = timedelta(days=21)  # a holiday long enough to lie between two school days
_RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewState:
    """`coverage` is the indicator today, `trend` it at earlier dates; `summary` that of the last closed week.

    `recent` are the incidents of the last seven days, `districts` the coverage of what the territory contains.
    `period` is the latest that the indicator counts, None before any. `emulated` are lines that no kernel shaped.
    """

    territory: Territory
    registry: Registry
    policy: Policy
    coverage: Coverage
    trend: Sequence[Coverage]
    made_at: datetime
    period: Period | None = None
    title: Text | None = None
    summary: Summary | None = None
    pulse: Pulse | None = None
    recent: Sequence[Incident] = ()
    roadmap: RoadmapStanding | None = None
    districts: Sequence[Coverage] = ()
    emulated: Collection[LineId] = ()


def overview_state(services: Services, found: FindingsOfNow, reader: Reader) -> OverviewState:
    """Blocks."""
    territory, registry, store = reader.territory, services.registry, services.store
    now = found.of(territory.id)
    lines = [line.id for line in registry.lines_in(territory.id)]
    recent = store.outages(lines, reader.now - _RECENT, reader.now)
    return OverviewState(
        territory=territory,
        registry=registry,
        policy=services.policy,
        coverage=now.coverage,
        trend=found.trend(territory.id),
        made_at=now.made_at,
        period=now.period,
        title=services.indicator_title(territory.id),
        summary=found.latest_summary(territory.id, PeriodKind.WEEK),
        pulse=_pulse(services, reader),
        recent=incidents(recent, registry),
        roadmap=found.roadmap(territory.id),
        districts=[found.of(one).coverage for one in _inside(registry, territory.id)],
        emulated=store.emulated_lines(lines, local_midnight(reader.today, territory.time_zone) - _RECENT, reader.now),
    )


def _pulse(services: Services, reader: Reader) -> Pulse | None:
    """The lines that decide; a backup line that is off is no news."""
    lines = [
        line.id
        for line in services.registry.lines_in(reader.territory.id)
        if line.role is LineRole.MAIN and line.during.contains(reader.today)
    ]
    days = services.store.day_glances(lines, reader.today - _PULSE_DAYS, reader.today)
    return pulse(days, lines, services.policy.min_share_percent)


def _inside(registry: Registry, territory: TerritoryId) -> Sequence[TerritoryId]:
    return [one.id for one in registry.territories if one.parent == territory]

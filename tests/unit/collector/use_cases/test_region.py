"""A region of two districts: one indicator over both, and each district has a target and a calendar of its own."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from netmon.domain.availability import days_of
from netmon.domain.calendar import SchoolCalendar
from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LocalityId, OrganisationId, SiteId, TerritoryId
from netmon.domain.registry import Locality, Registry, Territory, TerritoryKind
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.use_cases.indicator import IndicatorInputs, indicator_at
from tests.support.domain import a_registry, a_text
from tests.support.evidence import NOVEMBER, EvidenceInMemory, a_calendar, measuring, slots_of, the_default_policy

REGION, WEST, EAST = (TerritoryId(name) for name in ("region", "west", "east"))
YEKATERINBURG = ZoneInfo("Asia/Yekaterinburg")
WESTERN = {OrganisationId(f"school-{n:02}") for n in range(1, 6)}
POLICY = the_default_policy()
TARGETS = {REGION: 70, WEST: 60, EAST: None}


def a_region() -> Registry:
    """Schools 1 to 5 in the west, 6 to 8 in the east, two hours ahead."""
    one = a_registry(organisations=8)
    [district] = one.territories
    [place] = one.localities
    territories = (
        Territory(id=REGION, kind=TerritoryKind.REGION, parent=None, name=a_text(), time_zone=district.time_zone),
        replace(district, id=WEST, parent=REGION),
        replace(district, id=EAST, parent=REGION, time_zone=YEKATERINBURG),
    )
    localities: tuple[Locality, ...] = (
        replace(place, territory=WEST),
        replace(place, id=LocalityId("far place"), territory=EAST),
    )
    eastern = {SiteId(f"site-{n:02}") for n in (6, 7, 8)}
    return replace(
        one,
        territories=territories,
        localities=localities,
        organisations=tuple(replace(o, territory=WEST if o.id in WESTERN else EAST) for o in one.organisations),
        sites=tuple(replace(s, locality=LocalityId("far place")) if s.id in eastern else s for s in one.sites),
    )


def evidence_of(registry: Registry) -> EvidenceInMemory:
    """Lines 1 to 4 and 6 pass, 5 is slow, 7 is silent, 8 passes."""
    found = EvidenceInMemory()
    for line in registry.lines:
        slots = slots_of(line.id, NOVEMBER, policy=POLICY)
        number = int(line.id[-2:])
        if number == 7:
            found.add(slots, lambda _: None, probed=False)
        else:
            found.add(slots, measuring(20 if number == 5 else 60))
    return found


def without_november() -> SchoolCalendar:
    school = a_calendar()
    days_off = dict.fromkeys(days_of(NOVEMBER), a_text("closed"))
    return replace(school, holidays=replace(school.holidays, days_off=days_off))


def indicator(territory: TerritoryId, *, eastern_holidays: bool = False) -> Coverage:
    registry, school = a_region(), a_calendar()
    return indicator_at(
        NOVEMBER.last,
        IndicatorInputs(
            territory=territory,
            evidence=evidence_of(registry),
            entered=(),
            registry=registry,
            policy=POLICY,
            calendars={WEST: school, EAST: without_november() if eastern_holidays else school, REGION: school},
            target_at=lambda _: TARGETS[territory],
            now=datetime(2026, 12, 31, tzinfo=UTC),
        ),
    )


def figures(found: Coverage) -> tuple[int, int, int]:
    return found.numerator, found.upper_numerator, found.denominator


def test_a_regions_indicator_is_the_sum_of_its_districts() -> None:
    west, east, region = indicator(WEST), indicator(EAST), indicator(REGION)
    assert (figures(west), figures(east)) == ((4, 4, 5), (2, 3, 3))
    assert figures(region) == (6, 7, 8)
    assert set(region.organisations) == {*west.organisations, *east.organisations}


def test_each_territory_is_held_against_its_own_target() -> None:
    assert [(one.met, one.missing) for one in map(indicator, (REGION, WEST, EAST))] == [
        (True, 0),  # 6 of 8, 70 % are 5.6
        (True, 0),
        (None, None),
    ]


def test_each_organisation_counts_by_the_calendar_of_its_own_district() -> None:
    """The east has no school in November: its schools stand by an earlier month, of which nothing is known."""
    found = {one.id: one for one in indicator(REGION, eastern_holidays=True).organisations}
    assert {found[one].period for one in WESTERN} == {NOVEMBER}
    eastern = [one for name, one in found.items() if name not in WESTERN]
    assert {one.carried for one in eastern} == {True}
    assert {one.outcome for one in eastern} == {VerdictOutcome.INSUFFICIENT_DATA}
    assert all(one.period is not None and one.period.last < date(2026, 11, 1) for one in eastern)

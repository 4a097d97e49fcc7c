"""What the overview says of a territory: words and numbers, before any template."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from netmon.config.defaults import default_file
from netmon.config.roadmap import read_roadmap
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.incident import Incident, LineOutage
from netmon_collector.use_cases.day_values import DayGlance
from netmon_collector.use_cases.roadmap import roadmap_at
from netmon_collector.use_cases.summary import Summary
from netmon_collector.web.pages.overview.agenda import agenda_view
from netmon_collector.web.pages.overview.calls import provider_calls
from netmon_collector.web.pages.overview.changes import GroupView, week_changes
from netmon_collector.web.pages.overview.districts import district_rows
from netmon_collector.web.pages.overview.pulse import DayLook, pulse
from netmon_collector.web.pages.overview.view import overview_view
from netmon_collector.wording import Language
from tests.support.domain import MOSCOW
from tests.support.pages import a_coverage, a_district, a_state, an_entered_coverage, some_verdicts
from tests.support.weeks import BAD, GOOD, W46, W47, Weeks

RU, EN = Language.RU, Language.EN
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture(scope="module")
def summary() -> Summary:
    """The first school fell, the second fell silent, the third mended."""
    weeks = Weeks()
    weeks.week(W46, {"line-01": GOOD, "line-02": GOOD, "line-03": BAD})
    weeks.week(W47, {"line-01": BAD, "line-02": None, "line-03": GOOD})
    weeks.close(W46)
    weeks.close(W47)
    return weeks.summary(W47)


def names(groups: tuple[GroupView, ...]) -> dict[str, list[str | None]]:
    return {one.word: [item.organisation or item.line for item in one.items] for one in groups}


def test_the_indicator_is_counted_in_organisations() -> None:
    it = overview_view(a_state(), RU).indicator

    assert (it.numerator, it.upper_numerator, it.denominator, it.unknown) == (8, 13, 17, 5)
    assert (it.percent, it.upper_percent, it.target) == ("47\u00a0%", "76\u00a0%", "100\u00a0%")
    assert (it.met, it.missing) == (False, 9)
    assert (it.confirmed_width, it.upper_width, it.target_width) == ("47.06%", "76.47%", "100%")
    assert it.period == "ноябрь 2026\u00a0г."


def test_without_a_target_nothing_is_missing() -> None:
    it = overview_view(a_state(target=None), RU).indicator

    assert (it.target, it.met, it.missing, it.target_width) == (None, None, None, None)


def test_a_carried_period_says_so() -> None:
    it = overview_view(a_state(carried=True), EN).indicator

    assert it.period == "November 2026, carried over: the periods after it had too few school days"


def test_an_entered_value_names_its_document_and_no_period() -> None:
    coverage = an_entered_coverage(2021, 8, illustrative=False)
    it = overview_view(replace(a_state(), coverage=coverage, period=None), RU)

    assert (it.indicator.source, it.indicator.period, it.standing) == ("отчёт за 2021 год", None, None)


def test_before_any_closing_the_counts_are_those_of_the_indicator() -> None:
    standing = overview_view(a_state(), RU).standing

    assert standing is not None
    assert not standing.is_closed
    assert {one.outcome: one.count for one in standing.counts} == {
        "compliant": 8,
        "exempt": 1,
        "insufficient_data": 5,
        "non_compliant": 3,
    }


def test_the_last_closed_week_is_newer_than_the_indicator(summary: Summary) -> None:
    standing = overview_view(replace(a_state(), summary=summary), EN).standing

    assert standing is not None
    assert standing.is_closed
    assert standing.period_name == "2026-W47"
    assert {one.outcome: one.count for one in standing.counts} == {
        "compliant": 1,
        "insufficient_data": 1,
        "non_compliant": 1,
    }


def test_a_week_tells_who_fell_who_is_silent_and_who_mended(summary: Summary) -> None:
    found = week_changes(summary, EN)

    assert names(found.groups) == {
        "No longer comply": ["school-01"],
        "Fell silent": ["school-02"],
        "Comply again": ["school-03"],
    }
    assert found.standing == ()
    assert found.groups[2].items[0].detail == "did not comply since 9 Nov 2026"


def test_a_failing_line_is_called_about_with_its_contract_and_since_when(summary: Summary) -> None:
    (call,) = provider_calls(summary, (), summary.registry, MOSCOW, EN)
    (line,) = call.lines

    assert line.line == "line-01"
    assert line.since == "16 Nov 2026"
    assert line.contract is not None
    assert line.what[0] == "0% of the measurements reach 47.5\u00a0Mb/s, 80% required"


def test_incidents_stand_with_their_provider_even_if_every_line_complies(summary: Summary) -> None:
    start = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
    outage = LineOutage(line=LineId("line-03"), started_at=start, ended_at=start + timedelta(minutes=70))
    provider = summary.registry.providers[0].id
    down = Incident(provider=provider, started_at=start, ended_at=outage.ended_at, outages=(outage,))
    (call,) = provider_calls(None, [down], summary.registry, MOSCOW, RU)

    assert call.id == provider
    assert call.incidents == ("24.11.2026, 09:20\u00a0– 10:30: не было связи 1\u00a0ч\u00a010\u00a0мин, 1 канал",)


def a_glance(day: date, *, passed: int = 0, failed: int = 0, absent: int = 0) -> DayGlance:
    return DayGlance(
        day=day, passed=passed, failed=failed, line_down=0, excluded=absent, absent=absent, median_bps=None
    )


def test_a_day_is_held_against_the_school_day_before() -> None:
    friday = MONDAY - timedelta(days=3)
    one, two, three, four = (LineId(f"line-0{number}") for number in range(1, 5))
    days = {
        one: [a_glance(friday, passed=10), a_glance(MONDAY, passed=2, failed=8)],
        two: [a_glance(friday, passed=1, failed=9), a_glance(MONDAY, passed=10)],
        three: [a_glance(friday, passed=10), a_glance(MONDAY, absent=10)],
        four: [a_glance(friday, passed=10), a_glance(MONDAY, passed=2)],
    }
    found = pulse(days, days.keys(), 80)

    assert found is not None
    assert (found.before, found.day) == (friday, MONDAY)
    assert (found.fell, found.recovered, found.fell_silent) == ((one,), (two,), (three,))
    assert found.looks[four] is DayLook.OPEN
    assert found.count(DayLook.GOOD) == 1


def test_one_day_is_held_against_nothing() -> None:
    assert pulse({LineId("a"): [a_glance(MONDAY, passed=9)]}, [LineId("a")], 80) is None


def test_a_line_that_nothing_is_known_of_is_silent() -> None:
    seen = [a_glance(MONDAY, passed=9), a_glance(TUESDAY, passed=9)]
    found = pulse({LineId("a"): seen}, [LineId("a"), LineId("b")], 80)

    assert found is not None
    assert found.looks[LineId("b")] is DayLook.SILENT
    assert found.fell_silent == ()


def test_districts_have_their_own_targets_the_weakest_first() -> None:
    registry = a_district()
    coverage = a_coverage(some_verdicts(registry))
    (row,) = district_rows([coverage], registry, RU)

    assert (row.numerator, row.denominator, row.percent, row.upper) == (8, 17, "47\u00a0%", "76\u00a0%")
    assert (row.target, row.met, row.missing, row.failing, row.unknown) == ("100\u00a0%", False, 9, 3, 5)


def test_the_agenda_has_what_is_overdue_before_what_is_due() -> None:
    roadmap = read_roadmap(default_file("roadmap.yaml"), territories=[TerritoryId("region"), TerritoryId("district")])
    weeks = Weeks(roadmap=roadmap)
    inputs = weeks.inputs(datetime(2026, 11, 23, 9, tzinfo=UTC))
    found = roadmap_at(date(2019, 12, 20), roadmap, inputs.closing.indicator)
    dates = [datetime.strptime(one.due, "%d.%m.%Y").replace(tzinfo=UTC) for one in agenda_view(found, RU).items]

    assert dates
    assert dates == sorted(dates)

"""What the lines of the simulated district play."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from netmon.domain.identifiers import LineId
from netmon.domain.measurement import Mode
from netmon_collector.demo.simulation.records import hours_between
from netmon_collector.demo.simulation.story import Part, Script

END = date(2026, 11, 26)  # a Thursday
SCRIPT = Script(
    line=LineId("line-01"),
    part=Part.STEADY,
    contract_bps=100_000_000,
    threshold_bps=50_000_000,
    zone=UTC,
    end=END,
)


def at(day: int, hour: int = 14) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_line_falls_on_the_monday_two_weeks_before() -> None:
    fell = replace(SCRIPT, part=Part.FELL)

    assert fell.rate_bps(at(8), Mode.DECISION) == SCRIPT.rate_bps(at(8), Mode.DECISION)
    assert fell.rate_bps(at(9), Mode.DECISION) < SCRIPT.threshold_bps * 1.2


def test_a_burst_shows_in_sustained_tests_alone() -> None:
    burst = replace(SCRIPT, part=Part.BURST)

    assert burst.rate_bps(at(9), Mode.ESTIMATE) > SCRIPT.threshold_bps
    assert burst.rate_bps(at(9), Mode.SUSTAINED) < SCRIPT.threshold_bps


def test_a_late_week_is_delivered_after_it_was_closed() -> None:
    late = replace(SCRIPT, part=Part.LATE)
    days = [date(2026, 10, 26) + timedelta(days=number) for number in range(7)]

    assert {late.delivered_on(day) for day in days} == {date(2026, 11, 11)}
    assert late.delivered_on(date(2026, 11, 2)) == date(2026, 11, 2)


def test_windows_of_probes_touch_no_outage() -> None:
    down = (at(9, 9) + timedelta(minutes=10), at(9, 10) + timedelta(minutes=20))

    spans = list(hours_between(at(9, 8), at(9, 18), [down]))

    assert spans[0][0] == at(9, 8)
    assert spans[-1][1] == at(9, 18)
    assert all(end <= down[0] or start >= down[1] for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))

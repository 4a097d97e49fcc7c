"""The drawings of a line: each state is told apart, nothing sticks out, and what is drawn can be read aloud."""

from datetime import UTC, date, datetime, timedelta

import pytest

from netmon_collector.charts.day_strip import DayUp, day_strip
from netmon_collector.charts.hour_map import HourCount, hour_map
from netmon_collector.charts.latency_chart import DayLatency, latency_chart
from netmon_collector.charts.rate_chart import Level, RatePoint, Shape, Tone, rate_chart
from netmon_collector.charts.scale import days_to_name, nice_steps
from netmon_collector.wording import Language
from tests.support.charts import Drawing
from tests.support.domain import MEGABIT, MOSCOW

RU, EN = Language.RU, Language.EN
FIRST = date(2026, 11, 2)
DAYS = [FIRST + timedelta(days=number) for number in range(28)]


def test_an_hour_says_passes_of_decided_and_one_without_any_is_hatched() -> None:
    cells = {(0, 8): HourCount(passed=4), (0, 9): HourCount(passed=1, failed=3), (1, 8): HourCount(excluded=2)}
    drawing = Drawing(hour_map(cells, EN))

    assert [one for one in drawing.texts if "/" in one] == ["4/4", "1/4"]
    assert len(drawing.all("rect", "hatched")) == 1
    assert drawing.label.endswith("worst: Monday, 09:00–10:00: passed 1, failed 3, not counted 0")
    assert drawing.outside() == []


def test_hours_without_a_slot_leave_a_gap_and_no_cells_no_drawing() -> None:
    drawing = Drawing(hour_map({(0, 8): HourCount(passed=1), (4, 17): HourCount(passed=1)}, RU))

    assert [one for one in drawing.texts if one.isdigit()] == [str(hour) for hour in range(8, 18)]
    assert "пн" in drawing.texts
    assert hour_map({}, RU) == ""


def test_up_down_and_unknown_are_three_things() -> None:
    days = [
        DayUp(day=DAYS[0], working_s=36_000, up_s=36_000),
        DayUp(day=DAYS[1], working_s=36_000, up_s=30_000, down_s=3_000),
        DayUp(day=DAYS[2], working_s=36_000),
        DayUp(day=DAYS[3], working_s=0),
        DayUp(day=DAYS[4], working_s=None),
    ]
    drawing = Drawing(day_strip(days, EN))

    assert (len(drawing.all("rect", "fill-good")), len(drawing.all("rect", "fill-bad"))) == (2, 1)
    assert len(drawing.all("rect", "hatched")) == 2
    assert drawing.titles[1].replace("\u00a0", " ") == "3 Nov 2026: up 8 h 20 min, down 50 min, unknown 50 min"
    assert drawing.outside() == []


def test_an_outage_of_a_second_is_seen() -> None:
    drawing = Drawing(day_strip([DayUp(day=FIRST, working_s=36_000, up_s=35_999, down_s=1)], RU))

    assert float(drawing.all("rect", "fill-bad")[0].get("height", 0)) >= 2


@pytest.mark.parametrize("width", [340, 720])
@pytest.mark.parametrize("count", [1, 7, 28, 365])
def test_days_keep_within_any_width(count: int, width: float) -> None:
    days = [FIRST + timedelta(days=number) for number in range(count)]
    strip = Drawing(day_strip([DayUp(day=day, working_s=36_000, up_s=36_000) for day in days], RU, width=width))
    found = [DayLatency(day=day, sent=100, lost=1, rtt_s=0.02, p95_s=0.05) for day in days]
    latency = Drawing(latency_chart(found, RU, width=width))
    rates = Drawing(rate_chart([], [], (days[0], days[-1]), MOSCOW, RU, width=width))

    assert [strip.outside(), latency.outside(), rates.outside()] == [[], [], []]
    assert len([one for one in rates.texts if "." in one]) * 40 <= width


def a_point(shape: Shape, tone: Tone, mbps: float | None = 50, hour: int = 9) -> RatePoint:
    return RatePoint(
        at=datetime(2026, 11, 3, hour, tzinfo=UTC),
        rate_bps=None if mbps is None else round(mbps * MEGABIT),
        shape=shape,
        tone=tone,
        title=f"{shape} {tone}",
    )


def test_a_bound_is_not_drawn_as_a_rate_nor_nothing_as_zero() -> None:
    points = [
        a_point(Shape.RATE, Tone.PASSED, 94),
        a_point(Shape.BOUND, Tone.PASSED, 55),
        a_point(Shape.SHORT, Tone.FAILED, 31),
        a_point(Shape.NOTHING, Tone.EXCLUDED, None),
    ]
    drawing = Drawing(rate_chart(points, [], (DAYS[0], DAYS[-1]), MOSCOW, EN))
    outlines = [one.get("d") for one in drawing.all("path", "point")]

    assert len(set(outlines)) == 4
    assert "1 at the limit or above" not in drawing.label
    assert "2 at the limit or above, 1 below, 1 not counted" in drawing.label


def test_what_is_not_counted_is_hollow() -> None:
    points = [a_point(Shape.RATE, tone) for tone in Tone]
    fills = [one.get("fill") for one in Drawing(rate_chart(points, [], (FIRST, FIRST), MOSCOW, EN)).all("path")]

    assert fills[2:] == ["none", "none"]
    assert "none" not in fills[:2]


def test_levels_end_where_they_no_longer_hold() -> None:
    levels = [
        Level(name="limit", label="limit", rate_bps=47_500_000, first=DAYS[0], last=DAYS[-1]),
        Level(name="contract", label="contract", rate_bps=100_000_000, first=DAYS[0], last=DAYS[13]),
    ]
    drawing = Drawing(rate_chart([], levels, (DAYS[0], DAYS[-1]), MOSCOW, RU))
    limit, contract = (float(drawing.all("line", f"level {name}")[0].get("x2", 0)) for name in ("limit", "contract"))

    assert contract < limit
    assert drawing.texts[0] == "Мбит/с"
    assert "100" in drawing.texts


def test_a_day_in_which_every_probe_was_lost_has_no_time() -> None:
    days = [
        DayLatency(day=DAYS[0], sent=100, lost=100, rtt_s=None, p95_s=None),
        DayLatency(day=DAYS[1], sent=100, lost=0, rtt_s=0.018, p95_s=0.031),
        DayLatency(day=DAYS[2], sent=0, lost=0, rtt_s=None, p95_s=None),
    ]
    drawing = Drawing(latency_chart(days, RU))

    assert len(drawing.all("circle")) == 1
    assert drawing.titles[-1] == "02.11.2026: потеряны все пробы"
    assert "обычно от 18 до 18 мс" in drawing.label
    assert latency_chart([days[2]], RU) == ""


@pytest.mark.parametrize(
    ("highest", "expected"), [(94, (0, 20, 40, 60, 80, 100)), (0.4, (0, 0.1, 0.2, 0.3, 0.4)), (0, (0, 1))]
)
def test_steps_are_round(highest: float, expected: tuple[float, ...]) -> None:
    assert tuple(nice_steps(highest, 5)) == expected


def test_an_axis_names_as_many_days_as_there_is_room_for() -> None:
    assert list(days_to_name(DAYS[0], DAYS[6], 7)) == DAYS[:7]
    assert {day.weekday() for day in days_to_name(DAYS[0], DAYS[-1], 6)} == {0}
    assert {day.day for day in days_to_name(date(2026, 1, 1), date(2026, 12, 31), 12)} == {1}


def test_texts_are_escaped() -> None:
    evil = RatePoint(
        at=datetime(2026, 11, 3, tzinfo=UTC), rate_bps=1, shape=Shape.RATE, tone=Tone.PASSED, title="<script>&"
    )

    assert Drawing(rate_chart([evil], [], (FIRST, FIRST), MOSCOW, EN)).titles == ["<script>&"]

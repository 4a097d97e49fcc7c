"""Closing of periods: when, what is due, and a chain in which every change shows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.closing import (
    CLOSING_KINDS,
    Link,
    closes_at,
    differs,
    due_periods,
    first_broken,
    may_be_revised,
    root_hash,
    working_date,
)
from netmon.domain.identifiers import TerritoryId
from netmon.domain.period import Period, PeriodKind

MOSCOW = ZoneInfo("Europe/Moscow")
ZONES = [MOSCOW, ZoneInfo("Asia/Kamchatka"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")]


def _instants() -> st.SearchStrategy[datetime]:
    bounds = datetime(2024, 1, 1), datetime(2028, 1, 1)  # noqa: DTZ001 - the zone is given beside
    return st.datetimes(*bounds, timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("name", "closed"),
    [
        ("2026-W47", datetime(2026, 11, 23, 3, tzinfo=UTC)),  # Monday 06:00 in Moscow
        ("2026-11", datetime(2026, 12, 3, 3, tzinfo=UTC)),
    ],
)
def test_a_week_closes_on_monday_and_a_month_on_the_third_at_six(name: str, closed: datetime) -> None:
    assert closes_at(Period.parse(name), MOSCOW) == closed


def test_nothing_is_due_a_second_before_and_the_period_is_due_at_its_time() -> None:
    period = Period.parse("2026-W47")
    at = closes_at(period, MOSCOW)
    since = period.first

    def due(when: datetime) -> list[Period]:
        return list(due_periods(when, MOSCOW, kind=PeriodKind.WEEK, since=since, closed=()))

    assert due(at - timedelta(seconds=1)) == []
    assert due(at) == [period]


def test_missed_periods_are_caught_up_from_the_first_day_of_measuring() -> None:
    found = due_periods(
        datetime(2026, 12, 10, tzinfo=UTC), MOSCOW, kind=PeriodKind.MONTH, since=date(2026, 9, 20), closed=()
    )
    assert [period.name for period in found] == ["2026-09", "2026-10", "2026-11"]


@given(_instants(), st.sampled_from(ZONES), st.sampled_from(CLOSING_KINDS), st.integers(0, 120))
def test_closing_is_idempotent(at: datetime, zone: ZoneInfo, kind: PeriodKind, days: int) -> None:
    since = at.date() - timedelta(days=days)
    due = list(due_periods(at, zone, kind=kind, since=since, closed=()))
    assert due == sorted(due)
    assert list(due_periods(at, zone, kind=kind, since=since, closed=due)) == []
    for gap in range(len(due)):
        assert list(due_periods(at, zone, kind=kind, since=since, closed=[*due[:gap], *due[gap + 1 :]])) == [due[gap]]


@given(_instants(), st.sampled_from(ZONES))
def test_a_working_date_begins_at_six(at: datetime, zone: ZoneInfo) -> None:
    local = at.astimezone(zone)
    assert working_date(at, zone) == (local.date() if local.hour >= 6 else local.date() - timedelta(days=1))


def test_late_data_revises_a_period_for_a_quarter_and_no_longer() -> None:
    period = Period.parse("2026-11")
    closed = closes_at(period, MOSCOW)
    assert may_be_revised(period, closed + timedelta(days=91), MOSCOW)
    assert not may_be_revised(period, closed + timedelta(days=92), MOSCOW)


HASHES = st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), unique=True, max_size=8)


@given(HASHES, st.randoms(use_true_random=False))
def test_the_order_of_verdicts_does_not_change_the_root(hashes: list[str], random: object) -> None:
    shuffled = list(hashes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert root_hash(hashes) == root_hash(shuffled)


@given(HASHES, HASHES)
def test_other_verdicts_have_another_root(one: list[str], other: list[str]) -> None:
    assert (root_hash(one) == root_hash(other)) == (set(one) == set(other))


def _chain(length: int) -> list[tuple[Link, str]]:
    links: list[tuple[Link, str]] = []
    period = Period.parse("2026-09")
    for number in range(1, length + 1):
        link = Link(
            territory=TerritoryId("district"),
            period=period,
            number=number,
            revision=1,
            closed_at=closes_at(period, MOSCOW),
            policy_hash="p",
            summary_hash="c",
            root=root_hash([str(number)]),
            previous=links[-1][1] if links else None,
        )
        links.append((link, link.hash))
        period = Period.containing(period.last + timedelta(days=1), PeriodKind.MONTH)
    return links


CHANGES = (
    {"territory": TerritoryId("other")},
    {"period": Period.parse("2020-01")},
    {"revision": 7},
    {"closed_at": datetime(2020, 1, 1, tzinfo=UTC)},
    {"policy_hash": "q"},
    {"summary_hash": "d"},
    {"root": "00"},
    {"previous": "11"},
)


@given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))), st.sampled_from(CHANGES))
def test_the_chain_detects_any_change(shape: tuple[int, int], change: dict[str, object]) -> None:
    length, place = shape
    links = _chain(length)
    assert first_broken(links) is None
    changed = replace(links[place][0], **change)  # type: ignore[arg-type]
    assert first_broken([*links[:place], (changed, links[place][1]), *links[place + 1 :]]) == changed
    if place + 1 < length:  # also when the changer computes the hash anew
        assert first_broken([*links[:place], (changed, changed.hash), *links[place + 1 :]]) is not None


@given(st.integers(2, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 2))))
def test_a_link_taken_out_or_moved_is_detected(shape: tuple[int, int]) -> None:
    length, place = shape
    links = _chain(length)
    assert first_broken([*links[:place], *links[place + 1 :]]) is not None
    swapped = [*links]
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    assert first_broken(swapped) is not None


def _stored(**changes: object) -> dict[str, object]:
    """What was stored of a line's verdict, by the names of its figures."""
    figures: dict[str, object] = {
        "counts": {"passed": 20, "failed": 2, "excluded": {"agent_off": 3}},
        "requirement": {"min_share_percent": 80, "limits_bps": [47_500_000]},
        "worst_hours": [{"hour": 10, "failed": 2, "decided": 4}],
        "last_seen": "2026-11-23T09:00:00Z",
    }
    return {"printed": {"outcome": "COMPLIANT", "explanation": "…"}, "figures": figures | changes, "parts": None}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"last_seen": "2026-11-24T09:00:00Z"},
        {"requirement": {"min_share_percent": 80, "limits_bps": [47_500_000], "organic": None}},
        {"worst_hours": [{"hour": 10, "failed": 2, "decided": 4, "share": 50}]},
        {"fall": None},
    ],
)
def test_what_a_later_release_adds_is_no_change(changes: dict[str, object]) -> None:
    assert not differs(_stored(), _stored(**changes))
    assert not differs(_stored(**changes), _stored())


@pytest.mark.parametrize(
    "changes",
    [
        {"counts": {"passed": 21, "failed": 1, "excluded": {"agent_off": 3}}},
        {"counts": {"passed": 20, "failed": 2, "excluded": {"agent_off": 3, "undecided": 1}}},
        {"counts": {"passed": 20, "failed": 2, "excluded": {}}},
        {"requirement": {"min_share_percent": 80, "limits_bps": [47_500_000, 95_000_000]}},
        {"worst_hours": []},
        {"requirement": None},
    ],
)
def test_a_figure_that_is_another_one_is_a_change(changes: dict[str, object]) -> None:
    assert differs(_stored(), _stored(**changes))
    assert differs(_stored(**changes), _stored())


def test_a_building_that_came_or_went_is_a_change() -> None:
    one, two = {"parts": {"site-01": "COMPLIANT"}}, {"parts": {"site-01": "COMPLIANT", "site-02": "COMPLIANT"}}
    assert differs(one, two)
    assert differs(one, {"parts": None})

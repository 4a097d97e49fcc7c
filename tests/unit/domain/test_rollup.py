"""Windows put together into hours: fewer of them, the same answered time, sums and extremes kept."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.latency import LatencyWindow
from netmon.domain.rollup import hourly, together
from netmon.domain.spans import length, union
from tests.support.domain import LINE

START = datetime(2026, 11, 23, 10, tzinfo=UTC)


def a_window(
    minute: float, *, minutes: float = 5, sent: int = 30, lost: int = 0, target: str = "server-1"
) -> LatencyWindow:
    started_at = START + timedelta(minutes=minute)
    median = None if lost == sent else 0.01 + minute / 10_000
    return LatencyWindow(
        line=LINE,
        started_at=started_at,
        ended_at=started_at + timedelta(minutes=minutes),
        target=target,
        sent=sent,
        lost=lost,
        rtt_min_s=None if median is None else median / 2,
        rtt_median_s=median,
        rtt_p95_s=None if median is None else median * 2,
        rtt_max_s=None if median is None else median * 3,
        jitter_s=None if median is None else 0.001,
    )


def test_an_hour_without_a_gap_becomes_one_window() -> None:
    (run,) = hourly(a_window(5 * number, lost=number) for number in range(12))
    found = together(run)
    assert (found.started_at, found.ended_at) == (START, START + timedelta(hours=1))
    assert (found.sent, found.lost) == (360, 66)
    assert found.rtt_min_s == 0.005
    assert found.rtt_max_s == (0.01 + 55 / 10_000) * 3
    assert found.rtt_median_s is not None
    assert 0.01 <= found.rtt_median_s <= 0.0155


def test_a_gap_the_next_hour_and_another_target_are_other_windows() -> None:
    windows = [a_window(0), a_window(5), a_window(15), a_window(60), a_window(0, target="server-2")]
    assert sorted(len(run) for run in hourly(windows)) == [1, 1, 1, 2]


def test_lost_windows_stay_apart_from_answered_ones() -> None:
    windows = [a_window(0), a_window(5, lost=30), a_window(10)]
    runs = [together(run) for run in hourly(windows)]
    assert sorted((one.sent, one.lost) for one in runs) == [(30, 0), (30, 0), (30, 30)]
    assert all((one.rtt_median_s is None) == (one.lost == one.sent) for one in runs)


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.sampled_from([1.0, 5.0, 60.0]), st.sampled_from([0, 3, 30])), max_size=40
    )
)
def test_the_answered_time_stays_and_doing_it_again_changes_nothing(drawn: list[tuple[int, float, int]]) -> None:
    windows = [a_window(minute, minutes=minutes, lost=lost) for minute, minutes, lost in drawn]
    rolled = [together(run) for run in hourly(windows)]

    def answered(some: list[LatencyWindow]) -> timedelta:
        return length(union((one.started_at, one.ended_at) for one in some if one.lost < one.sent))

    assert answered(rolled) == answered(windows)
    assert sum(one.sent for one in rolled) == sum(one.sent for one in windows)
    again = [together(run) for run in hourly(rolled)]
    assert answered(again) == answered(windows)

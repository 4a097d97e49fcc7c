"""The budget holds whatever is asked."""

from hypothesis import given
from hypothesis import strategies as st

from netmon_collector.measurement_server.admission import Budget


def test_sessions_are_admitted_until_the_budget_is_spent() -> None:
    budget = Budget(100)
    assert budget.reserve("a", rate_bps=60, now_s=0, duration_s=10) is None
    assert budget.reserve("b", rate_bps=40, now_s=0, duration_s=5) is None
    assert budget.reserve("c", rate_bps=1, now_s=0, duration_s=5) == 5
    assert budget.in_use_bps == 100


def test_the_wait_lasts_until_enough_is_free() -> None:
    budget = Budget(100)
    budget.reserve("a", rate_bps=60, now_s=0, duration_s=10)
    budget.reserve("b", rate_bps=40, now_s=0, duration_s=5)
    assert budget.reserve("c", rate_bps=50, now_s=1, duration_s=5) == 9


def test_a_release_makes_room() -> None:
    budget = Budget(100)
    budget.reserve("a", rate_bps=100, now_s=0, duration_s=10)
    budget.release("a")
    budget.release("a")
    assert budget.sessions == 0
    assert budget.reserve("b", rate_bps=100, now_s=0, duration_s=10) is None


def test_what_nobody_released_lapses_at_its_end() -> None:
    budget = Budget(100)
    budget.reserve("a", rate_bps=100, now_s=0, duration_s=10)
    assert budget.reserve("b", rate_bps=100, now_s=9, duration_s=10) == 1
    assert budget.reserve("b", rate_bps=100, now_s=10, duration_s=10) is None
    assert budget.in_use_bps == 100


def test_who_wants_more_than_everything_gets_everything_alone() -> None:
    budget = Budget(100)
    assert budget.reserve("a", rate_bps=500, now_s=0, duration_s=10) is None
    assert budget.in_use_bps == 100
    assert budget.reserve("b", rate_bps=1, now_s=0, duration_s=10) is not None


@given(st.lists(st.tuples(st.integers(1, 200), st.booleans()), max_size=40))
def test_running_sessions_never_exceed_the_budget(steps: list[tuple[int, bool]]) -> None:
    budget = Budget(100)
    running: list[str] = []
    for number, (rate, release) in enumerate(steps):
        if release and running:
            budget.release(running.pop())
        elif budget.reserve(str(number), rate_bps=rate, now_s=0, duration_s=1) is None:
            running.append(str(number))
        assert budget.in_use_bps <= 100

"""Spans of time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.spans import Span, difference, intersection, length, union

START = datetime(2026, 11, 23, tzinfo=UTC)
minutes = st.integers(0, 60)
spans = st.lists(st.tuples(minutes, minutes).map(lambda pair: a_span(*sorted(pair))), max_size=8)


def a_span(start: int, end: int) -> Span:
    return START + timedelta(minutes=start), START + timedelta(minutes=end)


def minutes_in(found: list[Span]) -> set[int]:
    """Every whole minute that lies in a span."""
    return {n for n in range(61) for start, end in found if start <= START + timedelta(minutes=n) < end}


def test_spans_that_touch_become_one_and_empty_ones_vanish() -> None:
    assert union([a_span(5, 10), a_span(0, 5), a_span(20, 20)]) == [a_span(0, 10)]
    assert union([a_span(0, 30), a_span(5, 10), a_span(20, 40)]) == [a_span(0, 40)]


def test_a_hole_splits_a_span() -> None:
    assert difference([a_span(0, 30)], [a_span(10, 20)]) == [a_span(0, 10), a_span(20, 30)]
    assert difference([a_span(0, 30)], [a_span(0, 10), a_span(20, 30)]) == [a_span(10, 20)]
    assert difference([a_span(0, 30)], []) == [a_span(0, 30)]


def test_only_what_both_have_is_common() -> None:
    assert intersection([a_span(0, 10), a_span(20, 30)], [a_span(5, 25)]) == [a_span(5, 10), a_span(20, 25)]
    assert intersection([a_span(0, 10)], [a_span(10, 20)]) == []


@pytest.mark.parametrize("found", [[], [a_span(0, 10), a_span(20, 25)]])
def test_the_length_is_the_sum(found: list[Span]) -> None:
    assert length(found) == timedelta(minutes=len(minutes_in(found)))


@given(spans, spans)
def test_spans_are_sets_of_instants(first: list[Span], second: list[Span]) -> None:
    one, two = union(first), union(second)
    assert minutes_in(one) == minutes_in(first)
    assert minutes_in(intersection(one, two)) == minutes_in(first) & minutes_in(second)
    assert minutes_in(difference(one, two)) == minutes_in(first) - minutes_in(second)
    assert length(intersection(one, two)) + length(difference(one, two)) == length(one)

"""Which days the page of a line looks at."""

from datetime import date

import pytest

from netmon_collector.errors import BadRequestError
from netmon_collector.web.pages.line.span import parse_span
from netmon_collector.wording import Language

TODAY = date(2026, 11, 26)


def test_nothing_asked_is_this_month() -> None:
    span = parse_span(None, None, TODAY)

    assert (span.first, span.last) == (date(2026, 11, 1), date(2026, 11, 30))
    assert span.query == {"period": "2026-11"}
    assert span.title(Language.RU).startswith("ноябрь 2026")


def test_a_year_ends_with_its_month() -> None:
    span = parse_span("2026-11", "year", TODAY)

    assert (span.first, span.last) == (date(2025, 12, 1), date(2026, 11, 30))
    assert span.before.query == {"period": "2026-10", "span": "year"}


@pytest.mark.parametrize(
    ("period", "before", "after"), [("2026-W01", "2025-W52", "2026-W02"), ("2026-01", "2025-12", "2026-02")]
)
def test_neighbours_are_of_the_same_length(period: str, before: str, after: str) -> None:
    span = parse_span(period, None, TODAY)

    assert (span.before.period.name, span.after.period.name) == (before, after)


@pytest.mark.parametrize(
    ("period", "span", "message"),
    [
        ("nonsense", None, "write 2026-W47 or 2026-11"),
        ("2026-11-23", None, "the day as 'day'"),
        ("2026-W47", "year", "a year ends with a month"),
    ],
)
def test_what_is_no_span_says_how_to_write_one(period: str, span: str | None, message: str) -> None:
    with pytest.raises(BadRequestError, match=message):
        parse_span(period, span, TODAY)

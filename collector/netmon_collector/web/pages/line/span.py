"""The days that the page of a line looks at: a month, a week, or the twelve months that end with a month."""

from dataclasses import dataclass
from datetime import date, timedelta

from netmon.domain.period import Period, PeriodKind
from netmon_collector.errors import BadRequestError
from netmon_collector.wording.figures import period_text
from netmon_collector.wording.language import Language

_MONTHS = 12
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`period` is a week or a month; `is_year` says that the eleven months before it are looked at too."""

    period: Period
    is_year: bool = False

    @property
    def first(self) -> date:
        if not self.is_year:
            return self.period.first
        start = self.period
        for _ in range(_MONTHS - 1):
            start = start.previous
        return start.first

    @property
    def last(self) -> date:
        return self.period.last

    @property
    def before(self) -> "Span":
        """The same length of time, one period earlier."""
        return Span(period=self.period.previous, is_year=self.is_year)

    @property
    def after(self) -> "Span":
        return Span(period=Period.containing(self.last + _DAY, self.period.kind), is_year=self.is_year)

    @property
    def query(self) -> dict[str, str]:
        """What an address says to mean this."""
        return {"period": self.period.name} | ({"span": "year"} if self.is_year else {})

    def title(self, language: Language) -> str:
        if not self.is_year:
            return period_text(self.period, language)
        first = Period.month(self.first)
        return f"{period_text(first, language)} – {period_text(self.period, language)}"


def parse_span(period: str | None, span: str | None, today: date) -> Span:
    """This month where nothing is asked. Raises BadRequestError."""
    try:
        found = Period.month(today) if not period else Period.parse(period)
    except ValueError as error:
        raise BadRequestError("period is none; write 2026-W47 or 2026-11") from error
    if found.kind is PeriodKind.DAY:
        raise BadRequestError("period is a day; write 2026-W47 or 2026-11, and the day as 'day'")
    is_year = span == "year"
    if is_year and found.kind is not PeriodKind.MONTH:
        raise BadRequestError("a year ends with a month; write 2026-11")
    return Span(period=found, is_year=is_year)

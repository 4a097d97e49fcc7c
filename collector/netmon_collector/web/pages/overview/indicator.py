"""The indicator in words: what was counted, against the target, and what it could still be."""

from dataclasses import dataclass

from netmon.domain.coverage import Coverage
from netmon_collector.wording.figures import percent_text, period_text, share_percent
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorView:
    """The indicator in words; the `*_width` are shares of the bar in percent."""

    numerator: int
    denominator: int
    percent: str
    period: str | None
    target: str | None
    year: int
    met: bool | None
    missing: int | None
    unknown: int
    upper_numerator: int
    upper_percent: str
    confirmed_width: str
    upper_width: str
    target_width: str | None
    source: str | None


def indicator_view(coverage: Coverage, language: Language) -> IndicatorView:
    target = coverage.target_percent
    return IndicatorView(
        numerator=coverage.numerator,
        denominator=coverage.denominator,
        percent=percent_text(coverage.percent, language),
        period=_counted_period(coverage, language),
        target=None if target is None else percent_text(target, language),
        year=coverage.at.year,
        met=coverage.met,
        missing=coverage.missing,
        unknown=coverage.upper_numerator - coverage.numerator,
        upper_numerator=coverage.upper_numerator,
        upper_percent=percent_text(share_percent(coverage.upper_numerator, coverage.denominator), language),
        confirmed_width=_width(coverage.numerator, coverage.denominator),
        upper_width=_width(coverage.upper_numerator, coverage.denominator),
        target_width=None if target is None else f"{target}%",
        source=None if coverage.entered is None else coverage.entered.document,
    )


def _width(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.2f}%" if whole else "0%"


def _counted_period(coverage: Coverage, language: Language) -> str | None:
    """The period whose verdicts count, or several where calendars differ; None where there is none."""
    periods = {one.period for one in coverage.organisations if one.period is not None}
    if not periods:
        return None
    text = "; ".join(period_text(period, language) for period in sorted(periods))
    if all(one.carried for one in coverage.organisations):
        return phrasebook(language).say(
            "{period}, carried over: the periods after it had too few school days", period=text
        )
    return text

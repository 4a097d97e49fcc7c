"""Rates, shares, times and periods as people read them.

Shares are rounded down the way the roadmap's targets are (3 of 17 is 17 %), and so are measured rates: what is shown
never reaches a requirement that the exact value misses. Exceptions are named by their functions.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal

from netmon.domain.period import Period, PeriodKind
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import NO_BREAK_SPACE, phrasebook

_MEGABIT = 1_000_000
_NARROW_SPACE = "\u202f"  # which many fonts lack


def integer_text(number: int, language: Language) -> str:
    return format_decimal(number, locale=language.locale)


def number_text(number: float, language: Language) -> str:
    """A figure with at most two decimals; who calls has rounded it."""
    return format_decimal(number, format="#,##0.##", locale=language.locale)


def rate_text(rate_bps: int | None, language: Language) -> str:
    """A measured rate in Mb/s, rounded down to tenths (below 1 Mb/s to thousandths); a dash for None."""
    if rate_bps is None:
        return "–"
    places = Decimal("0.1") if rate_bps >= _MEGABIT or rate_bps == 0 else Decimal("0.001")
    number = (Decimal(rate_bps) / _MEGABIT).quantize(places, rounding=ROUND_FLOOR)
    return _with_unit(format_decimal(number, format="#,##0.0##", locale=language.locale), language)


def exact_rate_text(rate_bps: int, language: Language) -> str:
    """A threshold or a limit in Mb/s with every digit it has."""
    return _with_unit(_exact(rate_bps, language), language)


def exact_rates_text(rates_bps: Sequence[int], language: Language) -> str:
    """Several thresholds or limits, of which each day had its own."""
    return _with_unit(" / ".join(_exact(rate, language) for rate in rates_bps), language)


def _exact(rate_bps: int, language: Language) -> str:
    return format_decimal(Decimal(rate_bps) / _MEGABIT, format="#,##0.######", locale=language.locale)


def _with_unit(number: str, language: Language) -> str:
    unit = phrasebook(language).say("Mb/s")
    return f"{number}{NO_BREAK_SPACE}{unit}"


def share_percent(part: int, whole: int) -> int:
    """A share in whole percent, rounded down; 0 of nothing."""
    return part * 100 // whole if whole else 0


def share_percent_up(part: int, whole: int) -> int:
    """A share in whole percent, rounded up: for what must stay under a bound."""
    return -(-part * 100 // whole) if whole else 0


def percent_text(percent: int | Decimal, language: Language) -> str:
    """``64 %`` in Russian, ``64%`` in English."""
    space = NO_BREAK_SPACE if language is Language.RU else ""
    return f"{format_decimal(percent, format='0.##', locale=language.locale)}{space}%"


def tolerance_text(tolerance_bp: int, language: Language) -> str:
    """A tolerance given in hundredths of a percent."""
    return percent_text(Decimal(tolerance_bp) / 100, language)


def bounds_percent(lower: float, upper: float) -> tuple[int, int]:
    """The ends of an interval of ratios in whole percent, rounded outwards."""
    low = (Decimal(repr(lower)) * 100).quantize(Decimal(1), rounding=ROUND_FLOOR)
    high = (Decimal(repr(upper)) * 100).quantize(Decimal(1), rounding=ROUND_CEILING)
    return max(0, int(low)), min(100, int(high))


def share_text(part: timedelta, whole: timedelta, language: Language, *, up: bool = False) -> str:
    """A share of a time in percent with two decimals, rounded down, or up for what must stay under a bound."""
    hundredths = part * 10_000 // whole if whole else 0
    if up and whole and hundredths * whole != part * 10_000:
        hundredths += 1
    return percent_text(Decimal(hundredths) / 100, language)


def duration_text(time: timedelta, language: Language) -> str:
    """Hours, minutes and seconds without what is zero: ``2 h 15 min``, ``50 s``; fractions of a second are dropped."""
    say = phrasebook(language).say
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, say("h")), (minutes, say("min")), (seconds, say("s")))
    texts = [f"{integer_text(number, language)}{NO_BREAK_SPACE}{unit}" for number, unit in parts if number]
    return NO_BREAK_SPACE.join(texts) or f"0{NO_BREAK_SPACE}{parts[-1][1]}"


def volume_text(volume: int, language: Language) -> str:
    """A volume in gigabytes (10^9 bytes), rounded down to tenths; below 0.1 GB in megabytes."""
    say = phrasebook(language).say
    size, unit = (10**9, say("GB")) if volume >= 10**8 else (10**6, say("MB"))
    number = (Decimal(volume) / size).quantize(Decimal("0.1"), rounding=ROUND_FLOOR)
    return f"{format_decimal(number, format='#,##0.#', locale=language.locale)}{NO_BREAK_SPACE}{unit}"


def money_text(roubles: float, language: Language) -> str:
    amount = format_decimal(Decimal(repr(roubles)), format="#,##0.##", locale=language.locale)
    unit = phrasebook(language).say("RUB")
    return f"{amount}{NO_BREAK_SPACE}{unit}"


def date_text(day: date, language: Language) -> str:
    """``23.11.2026`` in Russian, ``23 Nov 2026`` in English."""
    pattern = "d MMM y" if language is Language.EN else "dd.MM.y"
    return format_date(day, pattern, locale=language.locale)


def time_text(at: datetime, zone: tzinfo, language: Language) -> str:
    """The local time of day."""
    return format_time(at.astimezone(zone), "HH:mm", locale=language.locale)


def moment_text(at: datetime, zone: tzinfo, language: Language) -> str:
    """A local date and time."""
    return f"{date_text(at.astimezone(zone).date(), language)}, {time_text(at, zone, language)}"


def hour_text(hour: int) -> str:
    """An hour of the day as its two ends."""
    return f"{hour:02d}:00–{hour + 1:02d}:00"


def period_text(period: Period, language: Language) -> str:
    """A period as it is spoken of: a day, a numbered week with its days, a month."""
    if period.kind is PeriodKind.MONTH:
        name = format_skeleton("yMMMM", period.first, locale=language.locale)
        return name.replace(_NARROW_SPACE, NO_BREAK_SPACE)
    if period.kind is PeriodKind.DAY:
        return date_text(period.first, language)
    days = f"{date_text(period.first, language)}{NO_BREAK_SPACE}– {date_text(period.last, language)}"
    return phrasebook(language).say("week {number}, {days}", number=period.first.isocalendar().week, days=days)


def capitalised(text: str) -> str:
    """The text as a sentence begins; the rest keeps its case."""
    return text[:1].upper() + text[1:]

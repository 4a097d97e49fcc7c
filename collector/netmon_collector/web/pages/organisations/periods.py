"""The periods that verdicts can be shown of: the closed ones, newest first, and those that still run."""

from collections.abc import Sequence
from dataclasses import dataclass

from netmon.domain.identifiers import TerritoryId
from netmon.domain.period import Period, PeriodKind
from netmon_collector.errors import NotFoundError
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.pages.shell.reader import Reader
from netmon_collector.wording.figures import period_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_MOST = {PeriodKind.WEEK: 8, PeriodKind.MONTH: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodChoice:
    """A period to choose; `counted` when the indicator counts it."""

    period: Period
    is_closed: bool
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodView:
    value: str
    text: str
    chosen: bool


def period_choices(found: FindingsOfNow, reader: Reader) -> Sequence[PeriodChoice]:
    """The first is what a reader sees who asked for none: the newest closed week, else what the indicator counts."""
    territory, counted = reader.territory.id, found.of(reader.territory.id).period
    closed = [
        PeriodChoice(period=period, is_closed=True, counted=period == counted)
        for kind, most in _MOST.items()
        for period in _newest(found, territory, kind, most)
    ]
    known = {one.period for one in closed}
    running = [Period.containing(reader.today, kind) for kind in (PeriodKind.WEEK, PeriodKind.MONTH)]
    if counted is not None and not closed:
        running = [counted, *running]
    return [
        *closed,
        *(
            PeriodChoice(period=one, is_closed=False, counted=one == counted)
            for one in dict.fromkeys(running)
            if one not in known
        ),
    ]


def _newest(found: FindingsOfNow, territory: TerritoryId, kind: PeriodKind, most: int) -> Sequence[Period]:
    return sorted(found.closed(territory, kind), reverse=True)[:most]


def shown_period(found: FindingsOfNow, reader: Reader, asked: Period | None) -> Period:
    """The period asked for, else the first choice. Raises NotFoundError for one that has not begun."""
    period = asked or period_choices(found, reader)[0].period
    if period.bounds(reader.territory.time_zone)[0] > reader.now:
        raise NotFoundError(f"the period {period.name} has not begun; name one that has")
    return period


def period_views(choices: Sequence[PeriodChoice], chosen: Period, language: Language) -> tuple[PeriodView, ...]:
    """As options of a choice; one that nobody offers, but somebody asked for, stands among them."""
    offered = {one.period for one in choices}
    every = choices if chosen in offered else [PeriodChoice(period=chosen, is_closed=True), *choices]
    return tuple(
        PeriodView(value=one.period.name, text=_text(one, language), chosen=one.period == chosen) for one in every
    )


def _text(one: PeriodChoice, language: Language) -> str:
    say, text = phrasebook(language).say, period_text(one.period, language)
    if not one.is_closed:
        return say("{period}, still running", period=text)
    return say("{period}, in the indicator", period=text) if one.counted else text

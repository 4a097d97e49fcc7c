"""Indicator 1 of a territory at a date: measured where netmon measured, entered for the years before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from netmon.domain.coverage import (
    CountedOrganisation,
    Coverage,
    EnteredShare,
    NearOrganisation,
    coverage,
    entered_coverage,
    nearest_to_compliance,
)
from netmon.domain.identifiers import OrganisationId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.policy import Policy, SchoolDays
from netmon.domain.registry import LineRule, Registry, Text
from netmon.domain.shortfall import short_by
from netmon.domain.verdict import VerdictOutcome
from netmon.wire.plain import plain
from netmon_collector.ports import ClosedOutcome, ClosedOutcomes, EvidenceReader
from netmon_collector.use_cases.calendars import Calendars, calendar_of
from netmon_collector.use_cases.judging import Judgement, judge_period

TargetAt = Callable[[date], int | None]
_SIMULATED = "simulated"


class Judgements:
    """What was judged for some inputs, and for others that differ in their `now` alone; without the slots."""

    def __init__(self) -> None:
        self._known: dict[tuple[Period, datetime], Judgement] = {}

    def of(self, period: Period, inputs: "IndicatorInputs") -> Judgement:
        key = period, inputs.now
        if key not in self._known:
            judgement = judge_period(
                inputs.territory,
                period,
                evidence=inputs.evidence,
                registry=inputs.registry,
                policy=inputs.policy,
                calendars=inputs.calendars,
                as_of=inputs.now,
            )
            self._known[key] = replace(judgement, slots={})
        return self._known[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorInputs:
    """Everything that the indicator of a territory is computed from.

    A period that was `closed` counts as it was closed; any other is judged by what is stored now.
    """

    territory: TerritoryId
    evidence: EvidenceReader
    entered: Sequence[EnteredShare]
    registry: Registry
    policy: Policy
    calendars: Calendars
    target_at: TargetAt
    now: datetime
    closed: ClosedOutcomes | None = None
    judgements: Judgements = field(default_factory=Judgements, compare=False)

    def judged(self, period: Period) -> Judgement:
        """A period as it is judged at `now`; judged once, however often it is asked for."""
        return self.judgements.of(period, self)


def indicator_at(at: date, inputs: IndicatorInputs) -> Coverage:
    """The indicator at a date. Dates before the first planned slot take the latest value entered for their year."""
    started = measuring_since(inputs)
    if started is None or at < started:
        share = _entered_for(at, inputs.entered)
        if share is not None:
            return entered_coverage(inputs.territory, at, share, target_percent=inputs.target_at(at))
    return _measured(at, inputs)


def measuring_since(inputs: IndicatorInputs) -> date | None:
    """The local date of the first planned slot of the territory, None before any."""
    lines = [line.id for line in inputs.registry.lines_in(inputs.territory)]
    first = inputs.evidence.first_slot_at(lines)
    zone = inputs.registry.territory_by_id[inputs.territory].time_zone
    return None if first is None else first.astimezone(zone).date()


def _entered_for(at: date, entered: Sequence[EnteredShare]) -> EnteredShare | None:
    known = [share for share in entered if share.at <= at and share.at.year == at.year]
    return max(known, key=lambda share: share.at, default=None)


def _measured(at: date, inputs: IndicatorInputs) -> Coverage:
    standings = _Standings(inputs)

    def calendar_of_organisation(organisation: OrganisationId) -> SchoolDays:
        territory = inputs.registry.organisation_by_id[organisation].territory
        return calendar_of(territory, inputs.calendars, inputs.registry)

    found = coverage(
        inputs.territory,
        at,
        [organisation.id for organisation in inputs.registry.organisations_in(inputs.territory, at)],
        standings.outcome,
        rule=inputs.policy.coverage,
        calendar_of=calendar_of_organisation,
        target_percent=inputs.target_at(at),
    )
    return replace(found, nearest=nearest_to_compliance(standings.short_by(found)))


class _Standings:
    """How organisations stood in each period that is asked for: as it was closed, else judged now, once."""

    def __init__(self, inputs: IndicatorInputs) -> None:
        self._inputs = inputs
        self._known: dict[Period, Mapping[OrganisationId, ClosedOutcome]] = {}

    def outcome(self, organisation: OrganisationId, period: Period) -> VerdictOutcome | None:
        found = self._of(period).get(organisation)
        return None if found is None else found.outcome

    def short_by(self, found: Coverage) -> Mapping[OrganisationId, int | None]:
        """How many passes each counted organisation lacked in the period that it counted with."""
        counted = [(one.id, self._of(one.period).get(one.id)) for one in found.organisations if one.period is not None]
        return {organisation: standing.short_by for organisation, standing in counted if standing is not None}

    def _of(self, period: Period) -> Mapping[OrganisationId, ClosedOutcome]:
        if period not in self._known:
            self._known[period] = self._closed(period) or self._judged(period)
        return self._known[period]

    def _closed(self, period: Period) -> Mapping[OrganisationId, ClosedOutcome] | None:
        closed = self._inputs.closed
        return None if closed is None else closed.closed_outcomes(self._inputs.territory, period)

    def _judged(self, period: Period) -> Mapping[OrganisationId, ClosedOutcome]:
        return outcomes_of(self._inputs.judged(period), self._inputs.registry)


def outcomes_of(judgement: Judgement, registry: Registry) -> Mapping[OrganisationId, ClosedOutcome]:
    """How each organisation of a judgement stands."""
    return {
        organisation: ClosedOutcome(
            outcome=verdict.outcome,
            short_by=short_by(
                verdict, any_is_enough=registry.organisation_by_id[organisation].line_rule is LineRule.ANY
            ),
        )
        for organisation, verdict in judgement.organisations.items()
    }


def trend(inputs: IndicatorInputs, *, first_year: int, today: date) -> Sequence[Coverage]:
    """The indicator at the end of every year from the first, and today."""
    return (*year_ends(inputs, first_year=first_year, today=today), indicator_at(today, inputs))


def year_ends(inputs: IndicatorInputs, *, first_year: int, today: date) -> Sequence[Coverage]:
    """The indicator at the end of every year from the first that is over."""
    return tuple(indicator_at(date(year, 12, 31), inputs) for year in range(first_year, today.year))


def indicator_document(found: Coverage) -> dict[str, object]:
    """The indicator as `indicator --json` and the API print it."""
    source = None if found.entered is None else (_SIMULATED if found.entered.illustrative else "entered")
    return {
        "territory": found.territory,
        "at": found.at.isoformat(),
        "numerator": found.numerator,
        "upper_numerator": found.upper_numerator,
        "denominator": found.denominator,
        "target_percent": found.target_percent,
        "met": found.met,
        "missing": found.missing,
        "source": source or "measured",
        "document": None if found.entered is None else found.entered.document,
        "author_role": None if found.entered is None else plain(found.entered.author_role),
        "organisations": [
            {
                "id": one.id,
                "verdict": one.outcome.value,
                "period": None if one.period is None else one.period.name,
                "carried": one.carried,
            }
            for one in found.organisations
        ],
        "nearest": [{"id": one.id, "short_by": one.short_by} for one in found.nearest],
    }


def restored_indicator(document: Mapping[str, Any]) -> Coverage:
    """The indicator that such a document was made of, as far as it is printed."""
    at, entered = date.fromisoformat(document["at"]), document["document"]
    return Coverage(
        territory=TerritoryId(document["territory"]),
        at=at,
        numerator=document["numerator"],
        upper_numerator=document["upper_numerator"],
        denominator=document["denominator"],
        target_percent=document["target_percent"],
        organisations=tuple(_restored_organisation(one) for one in document["organisations"]),
        nearest=tuple(
            NearOrganisation(id=OrganisationId(one["id"]), short_by=one["short_by"]) for one in document["nearest"]
        ),
        entered=None
        if entered is None
        else EnteredShare(
            at=at,
            numerator=document["numerator"],
            denominator=document["denominator"],
            document=entered,
            author_role=Text(**document["author_role"]),
            illustrative=document["source"] == _SIMULATED,
        ),
    )


def _restored_organisation(document: Mapping[str, Any]) -> CountedOrganisation:
    period = document["period"]
    return CountedOrganisation(
        id=OrganisationId(document["id"]),
        outcome=VerdictOutcome(document["verdict"]),
        period=None if period is None else Period.parse(period),
        carried=document["carried"],
    )

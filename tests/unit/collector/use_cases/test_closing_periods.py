"""Closing: stored once, revised only for a figure, exemptions and entered values by their dates."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest

from netmon.domain.closing import Link, closes_at, first_broken
from netmon.domain.coverage import Coverage, EnteredShare
from netmon.domain.identifiers import OrganisationId, TerritoryId
from netmon.domain.interval import Interval
from netmon.domain.period import Period
from netmon.domain.policy import EnoughData, Policy
from netmon.domain.registry import Exemption, Registry, TerritoryKind
from netmon.domain.slot import Slot
from netmon.domain.verdict import VerdictOutcome
from netmon.wire.canonical import content_hash
from netmon.wire.plain import plain
from netmon_collector.documents.verdicts import judgement_document
from netmon_collector.errors import TamperedError
from netmon_collector.ports import Closing
from netmon_collector.use_cases.closing import (
    ClosingInputs,
    changed_verdicts,
    close_due,
    closing_document,
    printed_verdict,
    revise,
    verified,
)
from netmon_collector.use_cases.indicator import IndicatorInputs, indicator_at, trend
from tests.support.closings import DISTRICT, KnownClosings, KnownEvidence
from tests.support.domain import LINE, MOSCOW, a_delivery, a_measurement, a_policy, a_registry, a_slot, a_text, local

NOVEMBER, DECEMBER = Period.parse("2026-11"), Period.parse("2026-12")
CLOSED = closes_at(NOVEMBER, MOSCOW)


def _slots(month: Period, count: int) -> Sequence[Slot]:
    """Ten slots each working day from the first of a month."""
    days = [month.first + timedelta(days=number) for number in range(31)]
    hours = [(day, hour) for day in days if month.contains(day) and day.weekday() < 5 for hour in range(8, 18)]
    return [a_slot(local(day, hour)) for day, hour in hours[:count]]


@dataclass
class District:
    """One school with one line, in memory."""

    evidence: KnownEvidence = field(default_factory=KnownEvidence)
    store: KnownClosings = field(default_factory=KnownClosings)
    registry: Registry = field(default_factory=lambda: a_registry(organisations=1))
    policy: Policy = field(default_factory=lambda: a_policy(enough=EnoughData(decided=5, days=1)))
    entered: tuple[EnteredShare, ...] = ()
    policies: dict[str, Policy] = field(default_factory=dict)

    def plan(self, month: Period, *, count: int = 100) -> Sequence[Slot]:
        slots = _slots(month, count)
        self.evidence.planned += slots
        self.evidence.delivered += [a_delivery(slot.starts_at) for slot in slots]
        return slots

    def measure(self, slots: Sequence[Slot], mbps: float) -> None:
        self.evidence.measured += [a_measurement(slot, mbps=mbps) for slot in slots]

    def inputs(self, now: datetime) -> ClosingInputs:
        self.policies[content_hash(plain(self.policy))] = self.policy
        return ClosingInputs(
            indicator=IndicatorInputs(
                territory=DISTRICT,
                evidence=self.evidence,
                entered=self.entered,
                registry=self.registry,
                policy=self.policy,
                calendars={},
                target_at=lambda _: 100,
                now=now,
                closed=self.store,
            ),
            store=self.store,
            describe=lambda judgement: judgement_document(judgement, judgement.all(), self.registry),
            policy_of=self.policies.get,
        )

    def close(self, now: datetime = CLOSED) -> list[str]:
        return [f"{link.period.name} {link.revision}" for link in close_due(self.inputs(now)) if _is_month(link)]

    def revise(self, now: datetime) -> list[str]:
        return [f"{link.period.name} {link.revision}" for link in revise(self.inputs(now)) if _is_month(link)]

    def closing(self, period: Period = NOVEMBER, revision: int | None = None) -> Closing:
        found = self.store.closing(DISTRICT, period, revision=revision)
        assert found is not None
        return found

    def indicator(self, at: date, now: datetime) -> Coverage:
        return indicator_at(at, self.inputs(now).indicator)


def _is_month(link: Link) -> bool:
    return link.period.kind is NOVEMBER.kind


def _school(closing: Closing) -> VerdictOutcome:
    return next(one.outcome for one in closing.verdicts if one.id == "school-01")


def _almost() -> tuple[District, Sequence[Slot]]:
    """79 of 100 passed, and the records of eleven more passes are still on their way."""
    district = District()
    slots = district.plan(NOVEMBER, count=111)
    district.measure(slots[:79], 60)
    district.measure(slots[79:100], 20)
    return district, slots[100:]


def test_a_month_is_closed_on_the_third_and_once() -> None:
    district, _ = _almost()
    assert district.close(CLOSED - timedelta(seconds=1)) == []
    assert district.close() == ["2026-11 1"]
    assert district.close(CLOSED + timedelta(hours=1)) == []
    assert _school(district.closing()) is VerdictOutcome.NON_COMPLIANT


def test_missed_periods_are_closed_later_each_with_its_own_figures() -> None:
    district = District()
    district.measure(district.plan(NOVEMBER), 60)
    district.measure(district.plan(DECEMBER), 20)
    assert district.close(closes_at(DECEMBER, MOSCOW)) == ["2026-11 1", "2026-12 1"]
    outcomes = [_school(district.closing(period)) for period in (NOVEMBER, DECEMBER)]
    assert outcomes == [VerdictOutcome.COMPLIANT, VerdictOutcome.NON_COMPLIANT]
    months = [(link, link.hash) for new, link in district.store.added if _is_month(link)]
    assert first_broken(months) is None
    assert len(months) == 2


def test_nothing_is_closed_before_any_measuring() -> None:
    assert District().close() == []


def test_late_data_that_changes_79_to_81_percent_is_revision_2_and_revision_1_stays() -> None:
    district, late = _almost()
    district.close()
    before = district.closing()
    district.measure(late, 60)
    assert district.close(CLOSED + timedelta(days=1)) == []
    assert _school(district.closing()) is VerdictOutcome.NON_COMPLIANT  # until the day's revision
    assert district.revise(CLOSED + timedelta(days=1)) == ["2026-11 2"]
    assert district.revise(CLOSED + timedelta(days=2)) == []
    assert _school(district.closing()) is VerdictOutcome.COMPLIANT
    assert district.closing(revision=1) == before
    assert [id_ for _, id_ in changed_verdicts(before.verdicts, district.closing().verdicts)] == [
        "line-01",
        "school-01",
        "site-01",
    ]
    shares = [
        next(printed_verdict(one)["share_percent"] for one in district.closing(revision=n).verdicts if one.id == LINE)
        for n in (1, 2)
    ]
    assert shares == [79.0, 81.08]


def test_an_agent_that_is_heard_of_again_is_no_new_revision() -> None:
    district, _ = _almost()
    district.evidence.seen[LINE] = CLOSED - timedelta(days=9)
    district.close()
    district.evidence.seen[LINE] = CLOSED + timedelta(days=1)
    assert district.revise(CLOSED + timedelta(days=1)) == []


def test_late_data_is_judged_by_the_policy_of_the_closing() -> None:
    district, late = _almost()
    district.close()
    district.policy = replace(district.policy, id="policy-next", min_share_percent=10)
    assert district.revise(CLOSED + timedelta(days=1)) == []
    district.measure(late, 60)
    assert district.revise(CLOSED + timedelta(days=1)) == ["2026-11 2"]
    first, second = (district.closing(revision=number) for number in (1, 2))
    assert (second.policy_id, second.link.policy_hash) == (first.policy_id, first.link.policy_hash)


def test_what_was_closed_by_a_policy_that_nobody_can_read_stands() -> None:
    district, late = _almost()
    district.close()
    district.measure(late, 60)
    assert revise(replace(district.inputs(CLOSED + timedelta(days=1)), policy_of=lambda _: None)) == []


def test_a_period_of_long_ago_is_not_revised_any_more() -> None:
    district, late = _almost()
    district.close()
    district.measure(late, 60)
    assert district.revise(CLOSED + timedelta(days=93)) == []


def test_the_indicator_counts_what_was_closed_until_it_is_revised() -> None:
    district, late = _almost()
    day = date(2026, 12, 10)
    district.close()
    district.measure(late, 60)
    assert district.indicator(day, CLOSED).numerator == 0
    district.revise(CLOSED + timedelta(days=1))
    assert district.indicator(day, CLOSED).numerator == 1
    assert district.closing().summary["indicator"]["numerator"] == 1  # type: ignore[index]
    assert district.closing(revision=1).summary["indicator"]["numerator"] == 0  # type: ignore[index]


def test_the_indicator_names_who_is_nearest_to_compliance_alike_before_and_after_closing() -> None:
    district, _ = _almost()
    near = district.indicator(NOVEMBER.last, CLOSED).nearest
    assert [(one.id, one.short_by) for one in near] == [("school-01", 1)]
    district.close()
    assert district.indicator(NOVEMBER.last, CLOSED).nearest == near


def test_the_document_of_a_closed_period_is_what_was_printed() -> None:
    district, _ = _almost()
    district.close()
    closing = district.closing()
    document = closing_document(closing, closing.verdicts)
    assert (document["revision"], document["period"], document["policy"]) == (1, "2026-11", "policy-test")
    school = next(one for one in document["verdicts"] if one["id"] == "school-01")
    assert (school["outcome"], school["pass"], school["fail"]) == ("NON_COMPLIANT", 79, 21)
    assert set(school["explanation"]) == {"ru", "en"}
    line = next(one for one in closing.verdicts if one.id == LINE)
    assert json.loads(line.content)["figures"]["counts"]["passed"] == 79


@pytest.mark.parametrize(
    ("to", "november", "december"),
    [
        (date(2027, 1, 1), VerdictOutcome.EXEMPT, VerdictOutcome.EXEMPT),
        (date(2026, 12, 1), VerdictOutcome.EXEMPT, VerdictOutcome.COMPLIANT),
        (date(2026, 11, 30), VerdictOutcome.COMPLIANT, VerdictOutcome.COMPLIANT),
    ],
)
def test_an_exemption_expires_by_its_date(to: date, november: VerdictOutcome, december: VerdictOutcome) -> None:
    exemption = Exemption(
        organisation=OrganisationId("school-01"),
        reason=a_text("repair"),
        document="order 7",
        approver_role=a_text("head"),
        during=Interval(date(2026, 11, 1), to),
    )
    district = District(registry=replace(a_registry(organisations=1), exemptions=(exemption,)))
    for month in (NOVEMBER, DECEMBER):
        district.measure(district.plan(month), 60)
    now = closes_at(DECEMBER, MOSCOW)
    live = [district.indicator(month.last, now) for month in (NOVEMBER, DECEMBER)]
    district.close(now)
    assert [_school(district.closing(month)) for month in (NOVEMBER, DECEMBER)] == [november, december]
    for found, outcome in zip(live, (november, december), strict=True):
        assert (found.denominator, found.numerator) == (1, 0 if outcome is VerdictOutcome.EXEMPT else 1)
        assert found.upper_numerator == found.numerator


def _entered(at: date, numerator: int) -> EnteredShare:
    return EnteredShare(at=at, numerator=numerator, denominator=17, document="letter", author_role=a_text("role"))


def test_entered_values_hold_for_their_year_and_end_where_measuring_begins() -> None:
    district = District(entered=(_entered(date(2024, 12, 31), 3), _entered(date(2026, 6, 30), 9)))
    district.measure(district.plan(NOVEMBER), 60)
    now = closes_at(NOVEMBER, MOSCOW)
    district.close(now)
    shown = trend(district.inputs(now).indicator, first_year=2023, today=date(2026, 12, 3))
    assert [(one.at.year, one.numerator, one.denominator, one.entered is not None) for one in shown] == [
        (2023, 0, 1, False),
        (2024, 3, 17, True),
        (2025, 0, 1, False),  # nobody entered a value for it: nothing is known, which is not the year before
        (2026, 1, 1, False),
    ]
    assert district.indicator(date(2026, 7, 1), now).numerator == 9
    assert district.indicator(date(2026, 6, 29), now).entered is None


def test_a_territory_without_lines_has_nothing_to_close() -> None:
    district, _ = _almost()
    inputs = district.inputs(CLOSED)
    elsewhere = replace(district.registry.territories[0], id=TerritoryId("elsewhere"))
    registry = replace(district.registry, territories=(*district.registry.territories, elsewhere))
    other = replace(inputs, indicator=replace(inputs.indicator, registry=registry, territory=elsewhere.id))
    assert close_due(other) == ()


def test_a_region_is_closed_like_its_districts_with_the_same_verdicts() -> None:
    district, _ = _almost()
    [inner] = district.registry.territories
    region = replace(inner, id=TerritoryId("region"), kind=TerritoryKind.REGION)
    inside = replace(inner, parent=region.id)
    district.registry = replace(district.registry, territories=(region, inside))
    district.close()
    inputs = district.inputs(CLOSED)
    assert close_due(replace(inputs, indicator=replace(inputs.indicator, territory=region.id)))
    found = district.store.closing(region.id, NOVEMBER)
    assert found is not None
    assert {one.hash for one in found.verdicts} == {one.hash for one in district.closing().verdicts}
    assert found.link.root == district.closing().link.root
    assert found.hash != district.closing().hash


def test_what_was_changed_afterwards_is_not_answered() -> None:
    district, _ = _almost()
    district.close()
    closing = district.closing()
    assert verified(closing) is closing
    first, *others = closing.verdicts
    for forged in (
        replace(closing, verdicts=tuple(others)),
        replace(closing, verdicts=(replace(first, content=first.content.replace("79", "81")), *others)),
        replace(closing, summary={}),
        replace(closing, hash="00"),
        replace(closing, link=replace(closing.link, closed_at=CLOSED - timedelta(days=1))),
    ):
        with pytest.raises(TamperedError, match="the closed period 2026-11 of district was changed in the database"):
            verified(forged)

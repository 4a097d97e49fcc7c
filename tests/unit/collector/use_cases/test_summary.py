"""The summary of a period: what changed against the one before, what fails and why, what late data has changed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from netmon.domain.closing import closes_at
from netmon.domain.identifiers import ActivityId, LineId, OrganisationId, ProviderId, TerritoryId
from netmon.domain.interval import Interval
from netmon.domain.latency import Outage, OutageCause
from netmon.domain.period import Period
from netmon.domain.registry import Exemption, Registry
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from netmon_collector.errors import NotFoundError, TamperedError
from netmon_collector.use_cases.summary import ChangeKind, Summary, summarise
from tests.support.domain import MOSCOW, a_registry, a_text, local
from tests.support.roadmaps import a_fact, a_result, a_roadmap, an_activity
from tests.support.weeks import BAD, GOOD, W46, W47, W48, Weeks

ONE, TWO, THREE = "line-01", "line-02", "line-03"


def changes(found: Summary) -> dict[str, str]:
    return {one.id: one.change.kind.value for one in found.organisations if one.change is not None}


def two_weeks(before: dict[str, float | None], now: dict[str, float | None]) -> Summary:
    """The second of two closed weeks."""
    weeks = Weeks()
    weeks.week(W46, before)
    weeks.close(W46)
    weeks.week(W47, now)
    weeks.close(W47)
    return weeks.summary(W47)


def test_nothing_to_report_is_a_summary_without_changes() -> None:
    found = two_weeks({ONE: GOOD, TWO: GOOD, THREE: GOOD}, {ONE: GOOD, TWO: GOOD, THREE: GOOD})

    assert changes(found) == {}
    assert (found.failing_lines, found.silent_lines, found.incidents, found.revisions) == ((), (), (), ())
    assert found.items.is_empty
    assert found.compared_with == W46
    assert found.count(VerdictOutcome.COMPLIANT) == 3


def test_who_fails_newly_still_or_no_longer_is_told_apart() -> None:
    found = two_weeks({ONE: GOOD, TWO: BAD, THREE: BAD}, {ONE: BAD, TWO: BAD, THREE: GOOD})

    assert changes(found) == {"school-01": "newly_failing", "school-02": "still_failing", "school-03": "recovered"}
    assert [one.id for one in found.failing_lines] == [ONE, TWO]
    since = {one.id: one.change.failing_since for one in found.organisations if one.change}
    assert since == {"school-01": W47, "school-02": W46, "school-03": W46}
    assert {one.id for one in found.changed_lines(ChangeKind.RECOVERED)} == {THREE}


def test_a_failing_line_says_whose_it_is_what_was_bought_and_what_decided() -> None:
    line = two_weeks({ONE: GOOD}, {ONE: BAD}).failing_lines[0]

    assert [one.id for one in line.organisations] == ["school-01"]
    assert line.provider is not None
    assert line.provider.id == "provider-a"
    assert line.contract is not None
    assert line.verdict.figures is not None
    assert line.verdict.figures.requirement.limits_bps == (47_500_000,)
    assert (line.verdict.figures.counts.passed, line.verdict.figures.counts.decided) == (0, 50)
    assert line.explanation.en.startswith("Does not comply: ")


def test_weeks_without_a_verdict_do_not_end_a_failing() -> None:
    weeks = Weeks()
    weeks.week(W46, {ONE: BAD, TWO: BAD})
    weeks.close(W47)  # a week in which nobody measured
    weeks.week(W48, {ONE: BAD, TWO: GOOD})
    weeks.close(W48)
    found = weeks.summary(W48)

    assert changes(found) | {"school-03": ""} == {
        "school-01": "still_failing",
        "school-02": "recovered",
        "school-03": "",
    }
    assert {one.change.failing_since for one in found.organisations if one.change and one.id != "school-03"} == {W46}


def test_a_silent_line_says_since_when() -> None:
    found = two_weeks({ONE: GOOD, TWO: None}, {ONE: None, TWO: None})
    silent = {one.id: one.change for one in found.silent_lines if one.change is not None}

    assert silent[LineId(ONE)].kind is ChangeKind.GONE_SILENT
    assert silent[LineId(ONE)].last_seen == local(date(2026, 11, 13), 17, 10)
    assert silent[LineId(TWO)].kind is ChangeKind.STILL_SILENT
    assert silent[LineId(TWO)].last_seen is None
    assert found.silent_lines[0].id != ONE  # who was never heard of goes first


def test_too_little_data_of_an_agent_that_is_heard_of_is_no_silence() -> None:
    weeks = Weeks()
    weeks.week(W46, {ONE: GOOD})
    weeks.close(W46)
    weeks.week(W47, {ONE: GOOD}, days=1)
    weeks.evidence.seen[LineId(ONE)] = local(W47.last, 12)
    weeks.close(W47)

    assert changes(weeks.summary(W47))["school-01"] == "no_longer_known"


def test_nobody_is_silent_in_a_week_of_which_no_school_day_is_over() -> None:
    weeks = Weeks()
    weeks.week(W46, {ONE: GOOD, TWO: GOOD, THREE: GOOD})
    weeks.close(W46)
    weeks.plan(W47, LineId(ONE))
    found = weeks.summary(W47, now=local(W47.first, 12))

    assert found.silent_lines == ()
    assert (found.closed, found.revision, found.made_at) == (None, 0, local(W47.first, 12))


def test_no_data_at_all_is_no_compliance_and_compares_with_nothing() -> None:
    found = Weeks().summary(W47)

    assert (found.measuring_since, found.compared_with, found.coverage_before) == (None, None, None)
    assert found.count(VerdictOutcome.INSUFFICIENT_DATA) == 3
    assert (found.coverage.numerator, found.coverage.upper_numerator, found.coverage.denominator) == (0, 3, 3)


def test_the_first_period_ever_is_compared_with_nothing() -> None:
    weeks = Weeks()
    weeks.week(W47, {ONE: BAD, TWO: GOOD})
    weeks.close(W47)
    found = weeks.summary(W47)

    assert found.compared_with is None
    assert changes(found)["school-01"] == "newly_failing"
    assert found.appeared == ()


def _with_third(during: Interval) -> Registry:
    registry = a_registry(organisations=3)
    third = replace(registry.organisations[2], during=during)
    return replace(registry, organisations=(*registry.organisations[:2], third))


def test_an_organisation_that_appeared_or_closed_is_named() -> None:
    for during, appeared, disappeared in (
        (Interval(start=W47.first), ["school-03"], []),
        (Interval(end=W47.first), [], ["school-03"]),
    ):
        weeks = Weeks(registry=_with_third(during))
        weeks.week(W46, {ONE: GOOD, TWO: GOOD, THREE: GOOD})
        weeks.close(W46)
        weeks.week(W47, {ONE: GOOD, TWO: GOOD, THREE: GOOD})
        weeks.close(W47)
        found = weeks.summary(W47)

        assert [one.id for one in found.appeared] == appeared
        assert [one.id for one in found.disappeared] == disappeared


def test_organisations_in_one_building_share_its_line() -> None:
    weeks = Weeks(registry=a_registry(organisations=2, shared=True))
    weeks.week(W47, {ONE: BAD})
    weeks.close(W47)
    found = weeks.summary(W47)

    assert [[user.id for user in one.organisations] for one in found.failing_lines] == [["school-01", "school-02"]]
    assert [one.lines for one in found.organisations] == [(ONE,), (ONE,)]
    assert [[other.id for other in one.shares_with] for one in found.organisations] == [["school-02"], ["school-01"]]


def test_an_exemption_is_a_change_once() -> None:
    exempt = Exemption(
        organisation=OrganisationId("school-01"),
        reason=a_text(),
        document="order 7",
        approver_role=a_text(),
        during=Interval(start=W47.first),
    )
    weeks = Weeks(registry=replace(a_registry(organisations=1), exemptions=(exempt,)))
    for period in (W46, W47, W48):
        weeks.week(period, {ONE: BAD})
        weeks.close(period)

    assert changes(weeks.summary(W47)) == {"school-01": "exempted"}
    assert changes(weeks.summary(W48)) == {}
    assert weeks.summary(W47).organisations[0].verdict.exemption_document == "order 7"


def test_a_closed_period_is_told_as_it_was_closed() -> None:
    weeks = Weeks()
    weeks.week(W47, {ONE: BAD, TWO: GOOD, THREE: None})
    weeks.close(W47)
    before = weeks.summary(W47)
    weeks.evidence.measured.clear()
    after = weeks.summary(W47, now=closes_at(W47, MOSCOW) + timedelta(days=30))

    assert before == after
    assert after.closed is not None
    assert (after.revision, after.made_at) == (1, closes_at(W47, MOSCOW))
    assert len(after.closed.root) == 64


def test_a_closed_period_says_the_same_as_it_said_when_it_was_judged() -> None:
    """The figures of a stored verdict are those of the judgement: nothing is lost on the way."""
    weeks = Weeks()
    weeks.week(W46, {ONE: GOOD, TWO: BAD})
    weeks.close(W46)
    weeks.week(W47, {ONE: BAD, TWO: GOOD, THREE: None})
    weeks.evidence.lost.append(an_outage_of(ONE, local(W47.first, 10), local(W47.first, 12)))
    judged = weeks.summary(W47, now=closes_at(W47, MOSCOW))
    weeks.close(W47)
    closed = weeks.summary(W47)

    assert closed.closed is not None
    assert replace(closed, closed=None) == judged


def test_a_closed_period_that_was_changed_is_not_told() -> None:
    weeks = Weeks()
    weeks.week(W47, {ONE: BAD})
    weeks.close(W47)
    new, link = weeks.store.added[-1]
    weeks.store.added[-1] = (replace(new, verdicts=new.verdicts[1:]), link)

    with pytest.raises(TamperedError, match="2026-W47"):
        weeks.summary(W47)


def an_outage_of(line: str, start: datetime, end: datetime) -> Outage:
    return Outage(line=LineId(line), started_at=start, ended_at=end, cause=OutageCause.PROVIDER)


def test_incidents_are_grouped_by_provider_the_longest_first() -> None:
    weeks = Weeks()
    weeks.week(W47, {ONE: GOOD, TWO: GOOD})
    for line, day, hours in ((ONE, 0, 1), (TWO, 0, 2), (ONE, 2, 3)):
        start = local(W47.first + timedelta(days=day), 10)
        weeks.evidence.lost.append(an_outage_of(line, start, start + timedelta(hours=hours)))
    weeks.close(W47)
    (found,) = weeks.summary(W47).incidents

    assert (found.provider, found.lines) == (ProviderId("provider-a"), (ONE, TWO))
    assert [len(one.outages) for one in found.incidents] == [1, 2]
    assert found.longest.ended_at - found.longest.started_at == timedelta(hours=3)


def test_a_revision_since_the_report_before_says_what_was_and_what_is() -> None:
    weeks = Weeks()
    slots = weeks.plan(W46, LineId(ONE))
    weeks.measure(slots[:25], GOOD)
    weeks.measure(slots[25:40], BAD)
    weeks.close(W46)
    weeks.measure(slots[40:], BAD)
    weeks.revise(closes_at(W46, MOSCOW) + timedelta(days=2))
    weeks.week(W47, {ONE: GOOD})
    weeks.close(W47)
    (found,) = weeks.summary(W47).revisions

    assert (found.period, found.from_revision, found.link.revision) == (W46, 1, 2)
    school = next(one for one in found.verdicts if one.kind is SubjectKind.ORGANISATION)
    assert school.before is not None
    assert school.now is not None
    assert (school.before.passed, school.before.decided) == (25, 40)
    assert (school.now.passed, school.now.decided) == (25, 50)
    weeks.week(W48, {ONE: GOOD})
    weeks.close(W48)
    assert weeks.summary(W48).revisions == ()


def test_the_revisions_of_the_morning_of_a_closing_are_in_its_report() -> None:
    weeks = Weeks()
    slots = weeks.plan(W46, LineId(ONE))
    weeks.measure(slots[:30], BAD)
    weeks.close(W46)
    weeks.week(W47, {ONE: GOOD})
    weeks.close(W47)
    weeks.measure(slots[30:], BAD)
    weeks.revise(closes_at(W47, MOSCOW) + timedelta(minutes=10))

    assert [one.period for one in weeks.summary(W47).revisions] == [W46]


def test_an_earlier_revision_can_still_be_told() -> None:
    weeks = Weeks()
    slots = weeks.plan(W46, LineId(ONE))
    weeks.measure(slots[:30], GOOD)
    weeks.close(W46)
    weeks.measure(slots[30:], BAD)
    weeks.revise(closes_at(W46, MOSCOW) + timedelta(days=1))

    found = [weeks.summary(W46, revision=number).lines[0].verdict.figures for number in (1, 2)]
    assert [one.counts.decided for one in found if one is not None] == [30, 50]
    assert weeks.summary(W46).revision == 2
    with pytest.raises(NotFoundError, match="has no revision 3"):
        weeks.summary(W46, revision=3)


def test_a_period_that_has_not_begun_is_refused() -> None:
    with pytest.raises(NotFoundError, match="2026-W48 has not begun"):
        Weeks().summary(W48, now=local(W47.first, 12))


def test_since_yesterday_compares_a_period_with_itself() -> None:
    weeks = Weeks()
    slots = weeks.plan(W47, LineId(ONE))
    weeks.measure(slots[:25], GOOD)
    weeks.measure(slots[25:], BAD)
    now, yesterday = local(date(2026, 11, 20), 23), local(date(2026, 11, 20), 0)
    found = weeks.summary(W47, now=now, since=yesterday)

    assert (found.since, found.compared_with) == (yesterday, W47)
    assert changes(found)["school-01"] == "newly_failing"
    change = found.organisations[0].change
    assert change is not None
    assert change.before is VerdictOutcome.INSUFFICIENT_DATA  # four days are too few


def test_a_month_is_compared_with_the_month_before() -> None:
    weeks = Weeks()
    for number in range(41, 49):
        weeks.week(Period.parse(f"2026-W{number}"), {ONE: GOOD if number < 45 else BAD})
    weeks.close(W48, late=timedelta(days=10))
    found = weeks.summary(Period.parse("2026-11"), now=local(date(2026, 12, 10), 12))

    assert found.compared_with == Period.parse("2026-10")
    assert changes(found)["school-01"] == "newly_failing"
    assert found.coverage_before is not None
    assert (found.coverage_before.numerator, found.coverage.numerator) == (1, 0)
    assert [one.at for one in found.trend] == [date(2026, 11, 30)]


def test_the_roadmap_says_what_is_due_overdue_and_done() -> None:
    overdue = replace(an_activity(start=None, end=date(2026, 10, 1)), id=ActivityId("late"))
    due = replace(an_activity(start=None, end=date(2026, 12, 1)), id=ActivityId("soon"))
    far = replace(an_activity(start=None, end=date(2027, 5, 1)), id=ActivityId("far"))
    done = replace(an_activity(start=None, end=date(2026, 12, 1)), id=ActivityId("done"))
    result = a_result(due=date(2026, 12, 1))
    roadmap = replace(
        a_roadmap(a_fact(done, date(2026, 11, 18), done=True)),
        territory=TerritoryId("district"),
        activities=(overdue, due, far, done),
        results=(result,),
    )
    weeks = Weeks(roadmap=roadmap)
    weeks.week(W47, {ONE: GOOD})
    weeks.close(W47)
    items = weeks.summary(W47).items

    assert [[one.id for one, _ in of] for of in (items.overdue, items.due, items.done)] == [
        ["late"],
        ["soon"],
        ["done"],
    ]
    assert [one.id for one, _ in items.due_results] == ["result-1.10"]
    assert items.overdue_results == ()


def test_another_territory_has_no_roadmap_of_ours() -> None:
    weeks = Weeks(roadmap=replace(a_roadmap(), territory=TerritoryId("elsewhere")))
    found = weeks.summary(W47)

    assert found.roadmap is None
    assert found.items.is_empty


def test_a_line_that_the_registry_forgot_is_still_told() -> None:
    weeks = Weeks()
    weeks.week(W47, {ONE: BAD, TWO: GOOD, THREE: GOOD})
    weeks.close(W47)
    weeks.registry = a_registry(organisations=2)
    weeks.registry = replace(
        weeks.registry,
        organisations=weeks.registry.organisations[1:],
        sites=weeks.registry.sites[1:],
        lines=weeks.registry.lines[1:],
    )
    found = summarise(weeks.inputs(closes_at(W47, MOSCOW)), W47)

    assert [(one.id, one.address, one.organisations) for one in found.failing_lines] == [(ONE, None, ())]
    assert [one.name.en for one in found.organisations] == ["school-01", "text", "school-03"]

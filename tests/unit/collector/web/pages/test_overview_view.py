"""What the page shows of a territory: words and numbers, before any template."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from netmon.domain.identifiers import LineId
from netmon.domain.interval import Interval
from netmon.domain.registry import Occupancy, Registry, Text
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.web.pages.overview.view import PageView, TerritoryState, page_view, parse_filter
from netmon_collector.wording import Language
from tests.support.pages import a_state, an_entered_coverage, an_unknown_coverage
from tests.support.registries import a_registry, a_school

RU, EN = Language.RU, Language.EN


def names(page: PageView) -> list[str]:
    return [one.name for one in page.organisations]


def test_the_indicator_is_counted_in_organisations() -> None:
    it = page_view(a_state(), RU).indicator

    assert (it.numerator, it.upper_numerator, it.denominator, it.unknown) == (8, 13, 17, 5)
    assert (it.percent, it.upper_percent, it.target) == ("47\u00a0%", "76\u00a0%", "100\u00a0%")
    assert (it.met, it.missing) == (False, 9)
    assert (it.confirmed_width, it.upper_width, it.target_width) == ("47.06%", "76.47%", "100%")
    assert it.period == "ноябрь 2026\u00a0г."


def test_without_a_target_nothing_is_missing() -> None:
    it = page_view(a_state(target=None), RU).indicator

    assert (it.target, it.met, it.missing, it.target_width) == (None, None, None, None)


def test_a_carried_period_says_so() -> None:
    page = page_view(a_state(carried=True), EN)

    assert page.indicator.period == "November 2026, carried over: the periods after it had too few school days"
    assert {one.carried_from for one in page.organisations} == {"November 2026"}


def test_an_entered_value_names_its_document_and_has_no_organisations() -> None:
    page = page_view(replace(a_state(), coverage=an_entered_coverage(2021, 8, illustrative=False)), RU)

    assert page.indicator.source == "отчёт за 2021 год"
    assert page.indicator.period is None
    assert page.organisations == ()


def test_problems_come_first_and_numbers_are_sorted_as_numbers() -> None:
    page = page_view(a_state(), RU)

    outcomes = [one.outcome for one in page.organisations]
    assert outcomes == ["non_compliant"] * 3 + ["insufficient_data"] * 5 + ["exempt"] + ["compliant"] * 8
    assert names(page)[:3] == ["Школа № 2", "Школа № 3", "Школа № 5"]
    assert names(page)[-3:] == ["Школа № 12", "Школа № 14", "Школа № 17"]


def test_a_raised_digit_in_a_name_is_no_number() -> None:
    state = a_state()
    first = state.registry.organisations[0]
    odd = replace(first, name=Text(ru="Школа № 10²", en="School No. 10²"))
    registry = replace(state.registry, organisations=(odd, *state.registry.organisations[1:]))

    assert "Школа № 10²" in names(page_view(replace(state, registry=registry), RU))


def test_a_filter_shows_one_verdict_and_still_counts_all() -> None:
    page = page_view(a_state(), EN, VerdictOutcome.EXEMPT)

    assert names(page) == ["School No. 16"]
    assert [(one.value, one.count, one.chosen) for one in page.filters] == [
        ("", 17, False),
        ("non_compliant", 3, False),
        ("insufficient_data", 5, False),
        ("exempt", 1, True),
        ("compliant", 8, False),
    ]


def test_a_chosen_verdict_that_nobody_has_is_still_offered() -> None:
    page = page_view(a_state(), RU, VerdictOutcome.UNMEASURABLE)

    assert page.organisations == ()
    assert [one.word for one in page.filters if one.chosen] == ["Не удалось измерить"]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("non_compliant", VerdictOutcome.NON_COMPLIANT),
        ("EXEMPT", VerdictOutcome.EXEMPT),
        ("", None),
        (None, None),
        ("<script>", None),
    ],
)
def test_an_unknown_filter_is_no_filter(text: str | None, outcome: VerdictOutcome | None) -> None:
    assert parse_filter(text) is outcome


def test_an_organisation_shows_where_it_is_and_what_its_lines_reached() -> None:
    two_buildings = next(one for one in page_view(a_state(), RU).organisations if one.id == "o-02")

    assert two_buildings.localities == ("д. Примерная, сельский населённый пункт",)
    assert two_buildings.providers == ("Оператор А",)
    assert [(line.id, line.rate, line.threshold) for line in two_buildings.lines] == [
        ("l-02", "94,2\u00a0Мбит/с", "50\u00a0Мбит/с"),
        ("l-02-2", "31,4\u00a0Мбит/с", "50\u00a0Мбит/с"),
    ]
    assert two_buildings.reason.startswith("Не соответствует 1 из 2 зданий; ул. Школьная, 2, корпус 2:")


def test_a_line_without_a_full_measurement_has_no_rate() -> None:
    dead = next(one for one in page_view(a_state(), RU).organisations if one.id == "o-05")

    assert [line.rate for line in dead.lines] == [None]


def test_the_agent_silent_for_longest_is_shown_in_local_time() -> None:
    state = a_state()
    late = replace(state, last_seen={**state.last_seen, LineId("l-02-2"): datetime(2026, 11, 1, 21, 30, tzinfo=UTC)})
    seen = {one.id: one.last_seen for one in page_view(late, RU).organisations}

    assert seen["o-01"] == "23.11.2026, 12:03"
    assert seen["o-02"] == "02.11.2026, 00:30"
    assert seen["o-08"] is None


def test_an_organisation_without_a_verdict_says_so() -> None:
    registry = a_registry(a_school(1))
    state = replace(a_state(), registry=registry, coverage=an_unknown_coverage(2025, registry), verdicts={}, trend=())

    (only,) = page_view(state, RU).organisations

    assert only.reason == "Заключения за учитываемый период нет."
    assert only.details == ()
    assert page_view(state, RU).indicator.period is None


def test_organisations_in_one_building_name_each_other() -> None:
    registry = a_registry(a_school(1), a_school(2))
    shared = replace(registry.sites[0], occupancies=(*registry.sites[0].occupancies, Occupancy(organisation="o-02")))  # type: ignore[arg-type]
    page = page_view(_with(replace(registry, sites=(shared, *registry.sites[1:]))), EN)

    assert {one.id: one.shares_with for one in page.organisations} == {
        "o-01": ("School No. 2",),
        "o-02": ("School No. 1",),
    }


def test_a_line_without_a_contract_on_the_day_has_no_provider() -> None:
    registry = a_registry(a_school(1))
    expired = replace(registry.lines[0].contracts[0], during=Interval(date(2020, 1, 1), date(2021, 1, 1)))
    lines = (replace(registry.lines[0], contracts=(expired,)),)

    assert [one.providers for one in page_view(_with(replace(registry, lines=lines)), RU).organisations] == [()]


def _with(registry: Registry) -> TerritoryState:
    coverage = an_unknown_coverage(2026, registry)
    return replace(a_state(), registry=registry, coverage=coverage, verdicts={}, trend=(), last_seen={})


def test_the_policy_is_always_named() -> None:
    page = page_view(a_state(), RU)

    assert (page.policy, page.policy_id, page.required, page.tolerance) == (
        "policy",
        "policy-test",
        "80\u00a0%",
        "5\u00a0%",
    )
    assert [one.limit for one in page.thresholds] == ["95\u00a0Мбит/с", "47,5\u00a0Мбит/с", "47,5\u00a0Мбит/с"]


def test_a_demonstration_is_marked() -> None:
    page, plain = page_view(a_state(demonstration=True), RU), page_view(a_state(), RU)

    assert (page.demonstration, page.emulated, page.simulated) == (True, 2, True)
    assert (plain.demonstration, plain.emulated, plain.simulated) == (False, 0, False)
    assert [one.id for one in page.organisations for line in one.lines if line.emulated] == ["o-03", "o-06"]

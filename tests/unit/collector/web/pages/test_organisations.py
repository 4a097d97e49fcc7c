"""The list of organisations: filters, order, pages, and the tables that are taken away."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from netmon.domain.availability import Availability
from netmon.domain.identifiers import LineId, OrganisationId, ProviderId
from netmon.domain.period import Period
from netmon.domain.registry import LocalityType
from netmon.domain.verdict import Finding, VerdictOutcome
from netmon_collector.charts.sparkline import sparkline
from netmon_collector.web.pages.organisations.asked import Asked, Order, chosen_rows
from netmon_collector.web.pages.organisations.export import organisations_csv, organisations_xlsx
from netmon_collector.web.pages.organisations.rows import OrganisationRow
from netmon_collector.web.pages.organisations.view import page_of
from netmon_collector.wording import Language

RU, EN = Language.RU, Language.EN
HOUR = timedelta(hours=1)


def a_row(
    number: int,
    outcome: VerdictOutcome = VerdictOutcome.COMPLIANT,
    *,
    rate_mbps: float | None = 49.19,
    threshold_mbps: int = 50,
    passed: int = 9,
    decided: int = 10,
    provider: str = "a",
    kind: LocalityType = LocalityType.RURAL,
) -> OrganisationRow:
    return OrganisationRow(
        id=OrganisationId(f"school-{number:02d}"),
        name=f"Школа № {number}",
        outcome=outcome,
        line=LineId(f"line-{number:02d}"),
        providers=((ProviderId(provider), f"Оператор {provider.upper()}"),),
        localities=("Деревня",),
        kinds=frozenset({kind}),
        rate_bps=None if rate_mbps is None else round(rate_mbps * 1_000_000),
        threshold_bps=threshold_mbps * 1_000_000,
        contract_bps=100_000_000,
        passed=passed,
        decided=decided,
        availability=Availability(working=10 * HOUR, up=9 * HOUR, down=HOUR),
        last_seen=datetime(2026, 11, 23, 9, number, tzinfo=UTC),
    )


def numbers(rows: Sequence[OrganisationRow]) -> list[int]:
    return [int(one.id[-2:]) for one in rows]


def test_what_needs_doing_comes_first_and_numbers_are_numbers() -> None:
    rows = [a_row(10), a_row(2), a_row(3, VerdictOutcome.NON_COMPLIANT), a_row(4, VerdictOutcome.EXEMPT)]

    assert numbers(chosen_rows(rows, Asked())) == [3, 4, 2, 10]


def test_rates_are_ordered_by_what_is_required_and_unknown_ones_are_last() -> None:
    rows = [a_row(1, rate_mbps=60, threshold_mbps=100), a_row(2, rate_mbps=40), a_row(3, rate_mbps=None)]

    assert numbers(chosen_rows(rows, Asked(order=Order.RATE))) == [1, 2, 3]
    assert numbers(chosen_rows(rows, Asked(order=Order.RATE, descending=True))) == [2, 1, 3]


def test_filters_go_together() -> None:
    rows = [
        a_row(1, VerdictOutcome.NON_COMPLIANT, provider="b"),
        a_row(2, VerdictOutcome.NON_COMPLIANT, kind=LocalityType.CITY),
        a_row(3, provider="b"),
    ]

    assert numbers(chosen_rows(rows, Asked(verdict=VerdictOutcome.NON_COMPLIANT))) == [1, 2]
    assert numbers(chosen_rows(rows, Asked(verdict=VerdictOutcome.NON_COMPLIANT, provider="b"))) == [1]
    assert numbers(chosen_rows(rows, Asked(locality=LocalityType.CITY))) == [2]
    assert numbers(chosen_rows(rows, Asked(text="ШКОЛА оператор b"))) == [1, 3]
    assert numbers(chosen_rows(rows, Asked(text="nothing like that"))) == []


def test_the_address_holds_the_state() -> None:
    asked = Asked.read(
        {
            "verdict": "non_compliant",
            "provider": "a",
            "locality": "rural",
            "q": " школа ",
            "sort": "-rate",
            "page": "3",
            "period": "2026-W47",
        }
    )

    assert asked == Asked(
        period=Period.parse("2026-W47"),
        text="школа",
        verdict=VerdictOutcome.NON_COMPLIANT,
        provider="a",
        locality=LocalityType.RURAL,
        order=Order.RATE,
        descending=True,
        page=3,
    )
    said = {key: str(value) for key, value in asked.query(page=3).items() if value is not None}
    assert Asked.read(said) == asked


@pytest.mark.parametrize("query", [{"page": "-1"}, {"sort": "colour"}, {"verdict": "<b>"}, {"period": "soon"}, {}])
def test_what_the_address_does_not_know_it_leaves_out(query: dict[str, str]) -> None:
    assert Asked.read(query) == Asked()


def test_another_filter_begins_on_the_first_page() -> None:
    assert Asked(page=4).query(verdict=VerdictOutcome.EXEMPT)["page"] is None


def test_a_page_beyond_the_last_is_the_last() -> None:
    rows = [a_row(number % 60) for number in range(120)]

    assert [(page, len(shown)) for page, shown in (page_of(rows, Asked(page=one)) for one in (1, 3, 99))] == [
        (1, 50),
        (3, 20),
        (3, 20),
    ]
    assert page_of([], Asked(page=7)) == (1, [])


def test_russian_csv_is_what_a_russian_excel_opens() -> None:
    text = organisations_csv([a_row(1), replace(a_row(2), rate_bps=None, availability=None, last_seen=None)], RU)
    heading, first, second = text.removeprefix("\ufeff").splitlines()

    assert text.startswith("\ufeff")
    assert heading.startswith("Код;Организация;Заключение;")
    assert first == (
        "school-01;Школа № 1;Соответствует;Оператор A;Деревня;сельский населённый пункт;line-01;"
        "49,1;50,0;100,0;9;10;90,00;90,00;2026-11-23 09:01;"
    )
    assert second.split(";")[7] == ""


def test_why_an_organisation_fails_at_a_good_share_is_shown_and_taken_away() -> None:
    row = replace(a_row(1, VerdictOutcome.NON_COMPLIANT, passed=10), findings=(Finding.BURST, Finding.UNAVAILABLE))
    said = "скорость держится лишь первые секунды; перерывы связи сверх допустимого"
    (_, taken) = organisations_csv([row], RU).splitlines()
    assert taken.endswith(f'"{said}"')


def test_english_csv_has_commas_and_points() -> None:
    assert ",49.1,50.0,100.0,9,10,90.00,90.00," in organisations_csv([a_row(1)], EN)


@pytest.mark.parametrize("name", ["=1+1", "+7", "-2", "@SUM(A1)", "\t=1"])
def test_no_name_becomes_a_formula(name: str) -> None:
    row = replace(a_row(1), name=name)
    sheet = openpyxl.load_workbook(io.BytesIO(organisations_xlsx([row], "ноябрь", RU))).active

    assert f"'{name}" in organisations_csv([row], RU)
    assert sheet is not None
    assert (sheet.cell(4, 2).value, sheet.cell(4, 2).data_type) == (name, "s")


def test_xlsx_has_numbers_as_numbers_and_nothing_for_what_is_unknown() -> None:
    rows = [a_row(1), replace(a_row(2), rate_bps=None)]
    sheet = openpyxl.load_workbook(io.BytesIO(organisations_xlsx(rows, "ноябрь 2026", RU))).active

    assert sheet is not None
    assert sheet["A1"].value == "ноябрь 2026"
    assert [sheet.cell(row, 8).value for row in (4, 5)] == [49.1, None]
    assert [sheet.cell(4, column).value for column in (9, 11, 12, 13)] == [50, 9, 10, 90]


def test_a_spark_tells_good_bad_and_empty_days_apart() -> None:
    drawn = sparkline([(10, 10), (5, 10), (0, 0), (0, 4)], 80, label="30 дней")

    assert 'aria-label="30 дней"' in drawn
    assert drawn.count("<path") == 3
    assert 'd="M0 20v-20h3v20z"' in drawn
    assert 'd="M4 20v-10h3v10zM12 20v-2h3v2z"' in drawn
    assert 'd="M8 20v-2h3v2z"' in drawn

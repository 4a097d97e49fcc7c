"""The registry as one flat table: there and back, merged as a whole or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from netmon.config.defaults import default_file
from netmon.config.registry import read_registry
from netmon.domain.interval import Dated, History, Interval
from netmon.domain.registry import LocalityType, Registry, Text
from netmon_collector.errors import TableError
from netmon_collector.use_cases.registry_export import registry_csv
from netmon_collector.use_cases.registry_import import differences, merge_table
from tests.support import registries
from tests.support.domain import a_registry, a_text

SHIPPED = read_registry(default_file("registry.yaml"))
GROWN = a_registry(
    history=History(
        (
            Dated(value=LocalityType.RURAL, during=Interval(None, date(2026, 1, 1))),
            Dated(value=LocalityType.CITY, during=Interval(date(2026, 1, 1), None)),
        )
    ),
    contract_mbps=100,
)
EVERY = [SHIPPED, registries.a_registry(registries.a_school(1, buildings=2)), a_registry(shared=True), GROWN]


def _bare(registry: Registry) -> Registry:
    return replace(registry, localities=(), organisations=(), sites=(), lines=(), providers=(), exemptions=())


def _merge(text: str, registry: Registry = SHIPPED) -> Registry:
    return merge_table(text.encode(), registry)


def _wrong(text: str, registry: Registry = SHIPPED) -> tuple[str, Sequence[str]]:
    with pytest.raises(TableError) as error:
        _merge(text, registry)
    return str(error.value), error.value.lines


def _texts(before: Registry, after: Registry) -> list[str]:
    return [str(one) for one in differences(before, after)]


@pytest.mark.parametrize("registry", EVERY)
def test_what_was_exported_is_imported_without_a_change(registry: Registry) -> None:
    assert _merge(registry_csv(registry), registry) == registry
    assert differences(registry, _merge(registry_csv(registry), registry)) == []


@pytest.mark.parametrize("registry", EVERY)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_whole_registry_is_made_of_its_table(registry: Registry, encoding: str) -> None:
    table = registry_csv(registry).encode(encoding)
    assert merge_table(table, _bare(registry)) == replace(registry, exemptions=())


def test_the_delimiter_of_a_spreadsheet_is_found() -> None:
    table = registry_csv(a_registry()).replace(",", ";")
    assert _merge(table, _bare(a_registry())) == a_registry()


def test_leading_zeros_are_kept() -> None:
    text = "organisation,organisation_name_ru,external_ids.code,external_ids.inn\n0071.10,Школа,0001,007700000001\n"
    found = _merge(text).organisations[-1]
    assert (found.id, found.external_ids) == ("0071.10", {"code": "0001", "inn": "007700000001"})
    assert found.name == Text(ru="Школа", en="Школа")
    assert found.territory == "district"  # the only one that contains no other


def test_a_contract_ends_and_the_next_begins() -> None:
    text = (
        "line;provider;contract_number;rate_mbps;price_rub_month;contract_from;contract_to\n"
        "line-02;provider-a;П-004;100;4500;2024-01-01;01.01.2027\n"
        "line-02;provider-b;П-100;99,5;5000;01.01.2027;\n"
    )
    after = _merge(text)
    ended, new = after.line_by_id[SHIPPED.lines[2].id].contracts
    assert (ended.number, ended.during) == ("П-004", Interval(date(2024, 1, 1), date(2027, 1, 1)))
    assert (new.number, new.rate_bps, new.price_rub_month) == ("П-100", 99_500_000, 5000)
    assert _texts(SHIPPED, after) == ["~ lines: line-02: contracts"]


def test_columns_that_the_table_does_not_have_leave_what_was_there() -> None:
    after = _merge("organisation,organisation_name_ru\nschool-01,Новое имя\n")
    before = SHIPPED.organisation_by_id[after.organisations[0].id]
    assert after.organisations[0] == replace(before, name=Text(ru="Новое имя", en=before.name.en))
    assert _texts(SHIPPED, after) == ["~ organisations: school-01: name"]


def test_an_empty_cell_reopens_what_was_ended() -> None:
    ended = replace(a_registry(), organisations=tuple(
        replace(one, during=Interval(None, date(2026, 1, 1))) for one in a_registry().organisations
    ))  # fmt: skip
    after = _merge("organisation,organisation_to\nschool-01,\n", ended)
    assert [one.during.end for one in after.organisations] == [None, date(2026, 1, 1)]


def test_a_locality_that_became_a_city_gets_a_second_type() -> None:
    text = (
        "locality,locality_type,type_from,type_to\nvillage-a,rural,2018-01-01,2026-07-01\nvillage-a,city,2026-07-01,\n"
    )
    types = {one.id: one.types for one in _merge(text).localities}
    village = next(types[one] for one in types if one == "village-a")
    assert (village.at(date(2026, 6, 30)), village.at(date(2026, 7, 1))) == (LocalityType.RURAL, LocalityType.CITY)


def test_what_a_table_adds_and_changes_is_listed() -> None:
    text = (
        "organisation,organisation_name_ru,site,locality,address_ru,line,role,provider,provider_name_ru,"
        "contract_number,rate_mbps\n"
        "school-99,Школа,site-99,village-a,Адрес,line-99,main,provider-x,Провайдер,1.10,50\n"
    )
    assert _texts(SHIPPED, _merge(text)) == [
        "+ providers: provider-x",
        "+ organisations: school-99",
        "+ sites: site-99",
        "+ lines: line-99",
    ]


def test_every_wrong_line_is_listed_and_nothing_is_imported() -> None:
    text = (
        "line,contract_number,provider,rate_mbps,price_rub_month,contract_from,role\n"
        "line-02,1,provider-a,fast,1,2026-01-01,main\n"
        "line-02,2,provider-a,-5,1.5,31.02.2026,spare\n"
        "line-02,3,provider-a\n"
    )
    message, lines = _wrong(text)
    assert message == "nothing was imported; line 2: rate_mbps: 'fast' is not a number"
    assert lines == (
        "line 2: rate_mbps: 'fast' is not a number",
        "line 3: rate_mbps: -5 is no rate: write Mb/s from 0.1 to 100000",
        "line 3: price_rub_month: 1.5 is no price: write whole roubles a month",
        "line 3: contract_from: '31.02.2026' is not a day: write YYYY-MM-DD or DD.MM.YYYY",
        "line 3: role: 'spare' is unknown: write one of main, backup",
        "line 4: has 3 cells where the heading has 7",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "organisation,organisation_from,organisation_to\nschool-01,2026-01-01,2025-01-01\n",
            "line 2: an interval ends on 2025-01-01, not after its start 2026-01-01",
        ),
        (
            "line,contract_number,provider,rate_mbps,contract_from\nline-02,new,provider-a,100,2025-01-01\n",
            "line 'line-02' has overlapping contracts П-004 and new",
        ),
        (
            "line,role\nline-02,main\nline-02,backup\n",
            "line 3: role: 'backup' of line 'line-02' contradicts 'main' on line 2",
        ),
        ("organisation\nschool-99\n", "line 2: 'school-99' is new and has no organisation_name_ru"),
        ("line,site,role\nline-99,site-99,main\n", "line 2: 'site-99' is new and has no locality"),
        ("line,speed\nline-02,1\n", "line 1: unknown column 'speed'; known: territory, "),
        ("line,line\nline-02,1\n", "line 1: two columns are called 'line'; keep one of the two"),
        ("organisation,organisation_name_ru\nа б,Школа\n", "line 2: organisation: 'а б' is not an identifier"),
        ("site,organisation,teaching\nsite-01,school-01,maybe\n", "line 2: teaching: 'maybe' is not true or false"),
    ],
)
def test_a_contradiction_is_one_line(text: str, why: str) -> None:
    message, _ = _wrong(text)
    assert why in message
    assert "\n" not in message


def test_without_a_single_district_the_territory_must_be_said() -> None:
    other = replace(SHIPPED.territories[1], id="district-2", name=a_text())  # type: ignore[arg-type]
    registry = replace(SHIPPED, territories=(*SHIPPED.territories, other))
    message, _ = _wrong("organisation,organisation_name_ru\nschool-99,Школа\n", registry)
    assert "line 2: 'school-99' is new and has no territory" in message

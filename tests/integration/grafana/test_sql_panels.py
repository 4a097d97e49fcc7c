"""Every query that dashboards put to PostgreSQL, on a real one that knows six weeks; figures as the domain has them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from netmon.domain.identifiers import TerritoryId
from netmon.domain.period import Period
from netmon.domain.registry import Text
from netmon.domain.roadmap_state import ActivityStatus, activity_state
from netmon.domain.verdict import SubjectKind
from netmon_collector.services import Services
from tests.support.grafana import FOLDER, filled_sql, target, targets
from tests.support.lived import LINES, RATES
from tests.support.monitored import a_monitored_district
from tests.support.postgres import FAST, a_cluster

pytestmark = pytest.mark.needs("postgresql")
DISTRICT = TerritoryId("district")
DECEMBER = Period.parse("2026-12")
Rows = list[dict[str, Any]]


class Grafana:
    """Asks as Grafana does: panels by name, with the variables chosen and the time range set."""

    def __init__(self, services: Services, connection: psycopg.Connection[dict[str, Any]]) -> None:
        self.services = services
        self._connection = connection
        self.until = services.clock.now()

    def ask(self, text: str, *, until: datetime | None = None, **chosen: list[str]) -> Rows:
        variables: Mapping[str, list[str]] = {
            "territory": ["district"],
            "organisation": ["school-01"],
            "provider": ["north", "south"],
            **chosen,
        }
        last = until or self.until
        sql = filled_sql(text, variables, last - timedelta(days=90), last)
        with self._connection.transaction():
            return self._connection.execute(sql.encode()).fetchall()

    def panel(self, board: str, title: str, letter: str = "A", **chosen: list[str]) -> Rows:
        return self.ask(target(board, title, letter).text, until=None, **chosen)


@pytest.fixture(scope="module")
def grafana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    folder: Path = tmp_path_factory.mktemp("monitored")
    with a_cluster(*FAST) as cluster:
        url = cluster.new_database()
        with a_monitored_district(folder, url) as services, psycopg.connect(url, row_factory=dict_row) as connection:
            connection.execute("CREATE ROLE grafana")
            connection.execute((FOLDER / "compose" / "grants.sql").read_bytes())
            connection.execute("SET ROLE grafana")
            connection.commit()
            yield Grafana(services, connection)


def test_every_query_runs_and_nearly_all_find_something(grafana: Grafana) -> None:
    every = list(targets("grafana-postgresql-datasource"))
    empty = {str(one) for one in every if not grafana.ask(one.text)}
    assert len(every) > 35
    assert empty == {
        "district: Аварии провайдеров за месяц (A)",  # they were in November
        "fleet: Двойники: одно имя у двух устройств (A)",
        "organisation: Почему исключены (A)",
        "roadmap: Показатель 1 и его цели (B)",  # nothing was entered
    }


def test_what_is_drawn_over_time_is_in_order_and_has_numbers(grafana: Grafana) -> None:
    for one in targets("grafana-postgresql-datasource"):
        if one.shape == "time_series":
            found = grafana.ask(one.text)
            times = [row.pop("time") for row in found]
            assert times == sorted(times), str(one)
            values = [value for row in found for value in row.values()]
            assert not values or any(isinstance(value, Decimal | int | float) for value in values), str(one)


def test_who_edits_panels_reads_no_secrets(grafana: Grafana) -> None:
    for secret in ("token_hash FROM agent", "* FROM enrolment_code", "document FROM record"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            grafana.ask(f"SELECT {secret}")


def test_the_indicator_is_the_closed_one(grafana: Grafana) -> None:
    closing = grafana.services.store.closing(DISTRICT, DECEMBER)
    assert closing is not None
    found: Any = closing.summary["indicator"]
    assert found["numerator"] == 1
    assert grafana.panel("district", "Показатель: последний закрытый месяц") == [
        {
            "Соответствуют": found["numerator"],
            "Не более": found["upper_numerator"],
            "Всего": found["denominator"],
            "Не хватает до цели": found["missing"],
        }
    ]
    november, december = grafana.panel("district", "Показатель по месяцам")
    assert (november["Показатель"], november["Верхняя оценка"]) == (0, 100)
    assert (december["time"], december["Показатель"]) == (datetime(2026, 12, 1), 50)  # noqa: DTZ001 - as SQL has it
    assert december["Цель"] == found["target_percent"]


def test_verdicts_are_the_closed_ones(grafana: Grafana) -> None:
    closing = grafana.services.store.closing(DISTRICT, DECEMBER)
    assert closing is not None
    stored = {one.id: one for one in closing.verdicts if one.kind is SubjectKind.ORGANISATION}
    shown = {row["Код"]: row for row in grafana.panel("district", "Организации: последний закрытый месяц")}
    assert {one: row["Заключение"] for one, row in shown.items()} == {one: v.outcome for one, v in stored.items()}
    assert {one: row["Не хватает измерений"] for one, row in shown.items()} == {
        one: v.short_by for one, v in stored.items()
    }
    assert [row["Месяцем раньше"] for row in shown.values()] == ["INSUFFICIENT_DATA"] * 2
    counted = {row["Заключение"]: row["Организаций"] for row in grafana.panel("district", "Организации по заключению")}
    assert counted == {"COMPLIANT": 1, "NON_COMPLIANT": 1}
    months = grafana.panel("organisation", "Заключения по месяцам", organisation=["school-02"])
    assert [(row["Месяц"], row["Заключение"]) for row in months] == [
        (DECEMBER.first, "NON_COMPLIANT"),
        (date(2026, 11, 1), "INSUFFICIENT_DATA"),
    ]


def test_days_add_up_to_what_the_domain_counts(grafana: Grafana) -> None:
    store = grafana.services.store
    totals = store.day_totals(LINES, date(2026, 11, 1), date(2027, 1, 31))
    days = grafana.panel("district", "Измерения по дням")
    assert sum(row["Успешно"] for row in days) == sum(one.passed for one in totals.values()) > 0
    assert sum(row["Неуспешно"] for row in days) == sum(one.failed for one in totals.values()) > 0
    own = grafana.panel("organisation", "Измерения по дням", organisation=["school-02"])
    assert sum(row["Неуспешно"] for row in own) == totals[LINES[1]].failed
    assert {row["Успешно"] for row in own} == {0}


def test_rates_stand_beside_threshold_limit_and_contract(grafana: Grafana) -> None:
    rates = grafana.panel("organisation", "Скорость к пользователю")
    assert {row["Скорость"] for row in rates} == {RATES[LINES[0]]}
    assert {(row["Порог"], row["Предел"]) for row in rates} == {(50_000_000, 47_500_000)}
    medians = grafana.panel("organisation", "Медианы дней и договор", organisation=["school-02"])
    assert {(row["Медиана дня"], row["Договор"]) for row in medians if row["Медиана дня"]} == {
        (RATES[LINES[1]], 60_000_000)
    }
    losses = grafana.panel("organisation", "Потери")
    assert {round(row["Потери"], 6) for row in losses} == {round(1 / 30, 6)}
    known = [row for row in grafana.panel("organisation", "Доступность в рабочее время") if row["Доступность"]]
    assert max(row["Доступность"] for row in known) == 1


def test_providers_are_held_to_their_contracts_by_the_figures_of_the_verdict(grafana: Grafana) -> None:
    assert grafana.panel("providers", "Линии и договоры: последний закрытый месяц") == [
        {"Ниже договора": 1, "Не ниже": 1, "Не измерены": 0}
    ]
    south, north = grafana.panel("providers", "Куплено и получено")
    assert (south["Провайдер"], south["Измерено от договора"], south["Измерено"]) == ("Юг", 66, RATES[LINES[1]])
    assert (south["Руб. за Мбит/с по договору"], south["Руб. за Мбит/с на деле"]) == (41.67, 62.5)
    assert (north["Провайдер"], north["Измерено от договора"]) == ("Север", 140)
    bought = grafana.panel("providers", "Договоры в силе", provider=["south"])
    assert [(row["Куплено"], row["Руб. в месяц"], row["Руб. за Мбит/с"]) for row in bought] == [(60e6, 2500, 41.67)]
    assert sum(row["Простой"] for row in grafana.panel("providers", "Простои по вине провайдера")) == 2 * 180


def test_the_fleet_is_who_is_bound(grafana: Grafana) -> None:
    agents = grafana.panel("fleet", "Устройства")
    assert sorted(row["Линия"] for row in agents) == sorted(LINES)
    assert grafana.panel("fleet", "Версии устройств") == [{"Версия": "test", "Устройств": 2}]
    assert {row["Задание"] for row in grafana.panel("fleet", "Задания")} >= {"planning", "days", "closing district"}
    assert {row["Чем кончилось"] for row in grafana.panel("fleet", "Чем кончались измерения")} == {"измерено"}


def test_activities_stand_as_the_domain_says(grafana: Grafana) -> None:
    words = {
        ActivityStatus.DONE: "выполнено",
        ActivityStatus.UPCOMING: "предстоит",
        ActivityStatus.DUE: "в работе",
        ActivityStatus.OVERDUE: "просрочено",
        ActivityStatus.ARCHIVED: "в архиве",
    }
    roadmap = grafana.services.roadmap
    for day in (date(2019, 3, 1), date(2020, 12, 31), date(2022, 1, 15), date(2026, 11, 23)):
        until = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        shown = grafana.ask(target("roadmap", "Мероприятия").text, until=until)
        expected = {one.id: words[activity_state(roadmap, one, on=day).status] for one in roadmap.activities}
        assert {row["Код"]: row["Состояние"] for row in shown} == expected


def test_targets_are_those_of_the_roadmap(grafana: Grafana) -> None:
    shown = grafana.panel("roadmap", "Показатели по годам")
    indicators = {one.id: one for one in grafana.services.roadmap.indicators}
    assert {(row["Показатель"], row["Год"], row["Цель"]) for row in shown} == {
        (one.id, year, percent) for one in indicators.values() for year, percent in one.targets.items()
    }
    titles: dict[str, Text] = {one.id: one.title for one in indicators.values()}
    assert all(row["Название"] == titles[row["Показатель"]].ru for row in shown)

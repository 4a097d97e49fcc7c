"""One organisation and the providers over the simulated district: what the pages say is what was judged."""

import re
from html import unescape

import pytest

from tests.support.collector import RunningCollector


def text(district: RunningCollector, path: str) -> str:
    reply = district.get(path, Accept="text/html", Accept_Language="ru")
    assert reply.status == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", reply.body.decode())))


def test_an_organisation_says_why_and_how_it_stood(district: RunningCollector) -> None:
    page = text(district, "/organisations/school-03/")

    assert "Не соответствует" in page
    assert "допуск 5 %" in page
    assert "line-03" in page
    assert "неделя 46" in page


def test_another_period_is_shown_as_it_was_closed(district: RunningCollector) -> None:
    assert "Заключения: неделя 45" in text(district, "/organisations/school-03/?period=2026-W45")
    assert "ещё идёт" in text(district, "/organisations/school-03/?period=2026-W47")


@pytest.mark.parametrize(
    "path", ["/organisations/nobody/", "/organisations/?period=2027-W10", "/providers/?period=2027-01"]
)
def test_what_is_not_there_is_not_found(district: RunningCollector, path: str) -> None:
    assert district.get(path, Accept="text/html").status == 404


def test_providers_count_the_lines_that_are_less_than_bought(district: RunningCollector) -> None:
    page = text(district, "/providers/")
    provider = page[page.index("Провайдер А (пример)") :]

    assert "1 канал ниже договора" in provider
    assert re.search(
        r"Школа № 3 \(пример\) line-03 П-005 Не соответствует 100 Мбит/.?с ниже договора: 85,\d Мбит/.?с 85 %", provider
    )
    assert re.search(r"1 Мбит/.?с по замерам \d+(,\d+)? ₽", provider)


def test_a_backup_line_is_shown_and_not_counted_as_failing(district: RunningCollector) -> None:
    page = text(district, "/providers/")

    assert "line-01-backup, резервный" in page


def test_incidents_stand_with_their_provider(district: RunningCollector) -> None:
    assert "Перерывы связи за период" in text(district, "/providers/?period=2026-W46")

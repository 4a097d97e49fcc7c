"""The mails: the week's, the day's, a line that fell and one that recovered; the same bytes every time."""

from datetime import date, timedelta

import pytest

from netmon.domain.identifiers import LineId
from netmon.domain.period import Period
from netmon_collector.report.content.alert import AlertedSlot, LineAlert
from netmon_collector.report.links import Links
from netmon_collector.report.mails import RenderedMail, alert_mail, digest_mail, report_mail
from netmon_collector.wording import Language
from tests.support.closings import DISTRICT
from tests.support.domain import a_registry, local
from tests.support.weeks import BAD, GOOD, W46, W47, Weeks

EN, RU = Language.EN, Language.RU
SITE = Links("https://netmon.example.org/")
FRIDAY = date(2026, 11, 20)


def an_alert(*, recovered: bool = False) -> LineAlert:
    rates = (60, 60, 60) if recovered else (60, 20, 20, None, 60, 20)
    return LineAlert(
        territory=DISTRICT,
        line=LineId("line-01"),
        since=local(FRIDAY, 9),
        limit_bps=47_500_000,
        slots=tuple(
            AlertedSlot(
                at=local(FRIDAY, 8 + number),
                rate_bps=None if mbps is None else mbps * 1_000_000,
                passed=mbps == 60,
            )
            for number, mbps in enumerate(rates)
        ),
        recovered=recovered,
    )


def said(text: str) -> str:
    return text.replace("\u00a0", " ")


def of_alert(language: Language = RU, *, recovered: bool = False) -> RenderedMail:
    registry = a_registry(organisations=2, shared=True, contract_mbps=100)
    return alert_mail(an_alert(recovered=recovered), registry, language=language, links=SITE)


def test_a_line_below_its_limit_says_whose_since_when_and_how_many() -> None:
    mail = of_alert()

    assert said(mail.subject) == "text, text: канал line-01 ниже предела с 20.11.2026, 09:00"
    text = said(mail.text)
    assert "4 из 6\n" in text
    assert "последних засчитанных замеров не достигли 47,5 Мбит/с; первый из них –\n20.11.2026, 09:00." in text
    assert "скорость – канал не работал; предел достигнут – нет" in text
    assert "https://netmon.example.org/lines/line-01/" in text
    assert mail.pictures == ()


def test_a_recovered_line_says_so_once() -> None:
    mail = of_alert(EN, recovered=True)

    assert mail.subject == "text, text: line line-01 is well again"
    assert "reach 47.5\u00a0Mb/s again" in mail.text
    assert "3 of 3" in mail.text


def test_the_digest_of_a_day_tells_its_changes_first() -> None:
    weeks = Weeks()
    slots = weeks.plan(W47, LineId("line-01"))
    weeks.measure(slots[:30], GOOD)
    weeks.measure(slots[30:], BAD)
    thursday = Period.day(FRIDAY - timedelta(days=1))
    mail = digest_mail(weeks.summary(thursday, now=local(FRIDAY, 7)), language=EN, links=SITE)

    assert mail.subject.startswith("No longer comply: 1")
    assert mail.subject.endswith("· text, 19 Nov 2026")
    assert "CHANGES OF THE DAY" in mail.text
    assert "ROADMAP" not in mail.text
    assert mail.pictures == ()


def test_a_day_is_compared_with_the_last_school_day() -> None:
    """Else everything that fails would be news every Monday."""
    weeks = Weeks()
    for week in (W46, W47):
        weeks.week(week, {"line-01": BAD})
    monday = Period.day(W47.first)
    found = weeks.summary(monday, now=local(W47.first, 19))

    assert found.compared_with == Period.day(W46.first + timedelta(days=4))
    assert [one.change.kind.value for one in found.organisations if one.id == "school-01" and one.change] == [
        "still_failing"
    ]


@pytest.mark.parametrize("language", Language)
def test_the_same_summary_is_the_same_mail(language: Language) -> None:
    weeks = Weeks()
    weeks.week(W46, {"line-01": GOOD, "line-02": BAD})
    weeks.close(W46)
    found = weeks.summary(W46)
    first, second = (report_mail(found, language=language, links=SITE) for _ in range(2))

    assert first == second
    assert [name for name, _ in first.pictures] == ["trend"]
    assert 'src="cid:trend"' in first.html
    assert found.closed is not None
    assert found.closed.root in first.html

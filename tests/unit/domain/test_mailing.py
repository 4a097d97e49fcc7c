"""When mails are due, and where in the spread each address has its place."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import Mailing, MailKind, Recipient, ReportTime, offset_of
from netmon.domain.period import Period

MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY_EIGHT = datetime(2026, 11, 30, 5, tzinfo=UTC)  # 08:00 in Moscow
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (MONDAY_EIGHT, "2026-W48"),
        (MONDAY_EIGHT - SECOND, "2026-W47"),
        (MONDAY_EIGHT + timedelta(days=6), "2026-W48"),
        (MONDAY_EIGHT + timedelta(days=7), "2026-W49"),
    ],
)
def test_the_report_of_a_week_is_due_on_the_monday_after_it(now: datetime, week: str) -> None:
    assert ReportTime().due_week(now, MOSCOW).name == week


@pytest.mark.parametrize(("now", "week"), [(MONDAY_EIGHT, "2026-W47"), (MONDAY_EIGHT + timedelta(days=2), "2026-W48")])
def test_another_weekday_is_the_one_after_the_week(now: datetime, week: str) -> None:
    assert ReportTime(weekday=2).due_week(now, MOSCOW).name == week


def test_the_hour_is_the_districts_own_when_its_clocks_change() -> None:
    zone, weeks = ZoneInfo("Europe/Berlin"), [Period.parse(name) for name in ("2026-W12", "2026-W13")]
    assert [ReportTime().of(week, zone).astimezone(UTC).hour for week in weeks] == [7, 6]


@pytest.mark.parametrize(("hour", "minute", "day"), [(18, 30, 30), (18, 29, 29), (0, 0, 29), (23, 59, 30)])
def test_the_digest_of_a_day_is_due_in_its_evening(hour: int, minute: int, day: int) -> None:
    now = datetime(2026, 11, 30, hour, minute, tzinfo=MOSCOW).astimezone(UTC)
    assert Mailing(digest_at=time(18, 30)).due_digest(now, MOSCOW) == date(2026, 11, day)


def test_places_are_the_same_every_week_and_fill_the_spread() -> None:
    spread = timedelta(minutes=15)
    places = [offset_of(f"school-{number}@example.org", spread) for number in range(1000)]
    assert places == [offset_of(f"school-{number}@example.org", spread) for number in range(1000)]
    assert all(timedelta() <= place < spread for place in places)
    by_minute = [sum(place // timedelta(minutes=1) == minute for place in places) for minute in range(15)]
    assert min(by_minute) > 30
    assert offset_of("a@example.org", timedelta()) == timedelta()


def test_who_wants_what_about_which_territory() -> None:
    north, south = TerritoryId("north"), TerritoryId("south")

    def one(address: str, territory: TerritoryId, *kinds: MailKind) -> Recipient:
        return Recipient(address=address, territory=territory, language="ru", kinds=frozenset(kinds))

    mailing = Mailing(
        recipients=(
            one("a@b", south, MailKind.REPORT, MailKind.ALERT),
            one("c@d", north, MailKind.REPORT),
            one("a@b", north, MailKind.DIGEST),
        )
    )
    assert mailing.territories(MailKind.REPORT) == (north, south)
    assert [recipient.address for recipient in mailing.wanting(MailKind.REPORT, north)] == ["c@d"]
    assert mailing.wanting(MailKind.ALERT, north) == ()

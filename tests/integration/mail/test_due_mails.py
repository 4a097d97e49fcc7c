"""What the jobs of a collector queue and send, over a simulated district and through a real SMTP server."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netmon.domain.mailing import MailKind
from netmon_collector.app import open_updated_services
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.use_cases.mail_queue import MailState
from tests.support.smtp_server import SmtpServer
from tests.support.store import FakeClock

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 08:00 in Moscow
FRIDAY_AFTERNOON = datetime(2026, 11, 20, 12, 40, tzinfo=UTC)
EVERYBODY = {"office@example.org", "it@example.org", "guest@example.org"}


@contextmanager
def _services(config: Path, at: datetime) -> Iterator[tuple[Services, FakeClock]]:
    clock = FakeClock(at)
    with open_updated_services(config, clock) as services:
        yield services, clock


def _queued(services: Services, kind: MailKind) -> Counter[str]:
    return Counter(row.key.address for row in services.store.mails(limit=1000) if row.key.kind is kind)


def test_the_week_is_reported_once_when_it_is_closed_and_its_time_has_come(config: Path, smtp: SmtpServer) -> None:
    with _services(config, SUNDAY) as (services, clock):
        first, second = Jobs(services), Jobs(services)
        first.close()
        first.queue_mails()
        before = _queued(services, MailKind.REPORT)  # the week before it: nobody had that report yet
        clock.at = MONDAY_MORNING - timedelta(minutes=1)
        first.close()
        first.queue_mails()
        assert _queued(services, MailKind.REPORT) == before
        clock.at = MONDAY_MORNING
        second.queue_mails()
        first.queue_mails()
        second.queue_mails()
        rows = [row for row in services.store.mails(limit=1000) if row.key.period == "2026-W47"]
        assert {row.key.address for row in rows} == EVERYBODY
        assert len(rows) == 3
        spread = services.mailing.report.spread
        assert all(MONDAY_MORNING <= row.next_at < MONDAY_MORNING + spread for row in rows)
        clock.at = MONDAY_MORNING + spread
        first.send_mails()
        second.send_mails()
        taken = [one for one in smtp.taken if "неделя 47" in str(one.message["Subject"])]
        assert {one.recipient for one in taken} == EVERYBODY - {"guest@example.org"}
        assert max(smtp.copies().values()) == 1
        assert {row.state for row in services.store.mails(limit=1000)} == {MailState.SENT}


def test_a_week_that_is_not_closed_waits(config: Path) -> None:
    with _services(config, MONDAY_MORNING) as (services, _):
        Jobs(services).queue_mails()
        assert not [row for row in services.store.mails() if row.key.period == "2026-W47"]


def test_files_go_to_whom_they_are_promised(config: Path, smtp: SmtpServer) -> None:
    with _services(config, MONDAY_MORNING) as (services, clock):
        jobs = Jobs(services)
        jobs.close()
        jobs.queue_mails()
        clock.go_on(services.mailing.report.spread.total_seconds())
        jobs.send_mails()
    files = {one.recipient: [part.get_filename() for part in one.message.iter_attachments()] for one in smtp.taken}
    assert files["office@example.org"] == ["report-district-2026-W47.ru.pdf", "report-district-2026-W47.ru.xlsx"]
    assert files["it@example.org"] == []


def test_the_digest_goes_out_on_school_days_in_the_evening(config: Path) -> None:
    with _services(config, FRIDAY_AFTERNOON) as (services, clock):
        jobs = Jobs(services)
        jobs.queue_mails()
        assert _queued(services, MailKind.DIGEST) == {}
        clock.at = datetime(2026, 11, 20, 15, 31, tzinfo=UTC)
        jobs.queue_mails()
        jobs.queue_mails()
        assert _queued(services, MailKind.DIGEST) == {"office@example.org": 1}
        clock.at = datetime(2026, 11, 21, 16, tzinfo=UTC)  # a Saturday
        jobs.queue_mails()
        assert _queued(services, MailKind.DIGEST) == {"office@example.org": 1}


def test_a_line_that_is_bad_is_told_once_to_those_who_asked(config: Path, smtp: SmtpServer) -> None:
    with _services(config, FRIDAY_AFTERNOON) as (services, clock):
        jobs = Jobs(services)
        for _ in range(3):
            jobs.queue_mails()
            clock.go_on(601)
        found = _queued(services, MailKind.ALERT)
        assert set(found) == {"office@example.org", "it@example.org"}
        about = Counter(
            (row.key.period.split()[0], row.key.revision, row.key.address)
            for row in services.store.mails(limit=1000)
            if row.key.kind is MailKind.ALERT
        )
        assert set(about.values()) == {1}
        jobs.send_mails()
        subjects = {str(one.message["Subject"]) for one in smtp.taken}
        assert any("ниже предела с" in subject for subject in subjects)


def test_what_is_long_past_alerts_nobody(config: Path) -> None:
    with _services(config, FRIDAY_AFTERNOON + timedelta(hours=12)) as (services, _):
        Jobs(services).queue_mails()
        assert _queued(services, MailKind.ALERT) == {}


def test_without_a_server_nothing_is_queued_and_the_log_says_why(
    config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
    config.write_text("".join(line for line in lines if not line.startswith("mail:")), encoding="utf-8")
    with _services(config, MONDAY_MORNING) as (services, _):
        jobs = Jobs(services)
        jobs.start()
        jobs.stop()
        jobs.queue_mails()
        jobs.send_mails()
        assert services.store.mails() == []
    assert "nobody gets a mail" in caplog.text

"""A ticket opens one session, whatever happens to the process."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netmon.domain.identifiers import TicketId
from netmon.errors import ConfigError
from netmon_collector.measurement_server.used_tickets import UsedTickets

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ONE = TicketId("t-1")


def test_a_ticket_is_used_once() -> None:
    used = UsedTickets(None, now=NOON)
    assert used.use(ONE, until=LATER, now=NOON)
    assert not used.use(ONE, until=LATER, now=NOON)
    assert used.since == NOON


def test_a_restart_remembers_the_tickets_and_its_own_age(tmp_path: Path) -> None:
    UsedTickets(tmp_path / "state", now=NOON).use(ONE, until=LATER, now=NOON)
    again = UsedTickets(tmp_path / "state", now=NOON + timedelta(minutes=1))
    assert again.since == NOON
    assert not again.use(ONE, until=LATER, now=NOON)


def test_expired_tickets_are_forgotten(tmp_path: Path) -> None:
    used = UsedTickets(tmp_path, now=NOON)
    used.use(ONE, until=LATER, now=NOON)
    used.use(TicketId("t-2"), until=LATER + timedelta(hours=1), now=LATER)
    UsedTickets(tmp_path, now=LATER)
    assert "t-1" not in (tmp_path / "used-tickets").read_text(encoding="utf-8")


def test_a_torn_last_line_loses_nothing_else(tmp_path: Path) -> None:
    UsedTickets(tmp_path, now=NOON).use(ONE, until=LATER, now=NOON)
    with (tmp_path / "used-tickets").open("a", encoding="utf-8") as file:
        file.write("2026-11-2")
    assert not UsedTickets(tmp_path, now=NOON).use(ONE, until=LATER, now=NOON)


def test_an_unreadable_file_is_a_lost_memory(tmp_path: Path) -> None:
    (tmp_path / "used-tickets").write_text("rubbish\n", encoding="utf-8")
    assert UsedTickets(tmp_path, now=LATER).since == LATER


def test_a_folder_that_cannot_be_written_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="name a folder that can be written"):
        UsedTickets(tmp_path / "file", now=NOON)

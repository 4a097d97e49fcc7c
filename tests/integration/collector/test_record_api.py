"""What was stored for good, over HTTP: chains that show a change, closed verdicts, pages of the log."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from netmon_collector.jobs import Jobs
from tests.support.collector import RunningCollector, a_running_collector


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[RunningCollector]:
    """A collector that closed its first week and month."""
    with a_running_collector(tmp_path) as found:
        found.clock.at = datetime(2026, 12, 3, 4, tzinfo=UTC)
        Jobs(found.services).close()
        yield found


def _get(collector: RunningCollector, path: str, token: str | None = None) -> dict[str, Any]:
    reply = collector.get(path) if token is None else collector.get_as(token, path)
    assert reply.status == 200
    return dict(reply.document)


def _forge(collector: RunningCollector, statement: str) -> None:
    """As somebody with the database's password could: the triggers away, then the change."""
    with collector.services.store.database.write() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))


def test_the_chains_of_a_territory_are_shown_and_intact(collector: RunningCollector) -> None:
    found = _get(collector, "/api/v1/territories/district/closings")
    assert found["intact"] is True
    assert [(one["kind"], one["period"], one["revision"]) for one in found["closings"]] == [
        ("week", "2026-W48", 1),
        ("month", "2026-11", 1),
    ]
    assert collector.get("/api/v1/territories/nowhere/closings").status == 404


def test_a_forged_link_is_shown(collector: RunningCollector) -> None:
    _forge(collector, "UPDATE closed_period SET root = 'forged' WHERE kind = 'week'")
    assert _get(collector, "/api/v1/territories/district/closings")["intact"] is False


def test_the_verdict_of_a_closed_month_is_the_closed_one(collector: RunningCollector) -> None:
    found = _get(collector, "/api/v1/lines/line-01/verdicts?period=2026-11")
    assert (found["revision"], found["closed_at"]) == (1, "2026-12-03T04:00:00.000000Z")
    assert [(one["kind"], one["id"]) for one in found["verdicts"]] == [("line", "line-01")]
    assert _get(collector, "/api/v1/lines/line-01/verdicts?period=2026-12")["revision"] == 0


def test_a_forged_verdict_is_not_answered(collector: RunningCollector) -> None:
    _forge(collector, "UPDATE verdict_content SET content = replace(content, 'INSUFFICIENT_DATA', 'COMPLIANT')")
    assert collector.get("/api/v1/lines/line-01/verdicts?period=2026-11").status == 500


def test_the_log_is_read_in_pages(collector: RunningCollector) -> None:
    token = collector.a_token()
    kinds = [entry["kind"] for entry in _get(collector, "/api/v1/audit", token)["entries"]]
    assert {"registry", "policy", "calendar", "roadmap", "closing"} <= set(kinds)
    first = _get(collector, "/api/v1/audit?limit=3", token)
    second = _get(collector, f"/api/v1/audit?limit=3&after={first['next']}", token)
    assert [entry["number"] for entry in first["entries"] + second["entries"]] == [1, 2, 3, 4, 5, 6]
    assert (first["intact"], second["intact"]) == (True, True)
    assert second["entries"][0]["previous"] == first["entries"][-1]["hash"]
    end = _get(collector, f"/api/v1/audit?after={len(kinds)}", token)
    assert (end["entries"], end["next"], end["intact"]) == ([], None, True)
    assert collector.get_as(token, "/api/v1/audit?after=x").status == 400


def test_a_forged_entry_is_shown(collector: RunningCollector) -> None:
    token = collector.a_token()
    _forge(collector, "UPDATE audit_entry SET actor = 'somebody else' WHERE kind = 'closing'")
    assert _get(collector, "/api/v1/audit", token)["intact"] is False

"""What other programs and readers ask, over real sockets."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from netmon.domain.identifiers import TerritoryId
from netmon.wire.canonical import format_time
from tests.support.collector import RunningCollector, a_running_collector
from tests.support.domain import a_slot
from tests.support.store import NOW, a_measurement_record

MINUTE = timedelta(minutes=1)


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path) as found:
        yield found


@pytest.fixture
def measured(collector: RunningCollector) -> RunningCollector:
    """Five measurements of line-01 in the five minutes after its agent enrolled."""
    agent = collector.an_agent()
    slots = [a_slot(NOW + number * MINUTE) for number in range(5)]
    collector.services.store.add_slots(slots)
    agent.send(*(a_measurement_record(slot, sequence=number) for number, slot in enumerate(slots, start=1)))
    collector.clock.go_on(600)
    return collector


def test_the_indicator_of_a_territory_comes_with_its_target_and_organisations(collector: RunningCollector) -> None:
    found = collector.get("/api/v1/territories/district/coverage?at=2026-11-23").document
    assert (found["territory"], found["at"], found["target_percent"]) == ("district", "2026-11-23", 100)
    assert (found["numerator"], found["upper_numerator"], found["denominator"]) == (0, 2, 2)
    assert collector.get("/api/v1/territories/district/coverage").document == found


def test_organisations_come_with_their_sites_and_lines(collector: RunningCollector) -> None:
    found = collector.get("/api/v1/organisations?territory=district").document["organisations"]
    assert isinstance(found, list)
    assert [one["id"] for one in found] == ["school-01", "school-02"]
    assert found[0]["sites"][0]["lines"] == ["line-01"]


def test_a_line_comes_with_its_threshold_and_when_it_was_heard_of(collector: RunningCollector) -> None:
    assert collector.get("/api/v1/lines/line-01").document["last_seen"] is None
    collector.an_agent()
    found = collector.get("/api/v1/lines/line-01").document
    assert (found["threshold_bps"], found["limit_bps"]) == (100_000_000, 95_000_000)
    assert found["last_seen"] == format_time(NOW)


def test_measurements_come_in_pages_that_join(measured: RunningCollector) -> None:
    path, found = "/api/v1/lines/line-01/measurements?limit=2", list[str]()
    pages = 0
    following: object = ""
    while following is not None:
        answer = measured.get(f"{path}&after={following}" if following else path)
        rows = answer.document["measurements"]
        assert isinstance(rows, list)
        found.extend(row["started_at"] for row in rows)
        following = answer.document["next"]
        assert ("link" in answer.headers) is (following is not None)
        pages += 1
    assert pages == 3
    assert found == [format_time(NOW + number * MINUTE + timedelta(seconds=5)) for number in range(5)]


def test_the_link_of_a_page_leads_to_the_next(measured: RunningCollector) -> None:
    link = measured.get("/api/v1/lines/line-01/measurements?limit=3").headers["link"]
    target = re.fullmatch(r'<([^>]+)>; rel="next"', link)
    assert target is not None
    rows = measured.get(target[1]).document["measurements"]
    assert isinstance(rows, list)
    assert len(rows) == 2


def test_measurements_come_as_csv_for_who_asks(measured: RunningCollector) -> None:
    answer = measured.get("/api/v1/lines/line-01/measurements", Accept="text/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert [row["rate_bps"] for row in rows] == ["60000000"] * 5
    assert {row["receipt"] for row in rows} == {"receipt_valid"}


def test_the_verdict_of_a_line_comes_with_the_sentence_why(measured: RunningCollector) -> None:
    found = measured.get("/api/v1/lines/line-01/verdicts?period=2026-11-23").document
    assert isinstance(found["verdicts"], list)
    (verdict,) = found["verdicts"]
    assert (found["period"], verdict["id"], verdict["outcome"]) == ("2026-11-23", "line-01", "INSUFFICIENT_DATA")
    assert verdict["explanation"]["ru"] != verdict["explanation"]["en"]
    assert measured.get("/api/v1/lines/line-01/verdicts").document["period"] == "2026-11"


def test_the_roadmap_stands_at_a_day(collector: RunningCollector) -> None:
    found = collector.get("/api/v1/roadmap?at=2019-12-31").document
    indicators = found["indicators"]
    assert isinstance(indicators, list)
    assert (found["at"], indicators[0]["target_percent"]) == ("2019-12-31", 17)
    assert collector.get("/api/v1/roadmap").document["at"] == "2026-11-23"


def test_only_the_asked_time_is_told(measured: RunningCollector) -> None:
    start, end = format_time(NOW + MINUTE), format_time(NOW + 3 * MINUTE)
    for first in (quote(start), quote(start.replace("Z", "+00:00"))):
        rows = measured.get(f"/api/v1/lines/line-01/measurements?from={first}&to={quote(end)}").document["measurements"]
        assert isinstance(rows, list)
        assert len(rows) == 2


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/territories/district/coverage?at=tomorrow",
        "/api/v1/territories/district/coverage?at=2026-02-30",
        "/api/v1/territories/district/coverage?at=0001-01-01",
        "/api/v1/territories/district/coverage?at=9999-12-31",
        "/api/v1/lines/line-01/measurements?limit=0",
        "/api/v1/lines/line-01/measurements?limit=99999999999999999999",
        "/api/v1/lines/line-01/measurements?limit=%D9%A3",
        "/api/v1/lines/line-01/measurements?from=now",
        "/api/v1/lines/line-01/measurements?from=2026-11-23T00:00:00",
        "/api/v1/lines/line-01/measurements?to=0001-01-01T00:00:00Z",
        "/api/v1/lines/line-01/measurements?from=2026-11-24T00:00:00Z&to=2026-11-23T00:00:00Z",
        "/api/v1/lines/line-01/measurements?after=nonsense",
        "/api/v1/lines/line-01/measurements?after=e30",
        "/api/v1/lines/line-01/verdicts?period=winter",
        "/api/v1/lines/line-01/verdicts?period=2026-W60",
        "/api/v1/lines/line-01/verdicts?period=0001-01-01",
        "/api/v1/lines/line-01/verdicts?period=9999-12",
        "/api/v1/roadmap?at=soon",
    ],
)
def test_a_question_that_cannot_be_read_says_what_is_wrong(collector: RunningCollector, path: str) -> None:
    answer = collector.get(path)
    assert (answer.status, isinstance(answer.document["error"], str)) == (400, True)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/territories/nowhere/coverage",
        "/api/v1/organisations?territory=nowhere",
        "/api/v1/lines/line-99",
        "/api/v1/lines/line-99/measurements",
        "/api/v1/lines/line-99/verdicts",
        "/api/v1/nothing",
        "/territories/nowhere/",
        "/static/..%2fpages.py",
        "/static/nothing.css",
    ],
)
def test_what_does_not_exist_is_not_found(collector: RunningCollector, path: str) -> None:
    assert collector.get(path).status == 404


def test_a_wrong_method_is_said_with_the_right_ones(collector: RunningCollector) -> None:
    answer = collector.ask("PUT", "/api/v1/enrol", b"")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_a_collector_with_a_timetable_is_ready(collector: RunningCollector) -> None:
    assert collector.get("/healthz").status == 200
    assert collector.get("/readyz").document["status"] == "ready"


def test_while_the_database_cannot_be_used_clients_are_told_to_come_again(
    collector: RunningCollector, caplog: pytest.LogCaptureFixture
) -> None:
    with collector.services.store.database.write() as connection:
        connection.execute(text("ALTER TABLE binding RENAME TO elsewhere"))
    answer = collector.get("/api/v1/lines/line-01")
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert answer.document["error"] == "the database cannot be used now"
    assert "no such table: binding" in caplog.text


def test_a_collector_whose_schema_changed_under_it_is_not_ready(collector: RunningCollector) -> None:
    with collector.services.store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = collector.get("/readyz")
    assert (answer.status, answer.document["missing"]) == (503, "the database's schema")
    assert collector.get("/healthz").status == 200


def test_a_collector_without_a_timetable_is_not_ready(collector: RunningCollector) -> None:
    with collector.services.store.database.write() as connection:
        connection.execute(text("DELETE FROM position"))
    assert collector.get("/readyz").document["missing"] == "the timetable"


def test_a_mistake_of_ours_is_logged_and_tells_nothing(
    collector: RunningCollector, caplog: pytest.LogCaptureFixture
) -> None:
    with collector.services.store.database.write() as connection:
        connection.execute(text("UPDATE slot SET direction = 'sideways'"))
    answer = collector.ask(
        "GET", "/api/v1/agent/timetable", headers={"Authorization": f"Bearer {collector.an_agent().token}"}
    )
    assert answer.status == 500
    assert "sideways" not in answer.body.decode()
    assert "sideways" in caplog.text


def test_the_page_speaks_the_readers_language(measured: RunningCollector) -> None:
    russian = measured.get("/")
    english = measured.get("/", Accept_Language="en-GB,en;q=0.9")
    assert b'lang="ru"' in russian.body
    assert b'lang="en"' in english.body
    assert b'lang="en"' in measured.get("/territories/district/?lang=en").body
    assert "default-src 'none'" in russian.headers["content-security-policy"]


def test_only_the_roadmaps_own_territory_goes_by_its_words(collector: RunningCollector) -> None:
    district, services = TerritoryId("district"), collector.services
    of_another = replace(
        services, files=replace(services.files, roadmap=replace(services.roadmap, territory=TerritoryId("another")))
    )
    title = services.indicator_title(district)
    assert title is not None
    assert escape(title.ru) in collector.get("/").body.decode()
    assert of_another.indicator_title(district) is None


def test_the_present_state_is_there_for_prometheus(measured: RunningCollector) -> None:
    text = measured.get("/metrics").body.decode()
    assert 'netmon_ingest_records_total{result="stored"} 5.0' in text
    assert 'netmon_line_rate_bits_per_second{line="line-01",territory="district"} 6e+07' in text
    assert 'netmon_indicator_denominator{territory="district"} 2.0' in text
    assert 'netmon_line_up{line="line-01",territory="district"} 0.0' in text
    assert "line-02" not in "".join(line for line in text.splitlines() if line.startswith("netmon_line_up"))

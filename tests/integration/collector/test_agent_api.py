"""What agents ask, over real sockets: enrolment, timetable, records, and what bad input gets."""

import gzip
import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from netmon.domain.identifiers import LineId
from netmon.wire.canonical import format_time, parse_time
from netmon.wire.records import MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_RECORD_BYTES, Envelope, RecordKind
from netmon.wire.ticket import open_ticket
from netmon.wire.timetable import Timetable
from netmon_collector.app import open_updated_services
from netmon_collector.errors import RegistryError
from netmon_collector.jobs import Jobs
from netmon_collector.settings import Limits
from netmon_collector.use_cases.enrolment import CODE_VALID_FOR
from tests.support.collector import RunningCollector, a_running_collector
from tests.support.domain import a_slot
from tests.support.store import (
    NOW,
    OTHER_SIGNING_KEY,
    CollectorFiles,
    FakeClock,
    a_measurement_body,
    a_measurement_record,
    a_receipt_of,
    an_envelope,
)

DAY = timedelta(days=1)
SLOT = a_slot(NOW + timedelta(minutes=1))


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path) as found:
        yield found


def _outage(sequence: int) -> Envelope:
    body: dict[str, object] = {
        "started_at": format_time(NOW),
        "ended_at": format_time(NOW + timedelta(seconds=30)),
        "since": format_time(NOW),
        "cause": "provider",
    }
    return an_envelope(RecordKind.OUTAGE, body, sequence=sequence)


# --- enrolment -------------------------------------------------------------------------------------------------------


def test_a_printed_code_becomes_an_identity_bound_to_the_line(collector: RunningCollector) -> None:
    answer = collector.enrol(collector.code())
    assert answer.status == 200
    assert answer.document["line"] == "line-01"
    assert answer.headers["cache-control"] == "no-store"
    agent = collector.an_agent()
    assert agent.timetable().document["line"] == "line-01"


def test_a_code_is_read_the_way_people_type_it(collector: RunningCollector) -> None:
    code = collector.code()
    typed = " " + code.lower().replace("-", " ").replace("0", "o").replace("1", "l") + " "
    assert collector.enrol(typed).status == 200


def test_a_code_opens_once(collector: RunningCollector) -> None:
    code = collector.code()
    assert [collector.enrol(code).status for _ in range(2)] == [200, 403]


def test_of_many_devices_with_one_code_one_gets_in(collector: RunningCollector) -> None:
    code, statuses, start = collector.code(), Counter[int](), threading.Barrier(6)

    def show() -> None:
        start.wait(timeout=10)
        statuses[collector.enrol(code).status] += 1

    threads = [threading.Thread(target=show) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert statuses == {200: 1, 403: 5}


def test_every_refused_code_is_refused_in_the_same_words(collector: RunningCollector) -> None:
    used, expired = collector.code(), collector.code()
    collector.enrol(used)
    collector.clock.go_on(CODE_VALID_FOR.total_seconds())
    answers = [collector.enrol(code) for code in (used, expired, "ABCD-EFGH-JKMN-PQRS", "x", "код")]
    assert {(one.status, one.document["error"]) for one in answers} == {
        (403, "the code is unknown, used or expired; ask for a new one")
    }


def test_a_code_holds_for_fourteen_days(collector: RunningCollector) -> None:
    code = collector.code()
    collector.clock.go_on(CODE_VALID_FOR.total_seconds() - 1)
    assert collector.enrol(code).status == 200


def test_guessing_codes_is_slowed_down_and_said_so(collector: RunningCollector) -> None:
    answers = [collector.enrol(f"guess-{number}") for number in range(11)]
    assert [one.status for one in answers] == [403] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    collector.clock.go_on(60)
    assert collector.enrol(collector.code()).status == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"v":2,"code":"x","software":"y"}', b"\xff", b"x" * 5000])
def test_an_enrolment_that_cannot_be_read_says_what_is_wrong(collector: RunningCollector, body: bytes) -> None:
    answer = collector.ask("POST", "/api/v1/enrol", body)
    assert answer.status in (400, 413)
    assert isinstance(answer.document["error"], str)


def test_a_new_device_takes_the_line_over_and_the_old_ones_history_stays(collector: RunningCollector) -> None:
    old = collector.an_agent()
    assert old.results(_outage(1)) == ["stored"]
    collector.clock.go_on(3600)
    new = collector.an_agent()
    assert new.timetable().document["line"] == "line-01"
    assert (old.timetable().status, old.send(_outage(2)).status) == (401, 401)
    found = collector.services.store.outages([LineId("line-01")], NOW, NOW + DAY)
    assert [one.started_at for one in found] == [NOW]
    assert new.name != old.name


# --- authentication --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Bearer nonsense", "Basic abc", "Bearer " + "x" * 9000]
)
def test_without_a_known_token_nothing_is_told(collector: RunningCollector, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    for method, path in (("GET", "/api/v1/agent/timetable"), ("POST", "/api/v1/agent/records")):
        answer = collector.ask(method, path, b"" if method == "POST" else None, headers)
        assert answer.status in (400, 401)


# --- timetable -------------------------------------------------------------------------------------------------------


def test_the_timetable_has_the_lines_slots_with_tickets_that_its_server_takes(collector: RunningCollector) -> None:
    answer = collector.an_agent().timetable()
    timetable = Timetable.from_document(answer.document)
    assert (timetable.line, timetable.interface, timetable.poll_s) == ("line-01", "wan0", 60)
    assert [target.name for target in timetable.probes.targets] == ["server-1"]
    assert timetable.slots
    keys = collector.services.settings.servers[SLOT.server].keys
    for slot in timetable.slots:
        (offer,) = slot.offers
        ticket = open_ticket(offer.ticket, keys)
        assert (ticket.line, ticket.server, ticket.not_after) == ("line-01", offer.server, slot.ends_at)
        assert ticket.not_before <= slot.starts_at
        assert (slot.threshold_bps, slot.limit_bps) == (100_000_000, 95_000_000)


def test_slots_reach_to_the_end_of_the_seventh_school_day(collector: RunningCollector) -> None:
    slots = Timetable.from_document(collector.an_agent().timetable().document).slots
    assert slots[-1].starts_at >= NOW + 7 * DAY
    assert len({slot.starts_at.date() for slot in slots}) >= 7


def test_an_unchanged_timetable_is_not_sent_again(collector: RunningCollector) -> None:
    agent = collector.an_agent()
    tag = agent.timetable().headers["etag"]
    collector.clock.go_on(1)
    again = agent.timetable(If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")
    collector.clock.go_on(86_400)
    assert agent.timetable(If_None_Match=tag).status == 200


def test_slots_that_are_over_are_left_out(collector: RunningCollector) -> None:
    agent = collector.an_agent()
    collector.clock.go_on(2 * 86_400)
    slots = Timetable.from_document(agent.timetable().document).slots
    assert min(slot.ends_at for slot in slots) > collector.clock.now()


def test_planning_again_never_changes_what_was_issued(collector: RunningCollector) -> None:
    agent = collector.an_agent()
    before = Timetable.from_document(agent.timetable().document).slots
    collector.clock.go_on(86_400)
    Jobs(collector.services).plan()
    after = Timetable.from_document(agent.timetable().document).slots
    still_open = [slot for slot in before if slot.ends_at > collector.clock.now()]
    assert list(after[: len(still_open)]) == still_open
    assert len(after) > len(still_open)


def test_a_large_answer_travels_packed_to_who_takes_it(collector: RunningCollector) -> None:
    agent = collector.an_agent()
    packed = agent.timetable(Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.body))["line"] == "line-01"
    assert len(packed.body) < len(agent.timetable().body) / 3


# --- records ---------------------------------------------------------------------------------------------------------


def test_a_batch_gets_an_answer_per_record_and_the_servers_time(collector: RunningCollector) -> None:
    agent = collector.an_agent()
    answer = agent.send(_outage(1), b"nonsense", _outage(1), _outage(2), packed=True)
    assert answer.status == 200
    answers = answer.document["answers"]
    assert isinstance(answers, list)
    assert [one["result"] for one in answers] == ["stored", "rejected", "duplicate", "stored"]
    assert parse_time(answer.document["time"]) == NOW


def test_every_bad_record_gets_its_own_answer_and_the_rest_is_stored(collector: RunningCollector) -> None:
    agent = collector.an_agent()
    forged = a_measurement_body(SLOT, receipt=a_receipt_of(SLOT, key=OTHER_SIGNING_KEY)).document()
    batch: list[Envelope | bytes] = [
        _outage(1),
        b'{"v":1}',
        _outage(1),
        an_envelope(RecordKind.OUTAGE, {**_outage(1).body, "cause": "nic"}, sequence=1),
        a_measurement_record(SLOT, sequence=2, with_receipt=False, started_at=NOW + DAY),
        a_measurement_record(SLOT, sequence=3, with_receipt=False, started_at=NOW - DAY),
        a_measurement_record(SLOT, sequence=4, with_receipt=False),
        an_envelope(RecordKind.MEASUREMENT, forged, sequence=5),
        a_measurement_record(SLOT, sequence=6),
    ]
    answers = agent.send(*batch).document["answers"]
    assert isinstance(answers, list)
    assert [(one["result"], *one["notes"]) for one in answers] == [
        ("stored",),
        ("rejected", "malformed"),
        ("duplicate",),
        ("conflict",),
        ("stored", "from_the_future", "receipt_absent"),
        ("stored", "unbound", "receipt_absent"),
        ("stored", "receipt_absent"),
        ("stored", "receipt_invalid"),
        ("stored",),
    ]


def test_a_record_longer_than_the_limit_is_rejected_alone(collector: RunningCollector) -> None:
    long = _outage(1)
    padded = an_envelope(RecordKind.OUTAGE, {**long.body, "note": "x" * MAX_RECORD_BYTES})
    assert collector.an_agent().results(padded, _outage(2)) == ["rejected", "stored"]


def test_an_empty_batch_is_answered_empty(collector: RunningCollector) -> None:
    assert collector.an_agent().send().document["answers"] == []


def test_a_batch_of_too_many_records_is_refused_whole(collector: RunningCollector) -> None:
    answer = collector.an_agent().send(*[b"x"] * (MAX_BATCH_RECORDS + 1))
    assert answer.status == 413
    assert collector.an_agent("line-02").results(*[b"x"] * MAX_BATCH_RECORDS) == ["rejected"] * MAX_BATCH_RECORDS


def test_a_bomb_is_refused_unopened(collector: RunningCollector) -> None:
    bomb = gzip.compress(b"\n" * (64 * MAX_BATCH_BYTES))
    assert len(bomb) < MAX_BATCH_BYTES
    assert collector.an_agent().send_body(bomb, encoding="gzip").status == 413


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"nonsense", "gzip"), (gzip.compress(b"{}")[:-3], "gzip"), (gzip.compress(b"{}") + b"x", "gzip"), (b"x", "br")],
    ids=["nonsense", "cut", "followed", "unknown"],
)
def test_a_body_that_cannot_be_unpacked_is_a_bad_request(
    collector: RunningCollector, body: bytes, encoding: str
) -> None:
    answer = collector.an_agent().send_body(body, encoding=encoding)
    assert answer.status == 400
    assert isinstance(answer.document["error"], str)


def test_an_agent_that_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with a_running_collector(tmp_path, extra="limits: {batches_per_agent_per_minute: 2}\n") as collector:
        agent, other = collector.an_agent(), collector.an_agent("line-02")
        answers = [agent.send(_outage(number)) for number in (1, 2, 3)]
        assert [one.status for one in answers] == [200, 200, 429]
        assert answers[-1].headers["retry-after"] == "30"
        assert other.send(_outage(1)).status == 200
        collector.clock.go_on(30)
        assert agent.results(_outage(3)) == ["stored"]


def test_an_agent_cannot_fill_the_disk(tmp_path: Path) -> None:
    with a_running_collector(tmp_path, limits=Limits(megabytes_per_agent_day=8)) as collector:
        agent, other = collector.an_agent("line-01"), collector.an_agent("line-02")
        junk = b"x" * 4_000_000
        answers = [agent.send(junk) for _ in range(3)]
        assert [one.status for one in answers] == [200, 200, 429]
        assert int(answers[-1].headers["retry-after"]) == pytest.approx(43_200, rel=0.01)
        assert other.send(junk).status == 200


def test_a_registry_that_drops_a_bound_line_is_refused_when_the_collector_starts_again(tmp_path: Path) -> None:
    with a_running_collector(tmp_path) as collector:
        collector.an_agent("line-02")
    files = CollectorFiles(tmp_path)
    registry = tmp_path / "registry.yaml"
    text = registry.read_text(encoding="utf-8").replace('"line-02"', '"line-03"')
    registry.write_text(text, encoding="utf-8")
    with pytest.raises(RegistryError, match="line 'line-02' has"), open_updated_services(files.config, FakeClock()):
        pass

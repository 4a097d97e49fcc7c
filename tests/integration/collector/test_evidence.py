"""Reading evidence: the right lines, the right times, in order."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from netmon.domain.latency import OutageCause
from netmon.domain.measurement import Measurement
from netmon.domain.measurement import Path as NetworkPath
from netmon.wire.canonical import format_time
from netmon.wire.records import Envelope, RecordKind
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.storage.evidence_tables import slot as slot_table
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.ingest import ingest
from tests.support.domain import LINE, MEGABIT, OTHER_LINE, SERVER, a_slot
from tests.support.store import AGENT, NOW, SIGNING_KEY, a_measurement_record, an_envelope, bind

HOUR = timedelta(hours=1)
START = NOW - timedelta(days=1)
SLOTS = [a_slot(START + number * HOUR) for number in range(4)]


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """Four slots of a line, each measured."""
    bind(store, at=START - timedelta(days=1))
    store.add_slots(SLOTS)
    _ingest(store, *(a_measurement_record(one, sequence=number) for number, one in enumerate(SLOTS, start=1)))
    return store


def _ingest(store: SqlStore, *records: Envelope) -> None:
    verifiers = {SERVER: Ed25519Verifier(bytes.fromhex(SIGNING_KEY.public_hex))}
    lines = [one.line() for one in records]
    ingest(lines, agent=AGENT, received_at=NOW, store=store, verifiers=verifiers)


def _outage(started_at: datetime, minutes: int, *, sequence: int) -> Envelope:
    body: dict[str, object] = {
        "started_at": format_time(started_at),
        "ended_at": format_time(started_at + timedelta(minutes=minutes)),
        "since": format_time(started_at),
        "cause": OutageCause.PROVIDER.value,
    }
    return an_envelope(RecordKind.OUTAGE, body, sequence=sequence)


def test_the_start_belongs_to_a_time_and_its_end_does_not(filled: SqlStore) -> None:
    assert filled.slots([LINE], SLOTS[1].starts_at, SLOTS[3].starts_at) == SLOTS[1:3]
    assert filled.slots([OTHER_LINE], START, NOW) == []
    assert filled.slots([], START, NOW) == []


def test_slots_read_back_as_they_were_issued_and_never_change(filled: SqlStore) -> None:
    changed = a_slot(SLOTS[0].starts_at)
    filled.add_slots([changed, a_slot(NOW)])
    assert filled.slots([LINE], START, NOW + HOUR) == [*SLOTS, a_slot(NOW)]


def test_measurements_come_by_their_slots_start(filled: SqlStore) -> None:
    found = filled.measurements([LINE], SLOTS[0].starts_at, SLOTS[0].starts_at + timedelta(seconds=1))
    assert [one.slot for one in found] == [SLOTS[0].id]


def test_a_report_is_found_where_its_slot_is_however_late_it_came(filled: SqlStore) -> None:
    body = {"slot": SLOTS[2].id, "end": "not_measured", "reason": "agent_off", "at": format_time(NOW)}
    _ingest(filled, an_envelope(RecordKind.SLOT, body, sequence=9))
    (report,) = filled.reports([LINE], SLOTS[2].starts_at, SLOTS[3].starts_at)
    assert (report.slot, report.at) == (SLOTS[2].id, NOW)


def test_an_outage_is_found_by_any_instant_that_it_covers(filled: SqlStore) -> None:
    _ingest(filled, _outage(START, 90, sequence=10))
    assert len(filled.outages([LINE], START + HOUR, START + 2 * HOUR)) == 1
    assert filled.outages([LINE], START + timedelta(minutes=90), NOW) == []
    assert filled.outages([LINE], START - HOUR, START) == []


def test_deliveries_are_receipted_rates_of_every_line_from_a_rate_on(filled: SqlStore) -> None:
    extra = [a_slot(NOW - timedelta(minutes=10 * number)) for number in (1, 2, 3)]
    _ingest(
        filled,
        a_measurement_record(extra[0], sequence=20, with_receipt=False),
        a_measurement_record(extra[1], sequence=21, path=NetworkPath.PROXIED),
        a_measurement_record(extra[2], sequence=22, rate_bps=10 * MEGABIT),
    )
    found = filled.deliveries(START, NOW + HOUR, at_least_bps=60 * MEGABIT)
    assert [one.at for one in found] == [one.starts_at + timedelta(seconds=5) for one in SLOTS]
    assert {(one.server, one.line, one.rate_bps) for one in found} == {(SERVER, LINE, 60 * MEGABIT)}
    assert filled.deliveries(START, NOW, at_least_bps=61 * MEGABIT) == []


def test_latency_windows_read_back(filled: SqlStore) -> None:
    body: dict[str, object] = {
        "started_at": format_time(START),
        "ended_at": format_time(START + timedelta(minutes=5)),
        "target": "server-1",
        "sent": 30,
        "lost": 1,
        "rtt_min_s": 0.01,
        "rtt_median_s": 0.011,
        "rtt_p95_s": 0.02,
        "rtt_max_s": 0.03,
        "jitter_s": 0.001,
    }
    _ingest(filled, an_envelope(RecordKind.LATENCY, body, sequence=30))
    (window,) = filled.latency([LINE], START, NOW)
    assert (window.sent, window.lost, window.rtt_p95_s, window.target) == (30, 1, 0.02, "server-1")


def test_measuring_began_with_the_first_slot(filled: SqlStore) -> None:
    assert filled.first_slot_at([LINE, OTHER_LINE]) == START
    assert filled.first_slot_at([OTHER_LINE]) is None
    assert filled.issued_until([LINE, OTHER_LINE]) == {LINE: SLOTS[-1].starts_at}


def test_pages_of_measurements_join_to_the_whole(filled: SqlStore) -> None:
    found: list[Measurement] = []
    mark, pages = None, 0
    while True:
        page, mark = filled.measurement_page(LINE, START, NOW, after=mark, limit=3)
        found.extend(page)
        pages += 1
        if mark is None:
            break
    assert pages == 2
    assert found == list(filled.measurements([LINE], START, NOW))


def test_times_are_stored_in_utc_whatever_their_zone(store: SqlStore) -> None:
    moscow = datetime(2026, 11, 23, 11, 0, 0, 123456, tzinfo=timezone(timedelta(hours=3)))
    store.add_slots([a_slot(moscow)])
    (found,) = store.slots([LINE], moscow, moscow + HOUR)
    assert found.starts_at == moscow
    assert found.starts_at.tzinfo is UTC
    with store.database.read() as connection:
        plain = connection.execute(select(slot_table.c.starts_at)).scalar_one()
    assert plain.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_not_stored(store: SqlStore) -> None:
    naive = a_slot(NOW).starts_at.replace(tzinfo=None)
    with pytest.raises(Exception, match="a time without a zone"):
        store.slots([LINE], naive, naive)

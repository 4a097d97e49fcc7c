"""What an evidence pack reads of a store, on each engine: records as received, receipts, what was in force when."""

import json
from datetime import timedelta

from netmon.wire.canonical import format_time
from netmon.wire.records import AnswerResult, Envelope, RecordKind
from netmon_collector.documents.canonical import canonical_document
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.ingest import ingest
from tests.support.domain import LINE, OTHER_LINE, SERVER, a_registry, a_slot
from tests.support.store import AGENT, NOW, SIGNING_KEY, a_measurement_record, an_envelope, bind

SLOT = a_slot(NOW - timedelta(hours=1))
HOUR = timedelta(hours=1)
AROUND = (NOW - 2 * HOUR, NOW)


def a_report(sequence: int) -> Envelope:
    body = {"slot": SLOT.id, "end": "measured", "reason": None, "at": format_time(SLOT.ends_at)}
    return an_envelope(RecordKind.SLOT, body, sequence=sequence)


def an_outage(sequence: int) -> Envelope:
    start = NOW - 3 * HOUR  # begins before the time, ends in it
    body: dict[str, object] = {
        "started_at": format_time(start),
        "ended_at": format_time(start + 2 * HOUR),
        "since": format_time(start),
        "cause": "provider",
    }
    return an_envelope(RecordKind.OUTAGE, body, sequence=sequence)


def stored(store: SqlStore, *records: Envelope) -> None:
    verifiers = {SERVER: Ed25519Verifier(bytes.fromhex(SIGNING_KEY.public_hex))}
    lines = [one.line() for one in records]
    answers = ingest(lines, agent=AGENT, received_at=NOW, store=store, verifiers=verifiers)
    assert {one.result for one in answers} == {AnswerResult.STORED}


def test_records_come_as_received_measurements_first(store: SqlStore) -> None:
    bind(store, at=NOW - timedelta(days=1))
    store.add_slots([SLOT])
    records = an_outage(1), a_report(2), a_measurement_record(SLOT, sequence=3)
    stored(store, *records)

    found = store.line_records(LINE, AROUND, NOW - timedelta(days=1))
    assert [json.loads(one.document)["kind"] for one in found] == ["measurement", "slot", "outage"]
    assert {one.document.encode() + b"\n" for one in found} == {one.line() for one in records}
    assert {(one.agent, one.received_at) for one in found} == {(AGENT, NOW)}
    assert store.line_records(OTHER_LINE, AROUND, NOW - timedelta(days=1)) == []
    (binding,) = store.bindings_of_line(LINE)
    assert (binding.agent, binding.until) == (AGENT, None)


def test_the_receipt_of_a_delivery_is_found(store: SqlStore) -> None:
    bind(store, at=NOW - timedelta(days=1))
    store.add_slots([SLOT])
    record = a_measurement_record(SLOT, background_bps=5_000_000)
    stored(store, record)

    (delivery,) = store.deliveries(*AROUND, at_least_bps=1)
    assert delivery.rate_bps == 55_000_000
    assert store.delivery_receipt(delivery) == record.body["receipt"]


def test_a_registry_is_found_as_it_was_at_a_time(store: SqlStore) -> None:
    one, two = a_registry(organisations=2), a_registry(organisations=3)
    documents = [canonical_document("registry", value) for value in (one, two)]
    for number, (document, registry) in enumerate(zip(documents, (one, two), strict=True)):
        store.put_in_force([document], registry=registry, entered=(), at=NOW + number * HOUR)

    assert store.document_at("registry", NOW - HOUR) is None
    assert [store.document_at("registry", NOW + number * HOUR / 2) for number in range(3)] == [
        documents[0],
        documents[0],
        documents[1],
    ]

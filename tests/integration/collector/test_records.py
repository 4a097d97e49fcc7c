"""Records in a real database: nothing is lost, nothing counts twice, conflicts are set aside."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Table, func, select

from netmon.domain.identifiers import AgentId
from netmon.domain.measurement import Measurement, ReceiptState
from netmon.wire.canonical import canonical_json, format_time
from netmon.wire.records import Answer, AnswerResult, Envelope, RecordKind
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.storage.evidence_tables import measurement, outage, quarantine, record, rejected
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.ingest import ingest
from tests.support.domain import LINE, MEGABIT, OTHER_LINE, SERVER, a_slot
from tests.support.store import AGENT, NOW, SIGNING_KEY, a_measurement_record, an_envelope, bind

SLOT = a_slot(NOW - timedelta(hours=1))
ENROLLED_AT = NOW - timedelta(days=7)
DAY = (NOW - timedelta(days=1), NOW + timedelta(days=1))


def _ingest(store: SqlStore, *records: Envelope | bytes, agent: AgentId = AGENT) -> Sequence[Answer]:
    lines = [one if isinstance(one, bytes) else one.line() for one in records]
    verifiers = {SERVER: Ed25519Verifier(bytes.fromhex(SIGNING_KEY.public_hex))}
    return ingest(lines, agent=agent, received_at=NOW, store=store, verifiers=verifiers)


def _results(answers: Sequence[Answer]) -> list[AnswerResult]:
    return [answer.result for answer in answers]


def _count(store: SqlStore, table: Table) -> int:
    with store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _outage_record(*, sequence: int) -> Envelope:
    start = NOW - timedelta(minutes=30)
    body: dict[str, object] = {
        "started_at": format_time(start),
        "ended_at": format_time(start + timedelta(minutes=5)),
        "since": format_time(start),
        "cause": "provider",
    }
    return an_envelope(RecordKind.OUTAGE, body, sequence=sequence)


def test_a_measurement_reads_back_as_it_was_sent(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    store.add_slots([SLOT])
    assert _results(_ingest(store, a_measurement_record(SLOT))) == [AnswerResult.STORED]
    (found,) = store.measurements([LINE], *DAY)
    assert isinstance(found, Measurement)
    assert (found.slot, found.rate_bps, found.receipt) == (SLOT.id, 60 * MEGABIT, ReceiptState.VALID)
    assert found.started_at == SLOT.starts_at + timedelta(seconds=5)
    assert store.measurements([OTHER_LINE], *DAY) == []


def test_the_document_of_a_record_is_kept_whole(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    plain = a_measurement_record(SLOT)
    sent = replace(plain, body={**plain.body, "later": "версия", "ratio": 0.1})
    _ingest(store, sent)
    with store.database.read() as connection:
        kept = connection.execute(select(record.c.document, record.c.hash)).one()
    assert kept.document.encode() == canonical_json(sent.document())
    assert kept.hash == sent.hash


def test_a_record_sent_again_is_a_duplicate_and_counts_once(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    one = a_measurement_record(SLOT)
    answers = [*_ingest(store, one, one), *_ingest(store, one)]
    assert _results(answers) == [AnswerResult.STORED, AnswerResult.DUPLICATE, AnswerResult.DUPLICATE]
    assert _count(store, record) == _count(store, measurement) == 1


def test_of_an_agents_conflicts_the_newest_are_kept(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    first = _outage_record(sequence=1)
    _ingest(store, first)
    for number in range(250):
        conflict = replace(first, device_at=NOW + timedelta(minutes=number + 1))
        ingest([conflict.line()], agent=AGENT, received_at=NOW + timedelta(minutes=number), store=store, verifiers={})
    with store.database.read() as connection:
        oldest = connection.execute(select(func.min(quarantine.c.received_at))).scalar_one()
    assert _count(store, quarantine) == 200
    assert oldest == NOW + timedelta(minutes=50)


def test_other_content_in_a_taken_place_is_a_conflict_kept_in_quarantine(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    first, other = a_measurement_record(SLOT), a_measurement_record(SLOT, rate_bps=99 * MEGABIT)
    assert _results(_ingest(store, first, other)) == [AnswerResult.STORED, AnswerResult.CONFLICT]
    assert _results(_ingest(store, other, a_measurement_record(SLOT, sequence=2))) == [
        AnswerResult.CONFLICT,
        AnswerResult.STORED,
    ]
    assert _count(store, quarantine) == 1
    assert {one.rate_bps for one in store.measurements([LINE], *DAY)} == {60 * MEGABIT}


def test_the_same_place_of_another_agent_or_stream_is_another_place(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    bind(store, OTHER_LINE, agent=AgentId("agent-2"), token="second", at=ENROLLED_AT)
    assert _results(_ingest(store, _outage_record(sequence=1))) == [AnswerResult.STORED]
    assert _results(_ingest(store, _outage_record(sequence=1), agent=AgentId("agent-2"))) == [AnswerResult.STORED]
    again = replace(_outage_record(sequence=1), stream="after-reset")
    assert _results(_ingest(store, again)) == [AnswerResult.STORED]
    assert _count(store, outage) == 3


def test_a_record_of_an_unbound_agent_is_kept_without_a_line(store: SqlStore) -> None:
    assert _results(_ingest(store, a_measurement_record(SLOT))) == [AnswerResult.STORED]
    assert (_count(store, record), _count(store, measurement)) == (1, 0)


def test_the_last_lines_that_were_no_records_are_kept_each_once(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    _ingest(store, *[f"line {number}".encode() for number in range(150)])
    _ingest(store, *[f"line {number}".encode() for number in range(100, 300)], b"\0\xff")
    with store.database.read() as connection:
        kept = connection.execute(select(rejected.c.line).order_by(rejected.c.id)).scalars().all()
    assert kept == [*(f"line {number}" for number in range(101, 300)), "\\x00\\xff"]


def test_concurrent_copies_of_one_batch_store_each_record_once(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    batch = [_outage_record(sequence=number) for number in range(1, 51)]
    answers: list[Sequence[Answer]] = []
    start = threading.Barrier(8)

    def send(turn: int) -> None:
        start.wait(timeout=10)
        answers.append(_ingest(store, *(batch if turn % 2 else reversed(batch))))

    threads = [threading.Thread(target=send, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    results = Counter(answer.result for one in answers for answer in one)
    assert results == {AnswerResult.STORED: 50, AnswerResult.DUPLICATE: 350}
    assert _count(store, outage) == 50


def test_hearing_from_an_agent_is_remembered_for_its_line(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    assert store.last_seen([LINE, OTHER_LINE]) == {LINE: ENROLLED_AT}
    _ingest(store, a_measurement_record(SLOT))
    assert store.last_seen([LINE]) == {LINE: NOW}
    store.saw(AGENT, at=NOW + timedelta(seconds=10))
    assert store.last_seen([LINE]) == {LINE: NOW}
    store.saw(AGENT, at=NOW + timedelta(minutes=1))
    assert store.last_seen([LINE]) == {LINE: NOW + timedelta(minutes=1)}

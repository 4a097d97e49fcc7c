"""What the store says of agents and servers: gaps, conflicts, rejected lines, receipts, planned load."""

from datetime import timedelta

from netmon.domain.measurement import ReceiptState
from netmon.domain.period import Period
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.ingest import ingest
from netmon_collector.use_cases.receipts import Verifiers
from tests.support.domain import LINE, SERVER, a_slot
from tests.support.store import AGENT, NOW, SIGNING_KEY, a_measurement_record, bind

VERIFIERS: Verifiers = {SERVER: Ed25519Verifier(bytes.fromhex(SIGNING_KEY.public_hex))}
SLOT = a_slot(NOW - timedelta(hours=1))


def _send(store: SqlStore, *lines: bytes) -> None:
    ingest(lines, agent=AGENT, received_at=NOW, store=store, verifiers=VERIFIERS)


def test_gaps_are_counted_among_the_latest_records(store: SqlStore) -> None:
    bind(store, at=NOW - timedelta(days=1))
    store.add_slots([SLOT])
    assert store.latest_records([LINE]) == {}
    _send(store, *(a_measurement_record(SLOT, sequence=number).line() for number in (1, 2, 5)))
    (latest,) = store.latest_records([LINE]).values()

    assert (latest.agent, latest.gaps, latest.looked_at, latest.clock_offset_s) == (AGENT, 2, 5, 0.0)


def test_what_was_refused_is_counted_with_its_reason(store: SqlStore) -> None:
    bind(store, at=NOW - timedelta(days=1))
    store.add_slots([SLOT])
    _send(store, a_measurement_record(SLOT).line(), b"nonsense")
    _send(store, a_measurement_record(SLOT, rate_bps=1_000_000).line())
    refused = store.refused([AGENT])[AGENT]

    assert (refused.conflicts, refused.rejected) == (1, 1)
    assert (refused.last_conflict_at, refused.last_rejected_at) == (NOW, NOW)
    assert refused.last_reason is not None
    assert "JSON" in refused.last_reason


def test_servers_are_known_by_their_receipts_and_their_load(store: SqlStore) -> None:
    bind(store, at=NOW - timedelta(days=1))
    store.add_slots([SLOT])
    _send(store, a_measurement_record(SLOT).line(), a_measurement_record(SLOT, sequence=2, with_receipt=False).line())
    (seen,) = store.servers_seen(NOW - timedelta(days=1))
    (load,) = store.planned_load(NOW - timedelta(days=1), NOW)

    assert seen.receipts == {ReceiptState.VALID: 1, ReceiptState.ABSENT: 1}
    assert seen.last_valid_at is not None
    assert load == (SERVER, SLOT.starts_at, SLOT.rate_bps * SLOT.duration_s)
    assert store.servers_seen(NOW) == []


def test_a_slot_is_found_with_its_records(store: SqlStore) -> None:
    bind(store, at=NOW - timedelta(days=1))
    store.add_slots([SLOT])
    _send(store, a_measurement_record(SLOT).line())
    (found,) = store.recorded_in(SLOT)

    assert store.slot(SLOT.id) == SLOT
    assert (found.agent, found.sequence, found.received_at) == (AGENT, 1, NOW)
    assert found.document is not None
    assert '"kind":"measurement"' in found.document
    assert store.measured_bytes([LINE], Period.month(NOW.date()).first, NOW.date()) == {}


def test_who_measured_a_line_is_told_newest_first(store: SqlStore) -> None:
    bind(store, at=NOW - timedelta(days=1))
    bind(store, agent="agent-2", token="other", at=NOW)  # type: ignore[arg-type]
    first, second = store.agent_bindings([LINE])

    assert (first.agent, first.until) == ("agent-2", None)
    assert (second.agent, second.until) == (AGENT, NOW)

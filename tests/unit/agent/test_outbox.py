"""The outbox: what it acknowledged arrives exactly once, whatever the collector answers."""

import contextlib
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netmon.domain.identifiers import SlotId
from netmon.wire.records import MAX_RECORD_BYTES, Answer, AnswerResult, Envelope, RecordKind
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import OutboxError, RecordTooLargeError
from netmon_agent.life import Life
from netmon_agent.outbox import DROP_ORDER, MOST_ASIDE, Limits, Outbox
from netmon_agent.outbox_schema import FILE
from netmon_agent.ports import SlotMark
from tests.support.agent import NOON, FakeClock, Log, a_draft, an_outbox


def answers(batch: Sequence[Envelope], result: AnswerResult, detail: str | None = None) -> dict[int, Answer]:
    return {
        one.sequence: Answer(stream=one.stream, sequence=one.sequence, result=result, detail=detail) for one in batch
    }


def numbers(outbox: Outbox) -> list[int]:
    return [envelope.sequence for envelope in outbox.batch()]


def test_records_are_numbered_from_one_without_gaps_and_keep_their_content(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    outbox.append([a_draft(1), a_draft(2)])
    outbox.append([a_draft(3, RecordKind.SLOT)])
    batch = outbox.batch()
    assert [one.sequence for one in batch] == [1, 2, 3]
    assert [one.body["number"] for one in batch] == [1, 2, 3]
    assert [one.kind for one in batch] == [RecordKind.LATENCY, RecordKind.LATENCY, RecordKind.SLOT]
    assert {one.device_at for one in batch} == {NOON}
    assert {one.stream for one in batch} == {outbox.stream}


def test_a_restart_continues_the_stream_and_its_numbers(tmp_path: Path) -> None:
    first = an_outbox(tmp_path)
    first.append([a_draft(1), a_draft(2)])
    first.settle(answers(first.batch(), AnswerResult.STORED))
    first.close()
    second = an_outbox(tmp_path)
    second.append([a_draft(3)])
    assert (second.stream, numbers(second)) == (first.stream, [3])


def test_two_outboxes_have_two_streams(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert an_outbox(tmp_path / "a").stream != an_outbox(tmp_path / "b").stream


@pytest.mark.parametrize("result", [AnswerResult.STORED, AnswerResult.DUPLICATE])
def test_what_the_collector_has_leaves_the_outbox(tmp_path: Path, result: AnswerResult) -> None:
    outbox = an_outbox(tmp_path)
    outbox.append([a_draft()])
    settled = outbox.settle(answers(outbox.batch(), result))
    assert (settled.taken, settled.later, settled.aside) == (1, 0, ())
    assert (outbox.batch(), outbox.counts().waiting, outbox.counts().aside) == ([], 0, 0)


@pytest.mark.parametrize("result", [AnswerResult.CONFLICT, AnswerResult.REJECTED])
def test_what_the_collector_will_never_take_is_kept_aside(tmp_path: Path, result: AnswerResult) -> None:
    outbox = an_outbox(tmp_path)
    outbox.append([a_draft(1), a_draft(2)])
    settled = outbox.settle(answers(outbox.batch()[:1], result, "because"))
    assert [answer.detail for answer in settled.aside] == ["because"]
    assert numbers(outbox) == [2]
    assert outbox.counts().aside == 1


def test_what_is_to_come_later_stays(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    outbox.append([a_draft(1), a_draft(2)])
    assert outbox.settle(answers(outbox.batch(), AnswerResult.LATER)).later == 2
    assert numbers(outbox) == [1, 2]


def test_what_stands_aside_is_bounded_and_the_newest_is_kept(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path, limits=Limits(batch_records=MOST_ASIDE + 5))
    outbox.append([a_draft(number) for number in range(MOST_ASIDE + 5)])
    outbox.settle(answers(outbox.batch(), AnswerResult.REJECTED))
    assert outbox.counts().aside == MOST_ASIDE
    outbox.close()
    with sqlite3.connect(tmp_path / "outbox.db") as database:
        assert database.execute("SELECT min(sequence) FROM aside").fetchone() == (6,)
    database.close()


def test_a_batch_is_bounded_in_records_and_in_bytes_and_begins_with_the_oldest(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path, limits=Limits(batch_records=3, batch_bytes=5000))
    outbox.append([a_draft(number) for number in range(5)])
    assert numbers(outbox) == [1, 2, 3]
    assert [one.sequence for one in outbox.batch(after=3)] == [4, 5]
    assert [one.sequence for one in outbox.batch(most_records=1)] == [1]
    outbox.settle(answers(outbox.batch(after=0), AnswerResult.STORED))
    outbox.append([a_draft(5, padding=4000), a_draft(6, padding=4000)])
    assert [one.sequence for one in outbox.batch(after=5)] == [6]
    assert sum(len(one.line()) for one in outbox.batch(after=5)) < 5000


def test_a_record_larger_than_a_batch_still_goes_alone(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path, limits=Limits(batch_bytes=1000))
    outbox.append([a_draft(1, padding=2000), a_draft(2)])
    assert numbers(outbox) == [1]


def test_a_record_that_nobody_would_take_is_not_acknowledged(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    with pytest.raises(RecordTooLargeError):
        outbox.append([a_draft(1), a_draft(2, padding=MAX_RECORD_BYTES)])
    assert outbox.batch() == []


def test_the_largest_record_fits_the_wire(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    padding = next(size for size in range(MAX_RECORD_BYTES, 0, -1) if _fits(outbox, size))
    line = outbox.batch()[0].line()
    assert padding < len(line) <= MAX_RECORD_BYTES
    assert Envelope.parse(line)


def _fits(outbox: Outbox, padding: int) -> bool:
    try:
        outbox.append([a_draft(2**40, RecordKind.MEASUREMENT, padding)])
    except RecordTooLargeError:
        return False
    return True


def test_a_full_outbox_drops_in_its_order_and_oldest_first(tmp_path: Path) -> None:
    log = Log()
    outbox = an_outbox(tmp_path, limits=Limits(most_bytes=1280 * 9), say=log)
    kinds = [*reversed(DROP_ORDER)]
    for number, kind in enumerate(kinds * 2):
        outbox.append([a_draft(number, kind, padding=1000)])
    assert outbox.counts().dropped == {RecordKind.LATENCY: 2, RecordKind.PATH: 2}
    assert "dropped, oldest first: 1 latency" in log
    for number in range(8):
        outbox.append([a_draft(100 + number, RecordKind.MEASUREMENT, padding=1000)])
    kept = outbox.batch()
    assert {one.kind for one in kept} == {RecordKind.MEASUREMENT}
    assert [one.body["number"] for one in kept][-1] == 107
    less_valuable = dict.fromkeys(DROP_ORDER[:-1], 2)
    assert outbox.counts().dropped == {**less_valuable, RecordKind.MEASUREMENT: 10 - len(kept)}
    assert kept[-1].sequence == 20, "a gap in the numbers shows what was dropped"


def test_every_kind_has_its_place_in_the_order_of_dropping() -> None:
    assert sorted(DROP_ORDER) == sorted(RecordKind)


def test_the_bound_holds_after_a_restart_and_after_answers(tmp_path: Path) -> None:
    before = an_outbox(tmp_path)
    before.append([a_draft(number, padding=1000) for number in range(20)])
    before.close()
    outbox = an_outbox(tmp_path, limits=Limits(most_bytes=10_000))
    outbox.append([a_draft(20, padding=1000)])
    assert 5 < outbox.counts().waiting < 9
    outbox.settle(answers(outbox.batch(), AnswerResult.STORED))
    outbox.append([a_draft(number, padding=1000) for number in range(7)])
    assert outbox.counts().waiting == 7


def test_a_damaged_file_is_kept_aside_and_a_new_stream_begins(tmp_path: Path) -> None:
    old = an_outbox(tmp_path)
    old.append([a_draft(number, padding=2000) for number in range(50)])
    old.close()
    whole = (tmp_path / "outbox.db").read_bytes()
    (tmp_path / "outbox.db").write_bytes(whole[:5000] + b"\xff" * 20_000 + whole[25_000:])
    log = Log()
    new = an_outbox(tmp_path, say=log)
    new.append([a_draft()])
    assert new.stream != old.stream
    assert numbers(new) == [1]
    assert (tmp_path / "outbox.db.damaged-1").exists()
    assert "is damaged" in log
    assert "kept as outbox.db.damaged-1, and a new stream begins" in log


def test_only_the_last_damaged_files_are_kept(tmp_path: Path) -> None:
    for _ in range(4):
        (tmp_path / "outbox.db").write_bytes(b"no database at all" * 100)
        an_outbox(tmp_path).close()
    kept = sorted(path.name for path in tmp_path.glob("*damaged*"))
    assert kept == ["outbox.db.damaged-3", "outbox.db.damaged-4"]


def test_a_folder_that_cannot_be_used_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(OutboxError, match="cannot be used"):
        an_outbox(tmp_path / "none")


def test_an_append_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    outbox.append([a_draft(1)])
    outbox.close()
    with pytest.raises(OutboxError):
        outbox.append([a_draft(2)], slot=SlotMark(id=SlotId("slot-1"), done=True))
    again = an_outbox(tmp_path)
    assert (numbers(again), again.slot_marks()) == ([1], {})


def test_a_slot_is_marked_together_with_its_records(tmp_path: Path) -> None:
    mark = SlotMark(id=SlotId("slot-1"), tried=1, attempts=1, done=True)
    outbox = an_outbox(tmp_path)
    outbox.append([a_draft()], slot=mark)
    outbox.append([], slot=SlotMark(id=SlotId("slot-2"), tried=1))
    outbox.close()
    again = an_outbox(tmp_path)
    assert again.slot_marks()[mark.id] == mark
    again.forget_slots({SlotId("slot-2")})
    assert list(again.slot_marks()) == ["slot-2"]


def test_whoever_waits_for_records_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    outbox = an_outbox(tmp_path, appended=lambda: told.append("records"))
    outbox.append([], slot=SlotMark(id=SlotId("slot-1")))
    assert told == []
    outbox.append([a_draft(), a_draft(2, RecordKind.OUTAGE)])
    assert told == ["records"]


def test_windows_of_probes_wait_for_company(tmp_path: Path) -> None:
    told: list[str] = []
    outbox = an_outbox(tmp_path, appended=lambda: told.append("records"))
    outbox.append([a_draft(1, RecordKind.LATENCY)])
    assert told == []
    assert len(numbers(outbox)) == 1


def test_the_offset_of_the_clock_is_kept_with_the_record(tmp_path: Path) -> None:
    clock = FakeClock(datetime(1970, 1, 1, tzinfo=UTC))
    time = CollectorTime(clock)
    time.learn(NOON, monotonic=clock.monotonic())
    outbox = an_outbox(tmp_path, clock=clock, time=time)
    outbox.append([a_draft()])
    clock.set(NOON)  # NTP has arrived; the record keeps what was right when it was written
    (envelope,) = outbox.batch()
    assert envelope.clock_offset_s == (NOON - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


def test_a_record_from_before_the_first_contact_gets_its_offset_when_it_is_first_sent(tmp_path: Path) -> None:
    clock = FakeClock(datetime(1970, 1, 1, tzinfo=UTC))
    time = CollectorTime(clock)
    outbox = an_outbox(tmp_path, clock=clock, time=time)
    outbox.append([a_draft()])
    clock.advance(600)
    time.learn(NOON, monotonic=clock.monotonic())
    (envelope,) = outbox.batch()
    assert envelope.clock_offset_s is not None
    assert envelope.device_at + timedelta(seconds=envelope.clock_offset_s) == NOON - timedelta(minutes=10)


@pytest.mark.parametrize("known_at_first", [True, False])
def test_what_was_sent_once_never_changes(tmp_path: Path, known_at_first: bool) -> None:
    clock = FakeClock()
    time = CollectorTime(clock)
    outbox = an_outbox(tmp_path, clock=clock, time=time)
    outbox.append([a_draft()])
    if known_at_first:
        time.learn(NOON, monotonic=clock.monotonic())
    sent = outbox.batch()
    clock.advance(10)
    time.learn(NOON + timedelta(days=3), monotonic=clock.monotonic())
    assert outbox.batch() == sent
    outbox.close()
    assert an_outbox(tmp_path, clock=clock, time=time).batch() == sent
    assert (sent[0].clock_offset_s is None) is not known_at_first


def test_after_a_reboot_an_unknown_offset_stays_unknown(tmp_path: Path) -> None:
    clock = FakeClock()
    before = an_outbox(tmp_path, clock=clock)
    before.append([a_draft()])
    before.close()
    time = CollectorTime(clock)
    time.learn(NOON, monotonic=clock.monotonic())
    (envelope,) = an_outbox(tmp_path, clock=clock, time=time, boot="boot-2").batch()
    assert envelope.clock_offset_s is None


def test_the_last_sign_of_life_is_that_of_the_last_record(tmp_path: Path) -> None:
    clock = FakeClock()
    outbox = an_outbox(tmp_path, clock)
    assert outbox.last_life is None
    outbox.append([a_draft()])
    clock.advance(60)
    outbox.append([], slot=SlotMark(id=SlotId("slot-1")))  # a mark alone is worth no write more
    outbox.close()
    again = an_outbox(tmp_path, clock)
    assert again.last_life == Life(device_at=NOON, offset_s=None, boot="boot-1", ended=False)
    again.end_life()
    again.close()
    known = CollectorTime(clock)
    known.learn(NOON + timedelta(hours=5), monotonic=clock.monotonic())
    third = an_outbox(tmp_path, clock, time=known)
    assert third.last_life == Life(device_at=NOON + timedelta(seconds=60), offset_s=None, boot="boot-1", ended=True)
    third.end_life()
    third.close()
    found = an_outbox(tmp_path, clock).last_life
    assert found is not None
    assert found.collector_at == NOON + timedelta(hours=5)


def test_an_outbox_of_the_version_before_goes_on(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    outbox.append([a_draft(7)])
    outbox.close()
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as database:
        database.executescript("DROP TABLE life; PRAGMA user_version = 1;")
    again = an_outbox(tmp_path)
    assert [one.body["number"] for one in again.batch()] == [7]
    assert again.last_life is None
    again.append([a_draft(8)])
    again.close()
    assert an_outbox(tmp_path).last_life is not None


def test_no_index_is_shared_and_the_log_keeps_its_blocks(tmp_path: Path) -> None:
    outbox, log = an_outbox(tmp_path), tmp_path / f"{FILE}-wal"
    sizes = []
    for number in range(300):
        outbox.append([a_draft(number)])
        outbox.settle(answers(outbox.batch(), AnswerResult.STORED))
        sizes.append(log.stat().st_size)
    assert sizes == sorted(sizes)
    assert sizes[-1] == sizes[-100] < 512 * 1024
    assert not (tmp_path / f"{FILE}-shm").exists()

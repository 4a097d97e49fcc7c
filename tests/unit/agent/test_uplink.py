"""The uplink: what each answer, and each way of not answering, means for the records."""

import gzip
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from netmon.wire.canonical import canonical_json
from netmon.wire.records import Answer, AnswerResult, Envelope, Note, RecordKind
from netmon.wire.timetable import answers_document
from netmon_agent.backoff import Backoff, BackoffRule
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import CollectorError, CollectorStatusError, TokenRefusedError
from netmon_agent.http_client import Reply
from netmon_agent.outbox import Limits, Outbox
from netmon_agent.uplink import IDLE_S, RECORDS_PATH, Uplink, match
from tests.support.agent import NOON, FakeClock, Log, a_draft, an_outbox

Answering = Callable[[list[Envelope]], bytes]


class Desk:
    """A collector's desk: takes batches, answers as the test says."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.answering: list[Answering] = []
        self.batches: list[list[Envelope]] = []
        self.timeouts: list[float | None] = []

    def get(self, path: str, headers: Mapping[str, str] | None = None, /) -> Reply:
        raise NotImplementedError

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None, /, *, timeout_s: float | None = None
    ) -> Reply:
        assert path == RECORDS_PATH
        assert (headers or {})["Content-Encoding"] == "gzip"
        self.batches.append([Envelope.parse(line) for line in gzip.decompress(body).splitlines()])
        self.timeouts.append(timeout_s)
        answer = self.answering.pop(0) if self.answering else all_get(AnswerResult.STORED)
        return Reply(status=200, headers={}, body=answer(self.batches[-1]), monotonic=self.clock.monotonic())

    @property
    def numbers(self) -> list[list[int]]:
        return [[one.sequence for one in batch] for batch in self.batches]


def all_get(result: AnswerResult, **changes: object) -> Answering:
    return lambda batch: answer_bytes([an_answer(one, result, **changes) for one in batch])


def an_answer(one: Envelope, result: AnswerResult, **changes: object) -> Answer:
    return Answer(stream=one.stream, sequence=one.sequence, result=result, **changes)  # type: ignore[arg-type]


def answer_bytes(answers: Sequence[Answer]) -> bytes:
    return canonical_json(answers_document([one.document() for one in answers], server_time=NOON))


def failing(error: CollectorError) -> Answering:
    def fail(_: list[Envelope]) -> bytes:
        raise error

    return fail


class Bench:
    """An uplink with everything around it."""

    def __init__(self, folder: Path, records: int = 1, batch_records: int = 500) -> None:
        self.clock, self.log = FakeClock(), Log()
        self.time = CollectorTime(self.clock)
        self.outbox: Outbox = an_outbox(
            folder, clock=self.clock, time=self.time, limits=Limits(batch_records=batch_records)
        )
        self.outbox.append([a_draft(number) for number in range(records)])
        self.desk = Desk(self.clock)
        self.uplink = Uplink(
            outbox=self.outbox,
            client=self.desk,
            time=self.time,
            clock=self.clock,
            backoff=Backoff(lambda: 1.0, BackoffRule(first_s=2.0, most_s=60.0)),
            say=self.log,
        )

    def steps(self, most: int = 50) -> float:
        """Step until there is something to wait for."""
        for _ in range(most):
            wait_s = self.uplink.step()
            if wait_s > 0:
                return wait_s
        raise AssertionError("the uplink does not come to rest")


def test_every_record_is_sent_in_order_and_leaves_the_outbox(tmp_path: Path) -> None:
    bench = Bench(tmp_path, records=7, batch_records=3)
    assert bench.steps() == IDLE_S
    assert bench.desk.numbers == [[1, 2, 3], [4, 5, 6], [7]]
    assert bench.outbox.counts().waiting == 0
    assert bench.log.lines == []


def test_the_collectors_time_is_learnt_from_every_answer(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.clock.set(NOON - timedelta(days=365))
    bench.steps()
    assert bench.time.now() == NOON


def test_a_failure_waits_with_backoff_and_says_so_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.desk.answering = [failing(CollectorError("no route"))] * 3
    waits = []
    for _ in range(3):
        waits.append(bench.steps())
        assert bench.uplink.step() == waits[-1], "nothing is asked before its time"
        bench.clock.advance(waits[-1])
    assert waits == [2.0, 4.0, 8.0]
    assert bench.log.lines == ["records wait: no route"]
    bench.steps()
    assert bench.outbox.counts().waiting == 0
    assert bench.log.lines[1:] == ["records reach the collector again"]


def test_a_line_that_is_back_ends_the_wait(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.desk.answering = [failing(CollectorError("no route"))] * 6
    for _ in range(6):
        bench.clock.advance(bench.steps())
    bench.desk.answering = [failing(CollectorError("no route"))]
    assert bench.steps() == 60.0
    bench.uplink.hurry(5.0)
    assert bench.steps() == 5.0
    bench.clock.advance(5.0)
    assert bench.steps() == IDLE_S


def test_retry_after_is_kept(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.desk.answering = [failing(CollectorStatusError(503, "busy", retry_after_s=120.0))]
    assert bench.steps() == 122.0


def test_a_refused_token_is_said_clearly_and_nothing_is_lost(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.desk.answering = [failing(TokenRefusedError(401, "refuses this device's token"))]
    assert bench.steps() > 0
    assert "refuses this device's token" in bench.log
    assert bench.outbox.counts().waiting == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"time": "2026-11-23T12:00:00Z", "answers": {}}', b'{"time": 1, "answers": []}']
)
def test_an_answer_that_cannot_be_read_settles_nothing(tmp_path: Path, body: bytes) -> None:
    bench = Bench(tmp_path)
    bench.desk.answering = [lambda _: body]
    assert bench.steps() == 2.0
    assert bench.outbox.counts().waiting == 1
    assert "cannot be used" in bench.log


def test_a_result_of_a_later_collector_settles_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.desk.answering = [lambda batch: all_get(AnswerResult.STORED)(batch).replace(b"stored", b"digested")]
    assert bench.steps() == 2.0
    assert bench.outbox.counts().waiting == 1


def test_a_record_without_an_answer_is_sent_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, records=3)
    bench.desk.answering = [lambda batch: answer_bytes([an_answer(batch[1], AnswerResult.STORED)])]
    wait_s = bench.steps()
    assert wait_s == 2.0
    bench.clock.advance(wait_s)
    bench.steps()
    assert bench.desk.numbers == [[1, 2, 3], [1, 3]]


def test_what_comes_later_holds_nothing_else_up(tmp_path: Path) -> None:
    bench = Bench(tmp_path, records=4, batch_records=2)
    bench.desk.answering = [all_get(AnswerResult.LATER)]
    wait_s = bench.steps()
    assert bench.desk.numbers == [[1, 2], [3, 4]]
    assert wait_s == 2.0
    bench.clock.advance(wait_s)
    assert bench.steps() == IDLE_S
    assert bench.desk.numbers[2:] == [[1, 2]]


def test_records_that_always_come_later_are_asked_about_ever_more_rarely(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    waits = []
    for _ in range(4):
        bench.desk.answering = [all_get(AnswerResult.LATER)]
        waits.append(bench.steps())
        bench.clock.advance(waits[-1])
    assert waits == [2.0, 4.0, 8.0, 16.0]


def test_a_conflict_says_that_another_device_uses_this_identity(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.desk.answering = [all_get(AnswerResult.CONFLICT)]
    bench.steps()
    assert "another device uses this identity" in bench.log
    assert (bench.outbox.counts().waiting, bench.outbox.counts().aside) == (0, 1)


def test_a_rejected_record_is_never_sent_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, records=2)
    bench.desk.answering = [
        lambda batch: answer_bytes(
            [
                an_answer(batch[0], AnswerResult.REJECTED, notes=(Note.MALFORMED,)),
                an_answer(batch[1], AnswerResult.STORED),
            ]
        )
    ]
    assert bench.steps() == IDLE_S
    assert bench.desk.numbers == [[1, 2]]
    assert "rejected 1 records for good (malformed)" in bench.log


def test_a_batch_that_is_too_large_is_halved_until_it_passes(tmp_path: Path) -> None:
    bench = Bench(tmp_path, records=8)
    bench.desk.answering = [failing(CollectorStatusError(413, "too large"))] * 2
    assert bench.steps() == IDLE_S
    assert [len(batch) for batch in bench.desk.batches] == [8, 4, 2, 6]
    assert bench.outbox.counts().waiting == 0


def test_a_single_record_that_is_too_large_is_put_aside_and_blocks_nobody(tmp_path: Path) -> None:
    bench = Bench(tmp_path, records=2)
    bench.desk.answering = [failing(CollectorStatusError(413, "too large"))] * 2
    assert bench.steps() == IDLE_S
    assert bench.desk.numbers == [[1, 2], [1], [2]]
    assert (bench.outbox.counts().waiting, bench.outbox.counts().aside) == (0, 1)


def test_the_last_try_ignores_the_backoff_and_is_short(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.desk.answering = [failing(CollectorError("no route"))]
    bench.steps()
    bench.uplink.last_try(2.0)
    assert bench.desk.timeouts == [None, 2.0]
    assert bench.outbox.counts().waiting == 0
    bench.uplink.last_try(2.0)
    assert len(bench.desk.batches) == 2, "with nothing to say nothing is sent"


def test_a_last_try_that_fails_is_only_said(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.desk.answering = [failing(CollectorError("no route"))]
    bench.uplink.last_try(2.0)
    assert bench.log.lines == ["the last upload failed: no route"]


def test_an_outbox_that_cannot_be_read_is_tried_again_later(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.outbox.close()
    assert bench.uplink.step() == 2.0
    assert "the outbox cannot be read" in bench.log


def test_an_answer_to_a_line_that_could_not_be_read_is_found_by_its_place() -> None:
    batch = [
        Envelope(stream="s", sequence=number, kind=RecordKind.SLOT, device_at=NOON, clock_offset_s=None, body={})
        for number in (4, 5, 6)
    ]
    poison = Answer(stream=None, sequence=None, result=AnswerResult.REJECTED)
    stored = [an_answer(batch[0], AnswerResult.STORED), an_answer(batch[2], AnswerResult.STORED)]
    assert match(batch, [stored[0], poison, stored[1]])[5] is poison
    assert set(match(batch, [stored[0], poison])) == {4}, "with an answer missing, places say nothing"


def test_answers_about_somebody_elses_records_are_ignored() -> None:
    batch = [Envelope(stream="s", sequence=1, kind=RecordKind.SLOT, device_at=NOON, clock_offset_s=None, body={})]
    strange = [
        Answer(stream="other", sequence=1, result=AnswerResult.STORED),
        Answer(stream="s", sequence=2, result=AnswerResult.STORED),
    ]
    assert match(batch, strange) == {}

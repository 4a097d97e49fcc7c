"""The law of the outbox: whatever happens, each acknowledged record is settled exactly once or waits."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from netmon.wire.records import Answer, AnswerResult, Envelope, RecordKind
from netmon_agent.outbox import Limits, Outbox
from tests.support.agent import FakeClock, a_draft, an_outbox

results = st.sampled_from(AnswerResult)


class OutboxMachine(RuleBasedStateMachine):
    """An outbox beside a plain dictionary that says what it should hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.outbox = self.open()
        self.stream = self.outbox.stream
        self.waiting: dict[int, int] = {}  # number to content
        self.given = 0
        self.sent: list[Envelope] = []

    def open(self) -> Outbox:
        limits = Limits(batch_records=7, batch_bytes=3000)
        return an_outbox(Path(self.folder.name), clock=self.clock, limits=limits)

    @rule(count=st.integers(1, 4), kind=st.sampled_from(RecordKind), padding=st.integers(0, 800))
    def append(self, count: int, kind: RecordKind, padding: int) -> None:
        self.outbox.append([a_draft(self.given + one + 1, kind, padding) for one in range(count)])
        for _ in range(count):
            self.given += 1
            self.waiting[self.given] = self.given

    @rule(after=st.integers(0, 20))
    def send(self, after: int) -> None:
        self.sent = self.outbox.batch(after=after)

    @rule(chosen=st.lists(results, min_size=7, max_size=7), lost=st.integers(0, 7))
    def hear(self, chosen: list[AnswerResult], lost: int) -> None:
        """Answers to what was sent last, perhaps long settled, perhaps only some of them."""
        answered = {
            one.sequence: Answer(stream=one.stream, sequence=one.sequence, result=result)
            for one, result in list(zip(self.sent, chosen, strict=False))[lost:]
        }
        self.outbox.settle(answered)
        for number, answer in answered.items():
            if answer.result.is_final:
                self.waiting.pop(number, None)

    @rule()
    def stop_and_start(self) -> None:
        self.outbox.close()
        self.outbox = self.open()

    @rule()
    def lose_power(self) -> None:
        """Nobody closes anything: a new process finds the files as they are."""
        self.clock.advance(1)
        abandoned, before = self.outbox, self.folder
        self.folder = tempfile.TemporaryDirectory()
        shutil.copytree(before.name, self.folder.name, dirs_exist_ok=True)
        self.outbox = self.open()
        abandoned.close()
        before.cleanup()

    @invariant()
    def everything_acknowledged_waits_or_was_settled(self) -> None:
        found: list[Envelope] = []
        while batch := self.outbox.batch(after=found[-1].sequence if found else 0):
            found += batch
        assert {one.sequence: one.body["number"] for one in found} == self.waiting
        assert [one.sequence for one in found] == sorted(self.waiting)
        assert self.outbox.stream == self.stream
        assert self.outbox.counts().waiting == len(self.waiting)

    def teardown(self) -> None:
        self.outbox.close()
        self.folder.cleanup()


TestOutboxLaws = OutboxMachine.TestCase
TestOutboxLaws.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)

"""Counting what became of records since the process started."""

from collections import Counter
from collections.abc import Iterable

from netmon.wire.records import Answer, AnswerResult, Note
from netmon_collector.exposition import IngestState


class IngestCounters:
    """Counts in the event loop's thread alone."""

    def __init__(self) -> None:
        self._answers: Counter[AnswerResult] = Counter()
        self._notes: Counter[Note] = Counter()

    def count(self, answers: Iterable[Answer]) -> None:
        for answer in answers:
            self._answers[answer.result] += 1
            self._notes.update(answer.notes)

    def state(self) -> IngestState:
        return IngestState(answers=dict(self._answers), notes=dict(self._notes))

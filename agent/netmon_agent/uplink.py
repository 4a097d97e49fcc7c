"""The uplink: batches of records to the collector, and what its answers mean for each."""

import zlib
from collections.abc import Sequence

from netmon.clock import Clock
from netmon.errors import WireError
from netmon.wire.canonical import Fields, parse_object
from netmon.wire.records import Answer, AnswerResult, Envelope
from netmon_agent.backoff import Backoff
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import CollectorError, CollectorStatusError, OutboxError
from netmon_agent.http_client import MOST_REPLY_BYTES, Client, Reply
from netmon_agent.outbox import Outbox, Settled
from netmon_agent.ports import Say

RECORDS_PATH = "/api/v1/agent/records"
IDLE_S = 3600.0
_TOO_LARGE = 413
_TOLD_EVERY_S = 3600.0
_GZIP = 31  # zlib's window bits for a gzip header
_HEADERS = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}


class Uplink:
    """Empties the outbox into the collector, oldest records first, and backs off while that fails."""

    def __init__(
        self, *, outbox: Outbox, client: Client, time: CollectorTime, clock: Clock, backoff: Backoff, say: Say
    ) -> None:
        self._outbox, self._client, self._time, self._clock = outbox, client, time, clock
        self._backoff, self._say = backoff, say
        self._not_before = clock.monotonic()
        self._after = 0  # the records up to here got their answers in this round
        self._later = False
        self._most_records: int | None = None
        self._trouble: str | None = None
        self._conflicts_untold_until = clock.monotonic()

    def step(self) -> float:
        """Send one batch if it is time; answers the seconds until there is something to do."""
        wait_s = self._not_before - self._clock.monotonic()
        if wait_s > 0:
            return wait_s
        try:
            batch = self._outbox.batch(after=self._after, most_records=self._most_records)
            if not batch:
                return self._end_round()
            self._exchange(batch)
        except CollectorError as error:
            return self._failed(error)
        except OutboxError as error:
            return self._wait(self._backoff.failed(), str(error))
        return 0.0

    def _exchange(self, batch: Sequence[Envelope]) -> None:
        try:
            answers = self._send(batch)
        except CollectorStatusError as error:
            if error.status != _TOO_LARGE:
                raise
            if len(batch) > 1:
                self._most_records = len(batch) // 2
                return
            # It stands in the way of all others, and no smaller batch is to be had.
            answers = [_too_large(batch[0])]
        self._settle(batch, answers)
        self._succeeded()

    def hurry(self, within_s: float) -> None:
        """The line is back: do not sit out what a long outage has made of the backoff."""
        self._not_before = min(self._not_before, self._clock.monotonic() + self._backoff.soon(within_s))

    def last_try(self, within_s: float) -> None:
        """One more batch while the agent shuts down, whatever the backoff says."""
        try:
            batch = self._outbox.batch()
            if batch:
                self._settle(batch, self._send(batch, timeout_s=within_s))
        except (CollectorError, OutboxError) as error:
            self._say(f"the last upload failed: {error}")

    def _send(self, batch: Sequence[Envelope], timeout_s: float | None = None) -> list[Answer]:
        body = _packed(b"".join(envelope.line() for envelope in batch))
        reply = self._client.post(RECORDS_PATH, body, _HEADERS, timeout_s=timeout_s)
        return self._read(reply)

    def _read(self, reply: Reply) -> list[Answer]:
        """Raises CollectorError: what cannot be read leaves every record where it is, to be sent again."""
        try:
            fields = Fields(parse_object(reply.body, limit=MOST_REPLY_BYTES), "answer")
            self._time.learn(fields.time("time"), monotonic=reply.monotonic)
            answers = fields.raw("answers")
            if not isinstance(answers, list) or not all(isinstance(one, dict) for one in answers):
                raise fields.fail("answers", "a list of objects")
            return [Answer.read(Fields(one, f"answers[{index}]")) for index, one in enumerate(answers)]
        except WireError as error:
            raise CollectorError(f"the collector's answer to a batch cannot be used: {error}") from error

    def _settle(self, batch: Sequence[Envelope], answers: Sequence[Answer]) -> None:
        settled = self._outbox.settle(match(batch, answers))
        self._after = batch[-1].sequence
        self._later = self._later or settled.taken + len(settled.aside) < len(batch)
        self._tell_aside(settled)

    def _tell_aside(self, settled: Settled) -> None:
        conflicts = [answer for answer in settled.aside if answer.result is AnswerResult.CONFLICT]
        rejected = [answer for answer in settled.aside if answer.result is AnswerResult.REJECTED]
        if conflicts and self._clock.monotonic() >= self._conflicts_untold_until:
            # Every batch of a copied disk has some, until a person comes: a line an hour is enough.
            self._conflicts_untold_until = self._clock.monotonic() + _TOLD_EVERY_S
            self._say(
                f"{len(conflicts)} records conflict with others under the same numbers: another device uses this "
                "identity; enrol one of the two anew"
            )
        if rejected:
            notes = sorted({note.value for answer in rejected for note in answer.notes})
            said = ", ".join(notes) or "no reason given"
            self._say(f"the collector rejected {len(rejected)} records for good ({said})")

    def _end_round(self) -> float:
        """Everything was sent; what is to come later waits for the next round."""
        self._after, later = 0, self._later
        self._later = False
        return self._wait(self._backoff.failed(), "the collector wants some records later") if later else IDLE_S

    def _succeeded(self) -> None:
        if self._trouble is not None:
            self._say("records reach the collector again")
        self._trouble, self._most_records = None, None
        if not self._later:
            self._backoff.succeeded()

    def _failed(self, error: CollectorError) -> float:
        self._after, self._later = 0, False
        retry_after_s = error.retry_after_s if isinstance(error, CollectorStatusError) else None
        return self._wait(self._backoff.failed(retry_after_s), str(error))

    def _wait(self, wait_s: float, trouble: str) -> float:
        if trouble != self._trouble:  # one line an event, not one a try
            self._say(f"records wait: {trouble}")
        self._trouble = trouble
        self._not_before = self._clock.monotonic() + wait_s
        return wait_s


def _packed(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return packer.compress(data) + packer.flush()


def _too_large(envelope: Envelope) -> Answer:
    return Answer(
        stream=envelope.stream, sequence=envelope.sequence, result=AnswerResult.REJECTED, detail=f"HTTP {_TOO_LARGE}"
    )


def match(batch: Sequence[Envelope], answers: Sequence[Answer]) -> dict[int, Answer]:
    """The answer to each record by its number.

    An answer to a line that the collector could not read names no record: then its place in the list tells, provided
    that there is one answer a line.
    """
    stream, sent = batch[0].stream, {envelope.sequence for envelope in batch}
    found: dict[int, Answer] = {}
    in_order = len(answers) == len(batch)
    for index, answer in enumerate(answers):
        if answer.sequence is not None and answer.stream == stream and answer.sequence in sent:
            found[answer.sequence] = answer
        elif answer.sequence is None and answer.stream is None and in_order:
            found.setdefault(batch[index].sequence, answer)
    return found

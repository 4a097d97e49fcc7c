"""The timetable: fetched when the collector answers, kept on disk so that the agent works without it."""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from netmon.clock import Clock
from netmon.domain.identifiers import SlotId
from netmon.errors import WireError
from netmon.wire.canonical import canonical_json, parse_object
from netmon.wire.timetable import MAX_TIMETABLE_BYTES, Timetable
from netmon_agent.backoff import Backoff
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import AgentError, CollectorError, CollectorStatusError, StateError
from netmon_agent.http_client import Client, Reply
from netmon_agent.ports import Say
from netmon_agent.state import write_atomically

FILE = "timetable.json"
TIMETABLE_PATH = "/api/v1/agent/timetable"
_NOT_MODIFIED = 304
_HALF_A_SECOND = timedelta(seconds=0.5)  # a Date header is cut to the second


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A timetable with the ETag of the answer that it came from."""

    timetable: Timetable
    etag: str | None


class TimetableCache:
    """The timetable in force, in memory and on disk; safe to use from several threads."""

    def __init__(self, folder: Path, *, say: Say) -> None:
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._kept = self._load(say)
        self._on_disk = None if self._kept is None else self._kept.timetable

    def _load(self, say: Say) -> Kept | None:
        try:
            document = parse_object(self._path.read_bytes(), limit=2 * MAX_TIMETABLE_BYTES)
            timetable, etag = document.get("timetable"), document.get("etag")
            if not isinstance(timetable, dict):
                raise WireError("has no timetable")
            return Kept(timetable=Timetable.from_document(timetable), etag=etag if isinstance(etag, str) else None)
        except FileNotFoundError:
            return None
        except (OSError, WireError) as error:
            say(f"the cached timetable {self._path} cannot be used ({error}); waiting for a new one")
            return None

    def current(self) -> Timetable | None:
        with self._lock:
            return None if self._kept is None else self._kept.timetable

    @property
    def etag(self) -> str | None:
        with self._lock:
            return None if self._kept is None else self._kept.etag

    def adopt(self, new: Timetable, *, etag: str | None, now: datetime, done: Collection[SlotId]) -> None:
        """Put a new timetable in force. Raises StateError when it cannot be kept.

        A slot that has begun and is not done stays, though the collector no longer names it: it still owes its
        outcome. The file is left alone when the new timetable only lacks what has passed: flash wears.
        """
        with self._lock:
            old = self._kept
            merged = new if old is None else merge(old.timetable, new, now=now, done=done)
            self._kept = Kept(timetable=merged, etag=None)  # if it cannot be written, the next fetch tries again
            if self._on_disk is None or _adds(self._on_disk, merged):
                document = {"etag": etag, "timetable": merged.document()}
                write_atomically(self._path, canonical_json(document) + b"\n", mode=0o600)
                self._on_disk = merged
            self._kept = Kept(timetable=merged, etag=etag)

    def named_slots(self) -> set[SlotId]:
        """Every slot that is in force or would be after a restart."""
        with self._lock:
            timetables = [None if self._kept is None else self._kept.timetable, self._on_disk]
            return {slot.id for timetable in timetables if timetable is not None for slot in timetable.slots}


def merge(old: Timetable, new: Timetable, *, now: datetime, done: Collection[SlotId]) -> Timetable:
    """The new timetable with what the old one still owes."""
    if old.line != new.line:
        return new  # bound to another line: the old one's slots are somebody else's
    named = {slot.id for slot in new.slots}
    owed = [slot for slot in old.slots if slot.starts_at <= now and slot.id not in named and slot.id not in done]
    return replace(new, slots=tuple(sorted((*owed, *new.slots), key=lambda slot: (slot.starts_at, slot.id))))


def _adds(old: Timetable, new: Timetable) -> bool:
    """Whether the new timetable says anything that the old one does not."""
    frame = {"issued_at": old.issued_at, "slots": ()}
    if replace(new, **frame) != replace(old, **frame):  # type: ignore[arg-type]
        return True
    known = {slot.id: slot for slot in old.slots}
    return any(known.get(slot.id) != slot for slot in new.slots)


class TimetableFeed:
    """Asks the collector for the timetable as often as the timetable says."""

    def __init__(
        self,
        *,
        client: Client,
        cache: TimetableCache,
        time: CollectorTime,
        clock: Clock,
        backoff: Backoff,
        say: Say,
        done: Callable[[], Collection[SlotId]],
        adopted: Callable[[], None],
        headers: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """`done` names the slots that have their outcome; `adopted` is called after a timetable was put in force.

        `headers` go with every request: what the device says of itself.
        """
        self._client, self._cache, self._time, self._clock = client, cache, time, clock
        self._backoff, self._say, self._done, self._adopted = backoff, say, done, adopted
        self._headers = headers
        self._not_before = clock.monotonic()
        self._trouble: str | None = None
        self.has_heard = False  # whether the collector answered at all since the start

    def step(self) -> float:
        """Fetch if it is time; answers the seconds until the next fetch."""
        wait_s = self._not_before - self._clock.monotonic()
        if wait_s <= 0:
            wait_s = self._fetch()
            self._not_before = self._clock.monotonic() + wait_s
        return wait_s

    def hurry(self, within_s: float) -> None:
        """The line is back: ask soon if the last fetch failed."""
        if self._trouble is not None:
            self._not_before = min(self._not_before, self._clock.monotonic() + self._backoff.soon(within_s))

    def _fetch(self) -> float:
        etag = self._cache.etag
        try:
            condition = {} if etag is None else {"If-None-Match": etag}
            reply = self._client.get(TIMETABLE_PATH, {**condition, **self._headers()})
            self._heard(reply)
            if reply.status != _NOT_MODIFIED:
                self._take(reply)
        except CollectorStatusError as error:
            self.has_heard = True
            return self._failed(error, error.retry_after_s)
        except AgentError as error:
            return self._failed(error, None)
        if self._trouble is not None:
            self._say("the collector answers again")
        self._trouble = None
        self._backoff.succeeded()
        current = self._cache.current()
        return self._backoff.failed() if current is None else current.poll_s

    def _heard(self, reply: Reply) -> None:
        self.has_heard = True
        if not self._time.is_known and reply.date is not None:  # good to a second, until a batch's answer says better
            self._time.learn(reply.date + _HALF_A_SECOND, monotonic=reply.monotonic)

    def _take(self, reply: Reply) -> None:
        try:
            timetable = Timetable.from_document(parse_object(reply.body, limit=MAX_TIMETABLE_BYTES))
        except WireError as error:
            raise CollectorError(f"the collector's timetable cannot be used: {error}") from error
        before = self._cache.current()
        now, etag = self._time.now(), reply.headers.get("etag")
        try:
            self._cache.adopt(timetable, etag=etag, now=now, done=self._done())
        except StateError as error:
            self._say(f"{error}; the new timetable is in force until the next restart")
        if before is None or before.line != timetable.line:
            line = "no line" if timetable.line is None else f"the line {timetable.line}"
            self._say(f"this device is bound to {line}")
        self._adopted()

    def _failed(self, error: AgentError, retry_after_s: float | None) -> float:
        if str(error) != self._trouble:
            self._say(f"no new timetable: {error}")
        self._trouble = str(error)
        return self._backoff.failed(retry_after_s)

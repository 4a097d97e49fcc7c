"""The timetable: fetched, cached, merged with what is still owed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from netmon.domain.identifiers import LineId, SlotId
from netmon.wire.canonical import canonical_json
from netmon.wire.timetable import Timetable
from netmon_agent.backoff import Backoff, BackoffRule
from netmon_agent.collector_time import CollectorTime
from netmon_agent.errors import CollectorError, CollectorStatusError, StateError, TokenRefusedError
from netmon_agent.http_client import Reply
from netmon_agent.timetable import FILE, TIMETABLE_PATH, TimetableCache, TimetableFeed, merge
from tests.support.agent import NOON, FakeClock, Log, a_slot, a_timetable

DATE = "Mon, 23 Nov 2026 12:00:00 GMT"


def a_cache(folder: Path, log: Log | None = None) -> TimetableCache:
    return TimetableCache(folder, say=log or Log())


def ids(timetable: Timetable | None) -> list[str]:
    return [] if timetable is None else [slot.id for slot in timetable.slots]


def test_a_restart_finds_the_timetable_and_its_etag(tmp_path: Path) -> None:
    a_cache(tmp_path).adopt(a_timetable(a_slot()), etag='"1"', now=NOON, done=set())
    again = a_cache(tmp_path)
    assert (again.current(), again.etag) == (a_timetable(a_slot()), '"1"')
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600, "tickets are nobody else's business"


def test_without_a_timetable_there_is_none(tmp_path: Path) -> None:
    assert (a_cache(tmp_path).current(), a_cache(tmp_path).etag) == (None, None)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"timetable": {"v": 9}}'])
def test_a_damaged_cache_is_said_and_waits_for_a_new_one(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    log = Log()
    assert a_cache(tmp_path, log).current() is None
    assert "waiting for a new one" in log


def test_a_slot_that_began_and_has_no_account_is_still_owed() -> None:
    old = a_timetable(a_slot("done", 0), a_slot("owed", 100), a_slot("to-come", 10_000))
    new = a_timetable(a_slot("new", 20_000))
    merged = merge(old, new, now=NOON + timedelta(hours=1), done={SlotId("done")})
    assert ids(merged) == ["owed", "new"]


def test_a_slot_that_was_withdrawn_before_it_began_is_owed_to_nobody() -> None:
    merged = merge(a_timetable(a_slot("far", 10_000)), a_timetable(), now=NOON, done=set())
    assert ids(merged) == []


def test_the_slots_of_another_line_are_somebody_elses() -> None:
    new = a_timetable(line=LineId("line-2"))
    assert merge(a_timetable(a_slot()), new, now=NOON + timedelta(hours=1), done=set()) is new


def test_a_timetable_that_only_lacks_what_passed_costs_no_flash(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    cache.adopt(a_timetable(a_slot("a"), a_slot("b", 1000)), etag='"1"', now=NOON, done=set())
    before = (tmp_path / FILE).stat()
    cache.adopt(
        a_timetable(a_slot("b", 1000), issued_at=NOON + timedelta(hours=1)), etag='"2"', now=NOON, done={SlotId("a")}
    )
    after = (tmp_path / FILE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert ids(cache.current()) == ["b"]
    assert cache.named_slots() == {"a", "b"}, "after a restart the file would name it again"


@pytest.mark.parametrize("change", [{"poll_s": 5.0}, {"line": None}, {"interface": "wan0"}, {"slots": (a_slot("c"),)}])
def test_whatever_is_new_is_written(tmp_path: Path, change: dict[str, object]) -> None:
    cache = a_cache(tmp_path)
    cache.adopt(a_timetable(a_slot("a")), etag=None, now=NOON - timedelta(days=1), done=set())
    new = replace(a_timetable(a_slot("a")), **change)  # type: ignore[arg-type]
    cache.adopt(new, etag=None, now=NOON - timedelta(days=1), done=set())
    assert a_cache(tmp_path).current() == new


def test_what_was_adopted_without_being_written_is_compared_with_the_file(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    long_ago = NOON - timedelta(days=1)
    cache.adopt(a_timetable(a_slot("a"), a_slot("b")), etag=None, now=long_ago, done=set())
    cache.adopt(a_timetable(a_slot("b")), etag=None, now=long_ago, done=set())
    cache.adopt(a_timetable(a_slot("b"), a_slot("c", 5)), etag=None, now=long_ago, done=set())
    assert ids(a_cache(tmp_path).current()) == ["b", "c"]


def test_a_timetable_that_cannot_be_written_is_in_force_all_the_same(tmp_path: Path) -> None:
    cache = a_cache(tmp_path / "gone")
    with pytest.raises(StateError):
        cache.adopt(a_timetable(a_slot()), etag='"1"', now=NOON, done=set())
    assert ids(cache.current()) == ["slot-1"]
    assert cache.etag is None, "it is fetched again, and written then"


class Board:
    """A collector's notice board."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.timetable: Timetable | None = None
        self.failure: CollectorError | None = None
        self.body: bytes | None = None
        self.headers: dict[str, str] = {"etag": '"1"', "date": DATE}
        self.asked: list[str | None] = []

    def get(self, path: str, headers: Mapping[str, str] | None = None, /) -> Reply:
        assert path == TIMETABLE_PATH
        etag = (headers or {}).get("If-None-Match")
        self.asked.append(etag)
        if self.failure is not None:
            raise self.failure
        assert self.timetable is not None
        body = canonical_json(self.timetable.document()) if self.body is None else self.body
        known = etag == self.headers.get("etag")
        return Reply(
            status=304 if known else 200,
            headers=self.headers,
            body=b"" if known else body,
            monotonic=self.clock.monotonic(),
        )

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None, /, *, timeout_s: float | None = None
    ) -> Reply:
        raise NotImplementedError


class Bench:
    def __init__(self, folder: Path) -> None:
        self.clock, self.log = FakeClock(NOON - timedelta(days=10)), Log()
        self.board, self.cache = Board(self.clock), a_cache(folder)
        self.board.timetable = a_timetable(a_slot())
        self.time = CollectorTime(self.clock)
        self.adopted: list[list[str]] = []
        self.feed = TimetableFeed(
            client=self.board,
            cache=self.cache,
            time=self.time,
            clock=self.clock,
            backoff=Backoff(lambda: 1.0, BackoffRule(first_s=2.0)),
            say=self.log,
            done=set,
            adopted=lambda: self.adopted.append(ids(self.cache.current())),
        )


def test_the_timetable_is_fetched_as_often_as_it_says(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.feed.step() == 600.0
    assert bench.adopted == [["slot-1"]]
    assert bench.log.lines == ["this device is bound to the line line-1"]
    bench.clock.advance(599)
    assert bench.feed.step() == pytest.approx(1.0)
    bench.clock.advance(1)
    assert bench.feed.step() == 600.0
    assert bench.board.asked == [None, '"1"']
    assert bench.adopted == [["slot-1"]], "what has not changed is not adopted again"


def test_the_first_answer_tells_the_time_to_a_second(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    before = bench.feed.has_heard
    bench.feed.step()
    assert (before, bench.feed.has_heard) == (False, True)
    assert abs(bench.time.now() - NOON) <= timedelta(seconds=0.5)


def test_a_better_known_time_is_not_overwritten_by_a_date(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.time.learn(NOON + timedelta(seconds=0.123), monotonic=bench.clock.monotonic())
    bench.feed.step()
    assert bench.time.now() == NOON + timedelta(seconds=0.123)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 23 Nov 2026 12:00:00 -0000"])
def test_a_date_that_says_nothing_teaches_nothing(tmp_path: Path, date: str) -> None:
    bench = Bench(tmp_path)
    bench.board.headers["date"] = date
    bench.feed.step()
    assert not bench.time.is_known


@pytest.mark.parametrize(
    ("failure", "wait_s", "has_heard"),
    [
        (CollectorError("no route"), 2.0, False),
        (CollectorStatusError(503, "busy", retry_after_s=60.0), 62.0, True),
        (TokenRefusedError(403, "the token was refused"), 2.0, True),
    ],
)
def test_a_failure_is_said_once_and_the_cache_stays_in_force(
    tmp_path: Path, failure: CollectorError, wait_s: float, has_heard: bool
) -> None:
    bench = Bench(tmp_path)
    bench.cache.adopt(a_timetable(a_slot("cached")), etag=None, now=NOON, done=set())
    bench.board.failure = failure
    assert bench.feed.step() == wait_s
    bench.clock.advance(wait_s)
    assert bench.feed.step() == wait_s + 2.0
    assert bench.log.lines == [f"no new timetable: {failure}"]
    assert (ids(bench.cache.current()), bench.feed.has_heard) == (["cached"], has_heard)
    bench.board.failure = None
    bench.clock.advance(100)
    bench.feed.step()
    assert "the collector answers again" in bench.log


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"v": 1, "slots": []}', json.dumps({"v": 2}).encode()])
def test_a_timetable_that_cannot_be_read_changes_nothing(tmp_path: Path, body: bytes) -> None:
    bench = Bench(tmp_path)
    bench.board.body = body
    assert bench.feed.step() == 2.0
    assert bench.cache.current() is None
    assert "the collector's timetable cannot be used" in bench.log


def test_a_line_that_is_back_is_asked_over_soon(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.board.failure = CollectorStatusError(503, "busy", retry_after_s=600.0)
    assert bench.feed.step() == 602.0
    bench.feed.hurry(5.0)
    assert bench.feed.step() == 5.0
    bench.board.failure = None
    bench.clock.advance(5.0)
    assert bench.feed.step() == 600.0
    bench.feed.hurry(5.0)
    assert bench.feed.step() == 600.0, "nothing was wrong"


def test_a_device_without_a_line_says_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.board.timetable = a_timetable(line=None)
    bench.feed.step()
    assert bench.log.lines == ["this device is bound to no line"]


def test_a_full_disk_is_said_and_the_new_timetable_serves(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "gone")
    bench.feed.step()
    assert "is in force until the next restart" in bench.log
    assert bench.adopted == [["slot-1"]]

"""Jobs under the database's lock: once for each due time, however many collectors there are."""

import threading
from datetime import timedelta

from netmon_collector.storage.store import SqlStore
from tests.support.store import NOW

LEASE = timedelta(minutes=15)


def _claim(store: SqlStore, holder: str, *, due: str = "17:00", after: timedelta = timedelta()) -> bool:
    return store.claim("planning", holder=holder, due=due, at=NOW + after, until=NOW + after + LEASE)


def test_only_one_of_two_takes_a_job_on(store: SqlStore) -> None:
    assert _claim(store, "a")
    assert not _claim(store, "b")
    store.done("planning", holder="a", due="17:00", at=NOW)
    assert not _claim(store, "b")
    assert _claim(store, "b", due="18:00")


def test_who_fails_gives_the_job_back(store: SqlStore) -> None:
    assert _claim(store, "a")
    store.give_up("planning", holder="a")
    assert _claim(store, "b")


def test_the_job_of_who_died_is_free_when_the_lease_ends(store: SqlStore) -> None:
    assert _claim(store, "a")
    assert not _claim(store, "b", after=LEASE - timedelta(seconds=1))
    assert _claim(store, "b", after=LEASE)


def test_who_lost_its_lease_cannot_end_the_job_of_another(store: SqlStore) -> None:
    assert _claim(store, "a")
    assert _claim(store, "b", after=LEASE)
    store.done("planning", holder="a", due="17:00", at=NOW)
    store.give_up("planning", holder="a")
    assert not _claim(store, "c", after=LEASE)


def test_of_many_at_once_one_wins(store: SqlStore) -> None:
    won: list[str] = []
    start = threading.Barrier(6)

    def run(holder: str) -> None:
        start.wait(timeout=10)
        if _claim(store, holder):
            won.append(holder)

    threads = [threading.Thread(target=run, args=(f"holder-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(won) == 1

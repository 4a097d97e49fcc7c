"""Mails in the database, on each engine: queued once, claimed by one, and what becomes of them."""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import MailKind
from netmon_collector.storage.mail_tables import mail, mail_body
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.mail_queue import MOST_COPIES, STALE, ClaimedMail, MailRow, MailState
from tests.support.mails import BODY, a_mail
from tests.support.store import NOW, a_new_store

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
LEASE = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module", params=ENGINES)
def kept_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """One store of each engine for all tests here: making it takes longer than any of them."""
    is_embedded = request.param == "sqlite"
    found = a_new_store(
        f"sqlite:///{tmp_path_factory.mktemp('mails')}/netmon.db"
        if is_embedded
        else request.getfixturevalue("cluster").new_database()
    )
    yield found
    found.database.close()


@pytest.fixture
def store(kept_store: SqlStore) -> SqlStore:
    """A store without mails."""
    with kept_store.database.write() as connection:
        for table in (mail, mail_body):
            connection.execute(delete(table))
    return kept_store


def _claim(
    store: SqlStore, holder: str = "a", *, at: datetime = NOW, most: int = 50, per_minute: int = 1000
) -> Sequence[ClaimedMail]:
    return tuple(store.claim_mails(holder=holder, at=at, until=at + LEASE, most=most, per_minute=per_minute))


def _only(store: SqlStore) -> MailRow:
    (row,) = store.mails()
    return row


def test_a_mail_is_queued_once_whatever_is_rendered_again(store: SqlStore) -> None:
    mails = [a_mail(f"{name}@example.org") for name in "ab"]
    assert store.queue_mails(mails, at=NOW) == 2
    assert store.queue_mails([*mails, a_mail("c@example.org")], at=NOW + MINUTE) == 1
    assert store.mail_addresses(MailKind.REPORT, TerritoryId("district"), "2026-W47") == {
        f"{name}@example.org" for name in "abc"
    }
    assert store.mail_addresses(MailKind.DIGEST, TerritoryId("district"), "2026-W47") == set()
    assert [row.queued_at for row in store.mails()] == [NOW + MINUTE, NOW, NOW]


def test_every_part_of_the_key_makes_another_mail(store: SqlStore) -> None:
    mails = [
        a_mail(),
        a_mail("b@example.org"),
        a_mail(kind=MailKind.DIGEST),
        a_mail(territory="region"),
        a_mail(period="2026-W48"),
        a_mail(revision=2),
    ]
    assert store.queue_mails(mails, at=NOW) == 6
    assert len({one.key.id for one in mails}) == 6


def test_what_travels_is_what_was_queued_byte_by_byte(store: SqlStore) -> None:
    new = a_mail()
    store.queue_mails([new], at=NOW)
    (claimed,) = _claim(store)
    assert claimed.content == (new.head + BODY.content).encode("ascii")
    assert store.mail_content(claimed.id) == claimed.content
    assert store.mail_content("unknown") is None


def test_a_mail_is_claimed_by_one_until_the_claim_ends(store: SqlStore) -> None:
    store.queue_mails([a_mail()], at=NOW)
    assert len(_claim(store, "a")) == 1
    assert _claim(store, "b", at=NOW + LEASE - MINUTE) == ()
    assert len(_claim(store, "b", at=NOW + LEASE)) == 1
    assert not store.begin_mail(a_mail().key.id, holder="a", at=NOW + LEASE)
    assert store.begin_mail(a_mail().key.id, holder="b", at=NOW + LEASE)
    assert not store.begin_mail(a_mail().key.id, holder="b", at=NOW + LEASE)


def test_of_many_at_once_each_mail_goes_to_one(store: SqlStore) -> None:
    store.queue_mails([a_mail(f"{number}@example.org") for number in range(60)], at=NOW)
    claimed: list[str] = []
    start = threading.Barrier(4)

    def run(holder: str) -> None:
        start.wait(timeout=10)
        while found := _claim(store, holder, most=7):
            claimed.extend(one.id for one in found)

    threads = [threading.Thread(target=run, args=(f"holder-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(claimed) == len(set(claimed)) == 60


def test_all_collectors_together_stay_below_the_limit_of_a_minute(store: SqlStore) -> None:
    store.queue_mails([a_mail(f"{number}@example.org") for number in range(20)], at=NOW)
    first = _claim(store, "a", per_minute=8, most=5)
    assert [len(first), len(_claim(store, "b", per_minute=8)), len(_claim(store, "b", per_minute=8))] == [5, 3, 0]
    for one in first:
        store.begin_mail(one.id, holder="a", at=NOW)
        store.end_mail(one.id, holder="a", at=NOW)
    store.release_mails(holder="b")
    assert len(_claim(store, "b", per_minute=8, at=NOW + MINUTE / 2)) == 3
    store.release_mails(holder="b")
    assert len(_claim(store, "b", per_minute=8, at=NOW + MINUTE)) == 8


def test_an_alert_overtakes_and_nothing_goes_before_its_time(store: SqlStore) -> None:
    late = NOW + timedelta(minutes=5)
    store.queue_mails([a_mail("r@example.org"), a_mail("l@example.org", not_before=late)], at=NOW)
    store.queue_mails([a_mail("z@example.org", kind=MailKind.ALERT, not_before=NOW + MINUTE)], at=NOW)
    assert [one.address for one in _claim(store, at=NOW + MINUTE)] == ["z@example.org", "r@example.org"]
    assert [one.address for one in _claim(store, at=late)] == ["l@example.org"]


def test_a_mail_is_sent_when_the_server_took_it(store: SqlStore) -> None:
    store.queue_mails([a_mail()], at=NOW)
    (one,) = _claim(store)
    assert store.begin_mail(one.id, holder="a", at=NOW)
    assert _only(store).state is MailState.SENDING
    store.end_mail(one.id, holder="a", at=NOW + MINUTE)
    found = _only(store)
    assert (found.state, found.sent_at, found.tries, found.copies) == (MailState.SENT, NOW + MINUTE, 1, 0)
    assert _claim(store, at=NOW + timedelta(days=30)) == ()


def test_a_refused_mail_has_failed_with_the_servers_words_until_a_person_says_again(store: SqlStore) -> None:
    store.queue_mails([a_mail()], at=NOW)
    (one,) = _claim(store)
    store.refuse_mail(one.id, holder="a", reason="550 no such user", at=NOW)
    found = _only(store)
    assert (found.state, found.failed_at, found.reason, found.tries) == (MailState.FAILED, NOW, "550 no such user", 1)
    later = NOW + timedelta(days=10)
    assert _claim(store, at=later) == ()
    assert store.retry_mails(["unknown"], at=later, give_up_at=later + LEASE) == []
    assert store.retry_mails([one.id], at=later, give_up_at=later + LEASE) == [one.id]
    assert store.retry_mails(None, at=later, give_up_at=later + LEASE) == []
    assert [again.content for again in _claim(store, at=later)] == [one.content]


def test_a_deferred_mail_waits_and_has_failed_when_its_time_is_up(store: SqlStore) -> None:
    store.queue_mails([a_mail(give_up_at=NOW + LEASE)], at=NOW)
    (one,) = _claim(store)
    store.defer_mail(one.id, holder="a", reason="450 come again", at=NOW, next_at=NOW + MINUTE)
    assert _claim(store, at=NOW + MINUTE / 2) == ()
    (again,) = _claim(store, at=NOW + MINUTE)
    assert again.tries == 1
    assert store.begin_mail(again.id, holder="a", at=NOW + MINUTE)
    store.defer_mail(again.id, holder="a", reason="451 not now", at=NOW + LEASE, next_at=NOW + 2 * LEASE)
    found = _only(store)
    assert (found.state, found.reason, found.tries) == (MailState.FAILED, "451 not now", 2)


def test_who_died_while_sending_is_stood_in_for_and_the_second_copy_is_counted(store: SqlStore) -> None:
    store.queue_mails([a_mail()], at=NOW)
    (one,) = _claim(store, "a")
    store.begin_mail(one.id, holder="a", at=NOW)
    assert _claim(store, "b", at=NOW + STALE - MINUTE) == ()
    assert store.mail_counts().possibly_doubled == 0
    (again,) = _claim(store, "b", at=NOW + STALE)
    assert again.content == one.content
    assert store.mail_counts().possibly_doubled == 1
    store.end_mail(one.id, holder="a", at=NOW + STALE)  # it was only slow
    assert _only(store).state is MailState.QUEUED


def test_a_server_that_never_says_gets_no_more_copies_than_a_few(store: SqlStore) -> None:
    store.queue_mails([a_mail()], at=NOW)
    at, sent = NOW, 0
    while found := _claim(store, at=at):
        assert store.begin_mail(found[0].id, holder="a", at=at)
        store.lose_mail(found[0].id, holder="a", reason="the connection was lost")
        at, sent = at + STALE, sent + 1
    assert sent == 1 + MOST_COPIES
    row = _only(store)
    assert (row.state, row.reason) == (MailState.FAILED, "the server never said whether it took the message")


def test_a_server_in_trouble_is_left_alone_by_everybody_and_nothing_is_lost(store: SqlStore) -> None:
    old = a_mail("old@example.org", give_up_at=NOW)
    store.queue_mails([old, *(a_mail(f"{number}@example.org") for number in range(3))], at=NOW)
    (one,) = _claim(store, "a", most=1)
    store.postpone_mails(holder="a", reason="connection refused", at=NOW, until=NOW + MINUTE)
    assert _claim(store, "b", at=NOW + MINUTE / 2) == ()
    rows = {row.id: row for row in store.mails()}
    assert rows[old.key.id].state is MailState.FAILED
    assert {row.reason for row in rows.values()} == {"connection refused"}
    assert [rows[one.id].tries, sum(row.tries for row in rows.values())] == [1, 1]
    assert len(_claim(store, "b", at=NOW + MINUTE)) == 3


def test_counts_say_how_many_are_in_which_state_and_since_when_the_oldest_waits(store: SqlStore) -> None:
    assert store.mail_counts().oldest is None
    store.queue_mails([a_mail("a@example.org"), a_mail("b@example.org", not_before=NOW + MINUTE)], at=NOW)
    store.queue_mails([a_mail(kind=MailKind.DIGEST, not_before=NOW - MINUTE)], at=NOW)
    (digest, first) = _claim(store, at=NOW)
    store.begin_mail(digest.id, holder="a", at=NOW)
    store.end_mail(digest.id, holder="a", at=NOW)
    store.defer_mail(first.id, holder="a", reason="450", at=NOW, next_at=NOW + LEASE)
    found = store.mail_counts()
    assert found.states == {(MailKind.REPORT, MailState.QUEUED): 2, (MailKind.DIGEST, MailState.SENT): 1}
    assert (found.of(MailState.QUEUED), found.of(MailState.SENT), found.oldest) == (2, 1, NOW)


def test_mails_of_one_rendering_keep_their_body_once(store: SqlStore) -> None:
    store.queue_mails([a_mail(f"{number}@example.org") for number in range(10)], at=NOW)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM mail_body").scalar_one() == 1

"""Delivery to a real SMTP server: protected, refused, interrupted, by two at once and by one that is killed."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from netmon_collector.mail.message import MOST_BYTES
from netmon_collector.mail.transport import SLOWEST_BYTES_PER_S
from netmon_collector.mail_settings import LONGEST_TIMEOUT_S, Security
from netmon_collector.storage.mail_tables import mail
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.delivery import DeliveryResult
from netmon_collector.use_cases.mail_queue import STALE, MailState
from tests.support.certificates import Authority, an_authority
from tests.support.killed_delivery import POINTS
from tests.support.mails import a_mail, a_mail_server, deliver_to, states
from tests.support.smtp_server import PASSWORD, USER, SmtpBehaviour, SmtpServer, an_smtp_server
from tests.support.store import NOW, FakeClock, a_new_store

MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return an_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def ca(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    path.write_text(authority.pem, encoding="ascii")
    return path


@pytest.fixture(scope="module")
def kept_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    found = a_new_store(f"sqlite:///{tmp_path_factory.mktemp('delivery')}/netmon.db")
    yield found
    found.database.close()


@pytest.fixture
def store(kept_store: SqlStore) -> SqlStore:
    """A store with mails to a, b and c."""
    with kept_store.database.write() as connection:
        connection.execute(delete(mail))
    kept_store.queue_mails([a_mail(f"{name}@example.org") for name in "abc"], at=NOW)
    return kept_store


@pytest.fixture(scope="module")
def kept_server() -> Iterator[SmtpServer]:
    with an_smtp_server() as found:
        yield found


@pytest.fixture
def server(kept_server: SmtpServer) -> SmtpServer:
    """A server that has taken nothing yet and behaves."""
    kept_server.behaviour, kept_server.connections = SmtpBehaviour(), 0
    kept_server.taken.clear()
    return kept_server


def _protected(security: Security, authority: Authority) -> AbstractContextManager[SmtpServer]:
    if security is Security.TLS:
        return an_smtp_server(tls=authority.server, auth=True)
    return an_smtp_server(starttls=authority.server, auth=True)


ALL_SENT = {f"{name}@example.org": MailState.SENT for name in "abc"}
ALL_QUEUED = dict.fromkeys(ALL_SENT, MailState.QUEUED)
ALL_ONCE = {f"<{a_mail(address).key.id}@example.org>": 1 for address in ALL_SENT}


def test_mails_arrive_by_one_connection_as_they_were_queued(store: SqlStore, server: SmtpServer) -> None:
    found = deliver_to(a_mail_server(server.port), store, FakeClock())
    assert (found.count(DeliveryResult.TAKEN), found.trouble, server.connections) == (3, None, 1)
    assert states(store) == ALL_SENT
    assert server.copies() == ALL_ONCE
    for one in server.taken:
        new = a_mail(one.recipient)
        assert one.content == (new.head + new.body.content).encode("ascii")  # its line with one dot too
    assert deliver_to(a_mail_server(server.port), store, FakeClock()).results == ()


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_the_connection_is_protected_and_the_login_goes_through_it(
    security: Security, store: SqlStore, authority: Authority, ca: Path
) -> None:
    with _protected(security, authority) as server:
        known = a_mail_server(server.port, security, ca=ca, user=USER, password=PASSWORD)
        assert deliver_to(known, store, FakeClock()).trouble is None
        assert (states(store), server.logins) == (ALL_SENT, [True])


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    security: Security, store: SqlStore, authority: Authority
) -> None:
    with _protected(security, authority) as server:
        trouble = deliver_to(a_mail_server(server.port, security), store, FakeClock()).trouble
        assert trouble is not None
        assert "certificate" in trouble.lower()
        assert server.taken == []
    assert states(store) == ALL_QUEUED


def test_a_certificate_for_another_host_gets_nothing(store: SqlStore, authority: Authority, ca: Path) -> None:
    with an_smtp_server(tls=authority.server) as server:
        known = a_mail_server(server.port, Security.TLS, ca=ca, host="127.0.0.1")
        trouble = deliver_to(known, store, FakeClock()).trouble
        assert trouble is not None
        assert "certificate" in trouble.lower()
    assert states(store) == ALL_QUEUED


def test_a_server_without_starttls_gets_neither_the_password_nor_a_mail(store: SqlStore) -> None:
    with an_smtp_server(auth=True) as server:
        known = a_mail_server(server.port, Security.STARTTLS, user=USER, password=PASSWORD)
        assert "STARTTLS" in (deliver_to(known, store, FakeClock()).trouble or "")
        assert (server.taken, server.logins) == ([], [])
    assert states(store) == ALL_QUEUED


def test_a_wrong_password_is_told_without_it_and_loses_no_mail(
    store: SqlStore, authority: Authority, ca: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    wrong = "correct-horse-battery"
    clock = FakeClock()
    with an_smtp_server(starttls=authority.server, auth=True) as server:
        known = a_mail_server(server.port, Security.STARTTLS, ca=ca, user=USER, password=wrong)
        trouble = deliver_to(known, store, clock).trouble
        assert f"localhost:{server.port}: 535" in (trouble or "")
        assert states(store) == ALL_QUEUED
        logged = [
            record.getMessage() for record in caplog.records if not record.name.startswith("mail.")
        ]  # the server's
        said = repr([logged, known, trouble, store.mails()])
        assert wrong not in said
        clock.go_on(60)
        right = a_mail_server(server.port, Security.STARTTLS, ca=ca, user=USER, password=PASSWORD)
        assert deliver_to(right, store, clock).trouble is None
    assert states(store) == ALL_SENT


def test_one_refused_recipient_does_not_stop_the_others(store: SqlStore, server: SmtpServer) -> None:
    server.behaviour = SmtpBehaviour(at={"b@example.org": ["550 no such user"]})
    assert deliver_to(a_mail_server(server.port), store, FakeClock()).trouble is None
    assert states(store) == ALL_SENT | {"b@example.org": MailState.FAILED}
    assert [one.reason for one in store.mails(state=MailState.FAILED)] == [f"localhost:{server.port}: 550 no such user"]
    assert {one.recipient for one in server.taken} == {"a@example.org", "c@example.org"}


def test_a_recipient_that_is_to_come_later_gets_the_same_bytes_then(store: SqlStore, server: SmtpServer) -> None:
    server.behaviour = SmtpBehaviour(at={"b@example.org": ["450 greylisted", "451 still"]})
    clock = FakeClock()
    assert deliver_to(a_mail_server(server.port), store, clock).count(DeliveryResult.LATER) == 1
    assert states(store) == ALL_SENT | {"b@example.org": MailState.QUEUED}
    for _ in range(2):
        clock.go_on(120)
        deliver_to(a_mail_server(server.port), store, clock)
    assert (states(store), server.copies()) == (ALL_SENT, ALL_ONCE)


@pytest.mark.parametrize(("reply", "state"), [("554 spam", MailState.FAILED), ("452 full", MailState.QUEUED)])
def test_content_is_refused_for_good_or_for_now(
    reply: str, state: MailState, store: SqlStore, server: SmtpServer
) -> None:
    server.behaviour = SmtpBehaviour(at={"DATA": [reply]})
    assert deliver_to(a_mail_server(server.port), store, FakeClock()).trouble is None
    assert sorted(states(store).values()) == sorted([MailState.SENT, MailState.SENT, state])


@pytest.mark.parametrize("reply", ["553 you may not send", "451 try later"])
def test_a_refused_sender_is_no_recipients_fault(reply: str, store: SqlStore, server: SmtpServer) -> None:
    server.behaviour = SmtpBehaviour(at={"MAIL": [reply]})
    assert reply in (deliver_to(a_mail_server(server.port), store, FakeClock()).trouble or "")
    assert states(store) == ALL_QUEUED


@pytest.mark.parametrize("place", ["EHLO", "MAIL", "RCPT"])
@pytest.mark.parametrize("how", ["drop", "hang"])
def test_a_server_that_goes_before_the_content_gets_it_once_later(
    place: str, how: str, store: SqlStore, server: SmtpServer
) -> None:
    server.behaviour = SmtpBehaviour(at={place: [how, how]})
    clock = FakeClock()
    assert deliver_to(a_mail_server(server.port, timeout_s=0.2), store, clock).trouble
    assert states(store) == ALL_QUEUED
    server.behaviour = SmtpBehaviour()
    clock.go_on(60)
    assert deliver_to(a_mail_server(server.port), store, clock).trouble is None
    assert (states(store), server.copies(), store.mail_counts().possibly_doubled) == (ALL_SENT, ALL_ONCE, 0)


def test_a_connection_that_is_lost_after_the_content_gives_a_second_copy_that_is_counted(
    store: SqlStore, server: SmtpServer
) -> None:
    server.behaviour = SmtpBehaviour(drop_taken=1)
    clock = FakeClock()
    found = deliver_to(a_mail_server(server.port), store, clock)
    assert (found.count(DeliveryResult.UNKNOWN), found.count(DeliveryResult.TAKEN), found.trouble) == (1, 2, None)
    assert sorted(states(store).values()) == ["sending", "sent", "sent"]
    clock.go_on(STALE.total_seconds())
    deliver_to(a_mail_server(server.port), store, clock)
    assert (states(store), store.mail_counts().possibly_doubled) == (ALL_SENT, 1)
    assert sorted(server.copies().values()) == [1, 1, 2]
    twice = [one.content for one in server.taken if server.copies()[one.message_id] == 2]
    assert twice[0] == twice[1]


def test_a_server_that_hangs_over_the_content_leaves_its_mail_open_and_the_others_queued(
    store: SqlStore, server: SmtpServer
) -> None:
    server.behaviour = SmtpBehaviour(at={"DATA": ["hang"]})
    found = deliver_to(a_mail_server(server.port, timeout_s=1.0), store, FakeClock())
    assert found.count(DeliveryResult.UNKNOWN) == 1
    assert sorted(states(store).values()) == ["sending", "sent", "sent"]


def test_a_server_that_takes_few_by_one_connection_gets_more_connections(store: SqlStore, server: SmtpServer) -> None:
    server.behaviour = SmtpBehaviour(per_connection=1)
    assert deliver_to(a_mail_server(server.port), store, FakeClock()).trouble is None
    assert (states(store), server.connections) == (ALL_SENT, 3)


def test_a_server_that_is_not_there_loses_nothing_and_is_asked_ever_less_often(store: SqlStore) -> None:
    with an_smtp_server() as gone:
        port = gone.port
    clock, asked = FakeClock(), 0
    for _ in range(120):
        if deliver_to(a_mail_server(port), store, clock).trouble:
            asked += 1
        clock.go_on(60)
    assert states(store) == ALL_QUEUED
    assert 6 <= asked <= 10  # of 120 minutes: after 1, 2, 4, 8, 16 and then every half an hour at most
    clock.go_on(timedelta(days=5).total_seconds())
    deliver_to(a_mail_server(port), store, clock)
    assert set(states(store).values()) == {MailState.FAILED}
    assert "localhost" in str(store.mails()[0].reason)
    store.retry_mails(None, at=clock.now(), give_up_at=clock.now() + MINUTE)
    assert states(store) == ALL_QUEUED


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def test_two_collectors_at_once_send_every_mail_once(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, server: SmtpServer
) -> None:
    url = f"sqlite:///{tmp_path}/netmon.db" if engine == "sqlite" else request.getfixturevalue("postgresql_url")
    stores = [a_new_store(url), a_new_store(url)]
    addresses = [f"{number}@example.org" for number in range(120)]
    stores[0].queue_mails([a_mail(address) for address in addresses], at=NOW)
    start = threading.Barrier(2)

    def run(number: int) -> None:
        start.wait(timeout=10)
        deliver_to(a_mail_server(server.port), stores[number], FakeClock(), holder=f"collector-{number}")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert server.copies() == {f"<{a_mail(address).key.id}@example.org>": 1 for address in addresses}
    assert server.connections >= 2
    for one in stores:
        one.database.close()


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_collector_loses_nothing_and_only_between_content_and_mark_sends_twice(
    point: str, store: SqlStore, server: SmtpServer
) -> None:
    command = [sys.executable, "-m", "tests.support.killed_delivery", str(_url(store)), str(server.port), point]
    killed = subprocess.run(command, cwd=ROOT, timeout=60, check=False, capture_output=True)
    assert killed.returncode == -9, killed.stderr
    clock = FakeClock(NOW + STALE)
    deliver_to(a_mail_server(server.port), store, clock)
    assert states(store) == ALL_SENT
    assert set(server.copies()) == set(ALL_ONCE)
    assert sorted(server.copies().values()) == ([1, 1, 2] if point == "taken" else [1, 1, 1])
    assert store.mail_counts().possibly_doubled == (1 if point in ("begun", "taken") else 0)


def _url(store: SqlStore) -> str:
    return store.database.engine.url.render_as_string(hide_password=False)


def test_who_still_sends_is_never_taken_for_dead() -> None:
    longest_s = LONGEST_TIMEOUT_S + MOST_BYTES / SLOWEST_BYTES_PER_S
    assert timedelta(seconds=longest_s) < STALE

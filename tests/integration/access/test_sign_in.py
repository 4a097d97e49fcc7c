"""Signing in as people do it: forms, cookies, the way back, and the end of guessing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update

from netmon.domain.access import Grant, Role
from netmon.domain.identifiers import TerritoryId
from netmon_collector.errors import SignInError
from netmon_collector.passwords import Argon2Passwords
from netmon_collector.storage.access_tables import access_link, account, account_session, api_token, sign_in_attempt
from netmon_collector.use_cases.accounts import Manager, first_link
from netmon_collector.use_cases.sign_in import (
    ATTEMPTS_PER_ACCOUNT,
    ATTEMPTS_PER_ADDRESS,
    WINDOW,
    Attempt,
    Lifetimes,
    sign_in,
)
from tests.support.access import REGISTRY
from tests.support.collector import RunningCollector, a_running_collector
from tests.support.reader import PASSWORD, ReaderBrowser, a_link, an_account, form_token

VIEWER = Grant(Role.VIEWER)
DISTRICT_VIEWER = Grant(Role.VIEWER, TerritoryId("district"))
NEW = "four other words of it"


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path, access="{}", registry=REGISTRY) as found:
        yield found


@pytest.fixture
def reader(collector: RunningCollector) -> ReaderBrowser:
    return ReaderBrowser(collector)


def _kinds(collector: RunningCollector) -> list[str]:
    return [entry.change.kind.value for entry, _ in collector.services.store.audit_page(after=0, limit=500)]


def test_who_asks_for_a_page_signs_in_and_comes_back_to_it_in_their_language(reader: ReaderBrowser) -> None:
    an_account(reader.collector, "reader", VIEWER)
    asked = "/?territory=other&lang=ru"
    sent = reader.get(asked)
    assert (sent.status, sent.headers["location"]) == (303, "./sign-in?next=%3Fterritory%3Dother%26lang%3Dru")
    page = reader.followed(sent)
    assert 'value="?territory=other&amp;lang=ru"' in page.text
    fields = {"form_token": form_token(page), "name": " Reader ", "password": PASSWORD, "next": asked.lstrip("/")}
    answer = reader.post("sign-in", fields)
    assert (answer.status, answer.headers["location"]) == (303, "./?territory=other&lang=ru")
    shown = reader.followed(answer)
    assert shown.status == 200
    assert '<html lang="ru">' in shown.text
    assert "Другой" in shown.text
    assert ">reader</a>" in shown.text


def test_the_language_stays_on_the_page_of_signing_in(reader: ReaderBrowser) -> None:
    reader.get("/sign-in?lang=ru")
    assert "Войти" in reader.get("/sign-in").text


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "./..//evil.example",
        "https:evil.example",
        "\tevil",
        "lines/1\r\nSet-Cookie: a=b",
        "x" * 3000,
    ],
)
def test_nobody_is_sent_out_of_the_site(shut: RunningCollector, back: str) -> None:
    if shut.services.store.account("careless") is None:
        an_account(shut, "careless", VIEWER)
    reader = ReaderBrowser(shut)
    answer = reader.fill("/sign-in", {"name": "careless", "password": PASSWORD, "next": back}, follow=False)
    assert answer.status == 303
    assert re.fullmatch(r"\./[^\r\n\\]*", answer.headers["location"])
    signed_in = reader.get(f"/sign-in?{urlencode({'next': back})}")
    assert re.fullmatch(r"\./[^\r\n\\]*", signed_in.headers["location"])


def test_a_wrong_name_and_a_wrong_password_read_and_cost_the_same(reader: ReaderBrowser) -> None:
    an_account(reader.collector, "reader", VIEWER)
    pages = []
    for name, password in (("reader", "wrong"), ("nobody", "wrong"), ("", ""), ("no such name!", PASSWORD)):
        answer = reader.sign_in(name, password)
        assert answer.status == 403
        pages.append(re.sub(r'value="[^"]*"| autofocus', "", answer.text))
    assert len(set(pages)) == 1
    assert "The name or the password is wrong." in pages[0]


def test_the_same_work_is_done_for_a_name_that_nobody_has(collector: RunningCollector) -> None:
    """Told by what is done, not by the clock."""

    class Counting(Argon2Passwords):
        verified: int = 0

        def matches(self, password: str, kept: str | None) -> bool:
            self.verified += 1
            return super().matches(password, kept)

    store, counting = collector.services.store, Counting(passes=1, memory_kib=8)
    for name in ("reader", "disabled"):
        store.set_password(an_account(collector, name, VIEWER), counting.hash(PASSWORD), [])
    store.disable_account("disabled", [], at=collector.clock.now())
    for number, name in enumerate(("nobody", "disabled", "reader"), start=1):
        attempt = Attempt(name=name, password="wrong", address="192.0.2.1", browser="")
        with pytest.raises(SignInError):
            sign_in(attempt, store=store, passwords=counting, lifetimes=Lifetimes(), at=collector.clock.now())
        assert counting.verified == number


def test_without_a_kept_hash_nothing_matches() -> None:
    passwords = Argon2Passwords(passes=1, memory_kib=8)
    assert passwords.matches(PASSWORD, passwords.hash(PASSWORD))
    for guess in (PASSWORD, "nobody's password", ""):
        assert not passwords.matches(guess, None)
    assert not passwords.matches(PASSWORD, "no hash")
    assert passwords.is_outdated(Argon2Passwords(passes=2, memory_kib=8).hash("x"))


def test_an_account_is_locked_after_ten_attempts_for_a_quarter_of_an_hour(reader: ReaderBrowser) -> None:
    collector = reader.collector
    an_account(collector, "reader", VIEWER)
    for name in ("reader", "nobody"):
        statuses = [reader.sign_in(name, "wrong").status for _ in range(ATTEMPTS_PER_ACCOUNT + 1)]
        assert statuses == [403] * ATTEMPTS_PER_ACCOUNT + [429]
    locked = reader.sign_in("reader")
    assert locked.status == 429
    assert 0 < int(locked.headers["retry-after"]) <= WINDOW.total_seconds()
    assert _kinds(collector).count("lock_out") == 1  # of the name that somebody has, once
    collector.clock.go_on(WINDOW.total_seconds())
    assert reader.sign_in("reader").status == 303


def test_a_right_password_forgets_the_wrong_ones_of_the_account(reader: ReaderBrowser) -> None:
    an_account(reader.collector, "reader", VIEWER)
    for _ in range(2):
        for _ in range(ATTEMPTS_PER_ACCOUNT - 1):
            assert reader.sign_in("reader", "wrong").status == 403
        assert reader.sign_in("reader").status == 303
        reader.fill("/sign-out", {}, page="/account/")


def test_an_address_is_locked_whatever_names_it_tries(reader: ReaderBrowser) -> None:
    collector = reader.collector
    an_account(collector, "reader", VIEWER)
    subject = "address 127.0.0.1"
    collector.services.store.count_attempts([subject], at=collector.clock.now(), window=WINDOW)
    with collector.services.store.database.write() as connection:
        connection.execute(update(sign_in_attempt).values(attempts=ATTEMPTS_PER_ADDRESS - 1))
    assert reader.sign_in("somebody", "wrong").status == 403
    assert reader.sign_in("reader").status == 429


def test_a_session_ends_unused_after_hours_and_in_any_case_after_days(reader: ReaderBrowser) -> None:
    collector, lifetimes = reader.collector, reader.collector.services.settings.access.lifetimes
    an_account(collector, "reader", VIEWER)
    reader.sign_in("reader")
    collector.clock.go_on(lifetimes.idle.total_seconds() - 1)
    assert reader.get("/account/").status == 200
    collector.clock.go_on(lifetimes.idle.total_seconds())
    assert reader.get("/account/").status == 303
    reader.sign_in("reader")
    began, step = collector.clock.now(), lifetimes.idle - timedelta(minutes=5)
    while collector.clock.now() + step < began + lifetimes.absolute:
        collector.clock.go_on(step.total_seconds())
        assert reader.get("/account/").status == 200
    collector.clock.go_on(step.total_seconds())
    assert reader.get("/account/").status == 303


def test_signing_in_gives_a_new_session_and_ends_the_browsers_old_one(reader: ReaderBrowser) -> None:
    an_account(reader.collector, "reader", VIEWER)
    reader.sign_in("reader")
    before = dict(reader.cookies)
    fields = {"form_token": form_token(reader.get("/account/")), "name": "reader", "password": PASSWORD, "next": ""}
    assert reader.post("/sign-in", fields).status == 303
    assert reader.cookies["netmon_session"] != before["netmon_session"]
    old = ReaderBrowser(reader.collector, cookies=before)
    assert old.get("/account/").status == 303


def test_signing_out_ends_the_session_not_only_the_cookie(reader: ReaderBrowser) -> None:
    an_account(reader.collector, "reader", VIEWER)
    reader.sign_in("reader")
    before = dict(reader.cookies)
    assert reader.fill("/sign-out", {}, page="/account/", follow=False).headers["location"] == "./sign-in"
    assert "netmon_session" not in reader.cookies
    assert ReaderBrowser(reader.collector, cookies=before).get("/account/").status == 303


def test_a_changed_password_ends_every_other_session(reader: ReaderBrowser) -> None:
    an_account(reader.collector, "reader", VIEWER)
    elsewhere = ReaderBrowser(reader.collector)
    for one in (reader, elsewhere):
        one.sign_in("reader")
    old = reader.cookies["netmon_session"]
    assert "Firefox" not in reader.get("/account/").text
    fields = {"old": PASSWORD, "password": NEW, "again": NEW}
    shown = reader.fill("password", fields, page="/account/")
    assert "Every other session has ended." in shown.text
    assert reader.cookies["netmon_session"] != old
    assert elsewhere.get("/account/").status == 303
    assert elsewhere.sign_in("reader").status == 403
    assert elsewhere.sign_in("reader", NEW).status == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": "wrong", "password": NEW, "again": NEW}, "The present password is wrong."),
        ({"old": PASSWORD, "password": NEW, "again": "another"}, "The two passwords differ"),
        ({"old": PASSWORD, "password": "short", "again": "short"}, "too short"),
        ({"old": PASSWORD, "password": "careful 12345", "again": "careful 12345"}, "too easy"),
        ({"old": PASSWORD, "password": "a" * 20, "again": "a" * 20}, "too easy"),
        ({"old": PASSWORD, "password": NEW * 20, "again": NEW * 20}, "too long"),
    ],
)
def test_a_password_that_is_refused_says_why(shut: RunningCollector, fields: dict[str, str], said: str) -> None:
    if shut.services.store.account("careful") is None:
        an_account(shut, "careful", VIEWER)
    reader = ReaderBrowser(shut)
    reader.sign_in("careful")
    answer = reader.fill("password", fields, page="/account/")
    assert answer.status == 400
    assert said in answer.text
    assert ReaderBrowser(shut).sign_in("careful").status == 303


def test_somebody_ends_a_session_that_they_forgot_elsewhere(reader: ReaderBrowser) -> None:
    an_account(reader.collector, "reader", VIEWER)
    elsewhere = ReaderBrowser(reader.collector)
    for one in (elsewhere, reader):
        one.sign_in("reader")
        reader.collector.clock.go_on(120)
    key = re.search(r'name="session" value="([0-9a-f]{16})"', reader.get("/account/").text)
    assert key is not None
    reader.fill("sessions", {"session": key[1]}, page="/account/")
    assert (reader.get("/account/").status, elsewhere.get("/account/").status) == (200, 303)
    assert "session_ended" in _kinds(reader.collector)


def test_nobody_ends_the_sessions_of_others(reader: ReaderBrowser) -> None:
    for name in ("reader", "other-one"):
        an_account(reader.collector, name, VIEWER)
    other = ReaderBrowser(reader.collector)
    other.sign_in("other-one")
    reader.sign_in("reader")
    key = reader.collector.services.store.sessions_of("other-one")[0].token_hash[:16]
    for wanted in (key, "others"):
        reader.fill("sessions", {"session": wanted}, page="/account/")
    assert other.get("/account/").status == 200


def test_a_disabled_account_is_out_at_once(reader: ReaderBrowser) -> None:
    collector = reader.collector
    an_account(collector, "reader", VIEWER)
    reader.sign_in("reader")
    collector.services.store.disable_account("reader", [], at=collector.clock.now())
    assert reader.get("/account/").status == 303
    assert reader.sign_in("reader").status == 403


def test_a_link_sets_a_password_once_and_only_for_a_day(reader: ReaderBrowser) -> None:
    collector = reader.collector
    link = a_link(collector, "newcomer", DISTRICT_VIEWER)
    assert reader.get(f"/{link}").status == 200
    assert reader.get(f"/{link}").status == 200  # looking uses nothing up: mail programs look
    assert reader.fill(f"/{link}", {"password": "short", "again": "short"}, follow=False).status == 400
    answer = reader.fill(f"/{link}", {"password": NEW, "again": NEW}, follow=False)
    assert answer.status == 303
    assert reader.get("/account/").status == 200
    another = ReaderBrowser(collector)
    assert another.get(f"/{link}").status == 404
    late = a_link(collector, "late-comer", DISTRICT_VIEWER)
    collector.clock.go_on(24 * 3600)
    assert another.get(f"/{late}").status == 404


def test_the_first_administrator_comes_by_a_link_that_works_once(reader: ReaderBrowser) -> None:
    collector, store = reader.collector, reader.collector.services.store
    manager = Manager(actor="netmon", grants=())
    replaced = first_link(manager=manager, store=store, at=collector.clock.now())
    secret = first_link(manager=manager, store=store, at=collector.clock.now())
    assert reader.get(f"/link/{replaced}").status == 404
    shown = reader.fill(f"/link/{secret}", {"name": "Chief", "password": NEW, "again": NEW})
    assert ">chief</a>" in shown.text
    found = store.account("chief")
    assert found is not None
    assert found.grants == (Grant(Role.ADMINISTRATOR),)
    assert ReaderBrowser(collector).get(f"/link/{secret}").status == 404
    assert first_link(manager=manager, store=store, at=collector.clock.now()) is None


def test_two_who_use_the_first_link_at_once_make_one_administrator(collector: RunningCollector) -> None:
    store, manager = collector.services.store, Manager(actor="netmon", grants=())
    secret = first_link(manager=manager, store=store, at=collector.clock.now())
    one, two = ReaderBrowser(collector), ReaderBrowser(collector)
    tokens = [form_token(each.get(f"/link/{secret}")) for each in (one, two)]
    statuses = [
        each.post("", {"form_token": token, "name": name, "password": NEW, "again": NEW}).status
        for each, token, name in zip((one, two), tokens, ("first", "second"), strict=True)
    ]
    assert statuses == [303, 404]
    assert [found.name for found in store.accounts()] == ["first"]


def test_no_secret_is_kept_as_it_is(reader: ReaderBrowser) -> None:
    collector = reader.collector
    an_account(collector, "reader", VIEWER)
    link = a_link(collector, "newcomer", VIEWER).removeprefix("link/")
    reader.sign_in("reader")
    ReaderBrowser(collector).sign_in("the password of somebody else", "typed into the wrong field")
    secrets = [PASSWORD, link, reader.cookies["netmon_session"], collector.a_token(), "the password of somebody else"]
    with collector.services.store.database.read() as connection:
        kept = " ".join(
            str(row)
            for table in (account, account_session, access_link, api_token, sign_in_attempt)
            for row in connection.execute(select(table))
        )
        kept += str(collector.services.store.audit_page(after=0, limit=500))
    assert [secret for secret in secrets if secret in kept] == []
    assert "$argon2id$v=19$m=32768,t=3,p=1$" in kept


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_sign_in(reader: ReaderBrowser) -> None:
    store = reader.collector.services.store
    an_account(reader.collector, "reader", VIEWER)
    store.set_password("reader", Argon2Passwords(passes=1, memory_kib=64).hash(PASSWORD), [])
    reader.sign_in("reader")
    found = store.account("reader")
    assert found is not None
    assert found.password_hash is not None
    assert "m=32768,t=3" in found.password_hash
    assert reader.get("/account/").status == 200

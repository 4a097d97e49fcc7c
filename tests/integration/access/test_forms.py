"""Forms of other sites, cookies, limits, headers, addresses: what a browser can be made to do, and cannot."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from urllib.parse import urljoin

import pytest

from netmon.domain.access import Grant, Role
from netmon_collector.errors import TooManyError
from netmon_collector.use_cases.kept import kept_hash
from netmon_collector.web.access.hashing import AT_ONCE, MOST_WAITING, Hashing
from tests.support.access import REGISTRY
from tests.support.collector import RunningCollector, a_running_collector
from tests.support.loops import in_a_loop_of_its_own
from tests.support.reader import PASSWORD, ReaderBrowser, an_account, form_token


@pytest.fixture(scope="module")
def signed_in(shut: RunningCollector) -> ReaderBrowser:
    an_account(shut, "form-filler", Grant(Role.ADMINISTRATOR))
    reader = ReaderBrowser(shut)
    reader.sign_in("form-filler")
    return reader


def test_a_form_without_its_proof_changes_nothing(signed_in: ReaderBrowser) -> None:
    other = ReaderBrowser(signed_in.collector)
    foreign = form_token(other.get("/sign-in"))
    for token in ({}, {"form_token": ""}, {"form_token": "guess"}, {"form_token": foreign}, {"form_token": "й"}):
        assert signed_in.post("/account/sessions", {"session": "others"} | token).status == 403
    assert signed_in.get("/account/").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "", "Referer": "https://evil.example/form"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_on_another_site_changes_nothing_even_with_the_proof(
    signed_in: ReaderBrowser, headers: dict[str, str]
) -> None:
    token = form_token(signed_in.get("/account/"))
    refused = signed_in.post("/account/sessions", {"session": "others", "form_token": token}, headers=headers)
    assert refused.status == 403
    assert signed_in.post("/account/sessions", {"session": "others", "form_token": token}).status == 303


def test_signing_in_takes_the_proof_of_its_page_too(shut: RunningCollector) -> None:
    """Else another site could sign somebody in as somebody else."""
    fields = {"name": "form-filler", "password": PASSWORD}
    assert ReaderBrowser(shut).post("/sign-in", fields).status == 403
    one, other = ReaderBrowser(shut), ReaderBrowser(shut)
    token = form_token(one.get("/sign-in"))
    other.get("/sign-in")
    assert other.post("/sign-in", {**fields, "form_token": token}).status == 403


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(signed_in: ReaderBrowser) -> None:
    assert len(signed_in.set_cookies) >= 2
    for text in signed_in.set_cookies:
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(text.split("; "))
        assert "Secure" not in text  # this collector is reached without TLS


def test_behind_tls_cookies_travel_over_tls_alone(tmp_path: Path) -> None:
    extra = "public_url: https://netmon.example/\n"
    with a_running_collector(tmp_path, access="{}", registry=REGISTRY, extra=extra) as collector:
        an_account(collector, "reader", Grant(Role.VIEWER))
        reader = ReaderBrowser(collector)
        token = form_token(reader.get("/sign-in"))
        fields = {"name": "reader", "password": PASSWORD, "form_token": token}
        answer = reader.post("/sign-in", fields, headers={"Origin": "https://netmon.example"})
        assert answer.status == 303
        for text in reader.set_cookies:
            assert text.startswith("__Host-netmon_")
            assert {"Secure", "HttpOnly", "Path=/"} <= set(text.split("; "))
            assert "Domain" not in text


def test_a_form_has_a_longest_length(signed_in: ReaderBrowser) -> None:
    token = form_token(signed_in.get("/account/"))
    long = {"form_token": token, "old": "x" * 70_000}
    assert signed_in.post("/account/password", long).status == 413
    many = {"form_token": token, **{f"field{number}": "x" for number in range(300)}}
    assert signed_in.post("/account/password", many).status in {400, 413}
    broken = {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}
    assert signed_in.post("/account/password", {"form_token": token}, headers=broken).status == 400


def test_personal_pages_stay_in_no_cache_and_in_no_frame(signed_in: ReaderBrowser) -> None:
    for path in ("/account/", "/sign-in"):
        reader = signed_in if path == "/account/" else ReaderBrowser(signed_in.collector)
        headers = reader.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "form-action 'self'" in headers["content-security-policy"]
        assert "'unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_a_program_gets_json_and_a_reader_a_page(shut: RunningCollector) -> None:
    anonymous = shut.get("/api/v1/roadmap", Accept="text/html")
    assert (anonymous.status, anonymous.headers["www-authenticate"]) == (401, "Bearer")
    token = shut.a_token(Role.VIEWER, "other")
    refused = shut.get_as(token, "/api/v1/roadmap")
    assert (refused.status, refused.document["error"]) == (403, "your role does not allow this here")
    page = shut.get_as(token, "/?territory=district", Accept="text/html", Accept_Language="ru")
    assert page.status == 403
    assert "Эту страницу вам смотреть нельзя" in page.text or "<h1>" in page.text


def test_who_sees_another_territory_only_lands_there(shut: RunningCollector) -> None:
    an_account(shut, "far-away", Grant(Role.VIEWER, "other"))  # type: ignore[arg-type]
    reader = ReaderBrowser(shut)
    shown = reader.sign_in("far-away", follow=True)
    assert (shown.status, reader.at) == (200, "/territories/other/")
    assert "District" not in shown.text.split("<main")[0]


def test_a_revoked_token_opens_nothing(shut: RunningCollector) -> None:
    store, at = shut.services.store, shut.clock.now()
    token = shut.a_token(Role.VIEWER, days=1)
    assert shut.get_as(token, "/openapi.json").status == 200
    found = store.api_token(kept_hash("api-token", token))
    assert found is not None
    assert found.last_used_at == at
    store.revoke_api_token(found.id, [], at=at)
    assert shut.get_as(token, "/openapi.json").status == 401


def test_a_token_expires(tmp_path: Path) -> None:
    with a_running_collector(tmp_path, access="{}") as collector:
        token = collector.a_token(Role.VIEWER, days=1)
        assert collector.get_as(token, "/api/v1/roadmap").status == 200
        collector.clock.go_on(24 * 3600)
        assert collector.get_as(token, "/api/v1/roadmap").status == 401


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    access = "{metrics_from: [192.0.2.0/24], proxies: [127.0.0.1]}"
    with a_running_collector(tmp_path_factory.mktemp("scraped"), access=access) as found:
        yield found


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("192.0.2.7", 200),
        ("198.51.100.1, 192.0.2.7", 200),
        ("192.0.2.7, 198.51.100.1", 401),  # the last one is the proxy's word, the first anybody's
        ("192.0.3.7", 401),
        ("nonsense", 401),
        ("", 401),
    ],
)
def test_metrics_are_open_to_the_configured_addresses(scraped: RunningCollector, said: str, status: int) -> None:
    assert scraped.get("/metrics", X_Forwarded_For=said).status == status
    assert scraped.get("/api/v1/roadmap", X_Forwarded_For=said).status == 401


def test_nobody_but_a_proxy_of_ours_says_where_they_come_from(shut: RunningCollector) -> None:
    assert shut.get("/metrics", X_Forwarded_For="192.0.2.7").status == 401


def test_no_more_passwords_are_checked_at_once_than_the_machine_bears() -> None:
    async def crowd() -> tuple[int, int, int]:
        hashing, go_on, at_work = Hashing(), Event(), []

        def slow() -> int:
            at_work.append(1)
            go_on.wait(timeout=30)
            return 1

        waiting = [asyncio.create_task(hashing.run(slow)) for _ in range(AT_ONCE + MOST_WAITING)]
        await asyncio.sleep(0)
        refused = 0
        for _ in range(3):
            try:
                await hashing.run(slow)
            except TooManyError:
                refused += 1
        begun = len(at_work)
        go_on.set()
        done = sum(await asyncio.gather(*waiting))
        hashing.close()
        return begun, refused, done

    begun, refused, done = in_a_loop_of_its_own(crowd())
    assert begun <= AT_ONCE
    assert (refused, done) == (3, AT_ONCE + MOST_WAITING)


@pytest.mark.parametrize("path", ["/fleet", "/lines/line-01"])
def test_a_page_without_its_last_slash_is_found(shut: RunningCollector, path: str) -> None:
    answer = shut.ask("GET", f"{path}?day=2026-11-20", headers={"Accept": "text/html"})
    assert answer.status == 303
    assert urljoin(path, answer.headers["location"]) == f"{path}/?day=2026-11-20"
    assert shut.ask("GET", path).status == 404
    assert shut.ask("GET", "//evil.example/fleet", headers={"Accept": "text/html"}).status == 404


def test_a_page_that_there_is_not_knows_who_looks_for_it(shut: RunningCollector) -> None:
    if shut.services.store.account("wanderer") is None:
        an_account(shut, "wanderer", Grant(Role.VIEWER))
    reader = ReaderBrowser(shut)
    reader.sign_in("wanderer")
    answer = reader.get("/nothing/here/")
    assert (answer.status, ">wanderer</a>" in answer.text) == (404, True)

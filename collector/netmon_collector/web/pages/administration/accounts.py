"""Accounts: who is let in, and with which roles."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeVar

from aiohttp import web

from netmon.domain.access import Account, AccountProblem, may_manage
from netmon.domain.registry import Registry
from netmon_collector.errors import AccountError, NotFoundError
from netmon_collector.use_cases import accounts
from netmon_collector.web.access.addresses import see_other
from netmon_collector.web.access.forms import field
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.account.view import grant_text
from netmon_collector.web.pages.administration.grants import GrantForm, grant_form, grants_of_form
from netmon_collector.web.pages.administration.tabs import ACCOUNTS, tab_answer
from netmon_collector.web.pages.shell.reader import Reader, language_of
from netmon_collector.wording.access import access_word
from netmon_collector.wording.figures import moment_text
from netmon_collector.wording.language import Language

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """`state` is active, invited (no password yet) or disabled."""

    name: str
    grants: tuple[str, ...]
    state: str
    seen: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsView:
    rows: tuple[AccountRow, ...]
    form: GrantForm
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One account; `link` is shown once, right after it was made."""

    row: AccountRow
    form: GrantForm
    link: str | None


def add_accounts_routes(app: web.Application) -> None:
    app.router.add_get("/administration/accounts/", get_accounts)
    app.router.add_post("/administration/accounts/", post_account)
    app.router.add_get("/administration/accounts/{account}/", get_account)
    app.router.add_post("/administration/accounts/{account}/grants", post_grants)
    app.router.add_post("/administration/accounts/{account}/state", post_state)
    app.router.add_post("/administration/accounts/{account}/link", post_link)


async def get_accounts(request: web.Request) -> web.Response:
    return await _list(request)


async def _list(request: web.Request, *, problem: str | None = None, status: int = 200) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)
    name = "" if problem is None else field(request, "name")

    def view(reader: Reader) -> AccountsView:
        registry = services.registry
        managed = [one for one in services.store.accounts() if may_manage(visitor.grants, one.grants, registry)]
        rows = [
            _row(one, _last_seen(request, one), registry, reader.territory.time_zone, reader.language)
            for one in managed
        ]
        return AccountsView(rows=tuple(rows), form=grant_form((), visitor, registry, reader.language), name=name)

    return await tab_answer(request, "accounts.html", view, tab=ACCOUNTS, problem=problem, status=status)


def _last_seen(request: web.Request, account: Account) -> datetime | None:
    found = request.app[SERVICES].store.sessions_of(account.name)
    return found[0].seen_at if found else None


def _row(account: Account, seen: datetime | None, registry: Registry, zone: tzinfo, language: Language) -> AccountRow:
    state = "disabled" if account.disabled_at is not None else "invited" if account.password_hash is None else "active"
    return AccountRow(
        name=account.name,
        grants=tuple(grant_text(one, registry, language) for one in account.grants),
        state=state,
        seen=None if seen is None else moment_text(seen, zone, language),
    )


async def _tried(request: web.Request, work: Callable[[], T]) -> T | str:
    """What a use case answers, or the sentence that says why it refuses."""
    try:
        return await asyncio.to_thread(work)
    except AccountError as error:
        if error.problem is AccountProblem.NO_SUCH_ACCOUNT:
            raise NotFoundError("there is no such account") from error
        return access_word(error.problem, language_of(request))


async def post_account(request: web.Request) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)

    def add() -> tuple[Account, str]:
        return accounts.add_account(
            field(request, "name"),
            grants_of_form(request),
            manager=visitor.manager,
            registry=services.registry,
            store=services.store,
            at=services.clock.now(),
        )

    added = await _tried(request, add)
    if isinstance(added, str):
        return await _list(request, problem=added, status=400)
    return await _one(request, added[0].name, link=_link(request, added[1]))


async def get_account(request: web.Request) -> web.Response:
    return await _one(request, request.match_info["account"])


async def _one(
    request: web.Request, name: str, *, problem: str | None = None, link: str | None = None, status: int = 200
) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)

    def view(reader: Reader) -> AccountView:
        registry = services.registry
        try:
            found = accounts.managed_account(name, manager=visitor.manager, registry=registry, store=services.store)
        except AccountError as error:
            raise NotFoundError("there is no such account") from error
        zone, language = reader.territory.time_zone, reader.language
        return AccountView(
            row=_row(found, _last_seen(request, found), registry, zone, language),
            form=grant_form(found.grants, visitor, registry, language, spare=1),
            link=link,
        )

    return await tab_answer(request, "account.html", view, tab=ACCOUNTS, problem=problem, status=status)


async def post_grants(request: web.Request) -> web.Response:
    services, name = request.app[SERVICES], request.match_info["account"]

    def change() -> None:
        accounts.set_grants(
            name,
            grants_of_form(request),
            manager=visitor_of(request).manager,
            registry=services.registry,
            store=services.store,
            at=services.clock.now(),
        )

    return await _changed(request, change, done="changed")


async def post_state(request: web.Request) -> web.Response:
    services, disabled = request.app[SERVICES], field(request, "state") == "disabled"

    def change() -> None:
        accounts.set_disabled(
            request.match_info["account"],
            disabled,
            manager=visitor_of(request).manager,
            registry=services.registry,
            store=services.store,
            at=services.clock.now(),
        )

    return await _changed(request, change, done="disabled" if disabled else "enabled")


async def _changed(request: web.Request, change: Callable[[], None], *, done: str) -> web.Response:
    name = request.match_info["account"]
    problem = await _tried(request, change)
    if problem is not None:
        return await _one(request, name, problem=problem, status=400)
    return see_other(request, f"{ACCOUNTS.path}{name}/", done=done)


async def post_link(request: web.Request) -> web.Response:
    services, name = request.app[SERVICES], request.match_info["account"]

    def make() -> tuple[str]:
        manager, at = visitor_of(request).manager, services.clock.now()
        return (accounts.new_link(name, manager=manager, registry=services.registry, store=services.store, at=at),)

    made = await _tried(request, make)
    if isinstance(made, str):
        return await _one(request, name, problem=made, status=400)
    return await _one(request, name, link=_link(request, made[0]))


def _link(request: web.Request, secret: str) -> str:
    """As people reach the pages: by the configured address, else the one that this page was asked at."""
    base = request.app[SERVICES].settings.public_url or f"{request.scheme}://{request.host}"
    return f"{base}/link/{secret}"

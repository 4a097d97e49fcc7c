"""The account's routes: everything that somebody may change about themselves."""

import asyncio

from aiohttp import web

from netmon.domain.access import Account, AccountProblem
from netmon_collector.errors import AccountError, UnauthorisedError
from netmon_collector.use_cases.accounts import change_password
from netmon_collector.use_cases.sign_in import Attempt, begin_session, end_sessions
from netmon_collector.web.access.addresses import address_of, see_other
from netmon_collector.web.access.cookies import drop_session, set_session
from netmon_collector.web.access.forms import field
from netmon_collector.web.access.hashing import HASHING
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.account.view import account_view, session_key
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.navigation import ACCOUNT
from netmon_collector.web.pages.shell.reader import Reader, language_of
from netmon_collector.wording.access import access_word
from netmon_collector.wording.phrasebook import phrasebook

_OTHERS = "others"


def add_account_routes(app: web.Application) -> None:
    app.router.add_get("/account/", get_account)
    app.router.add_post("/account/password", post_password)
    app.router.add_post("/account/sessions", post_sessions)


async def get_account(request: web.Request) -> web.Response:
    say = phrasebook(language_of(request)).say
    done = say("The password is changed. Every other session has ended.") if request.query.get("done") else None
    return await _page(request, done=done)


async def _page(
    request: web.Request, *, problem: str | None = None, done: str | None = None, status: int = 200
) -> web.Response:
    services, account = request.app[SERVICES], _account(request)
    session = visitor_of(request).session

    def view(reader: Reader) -> object:
        return account_view(
            account,
            services.store.sessions_of(account.name),
            own=None if session is None else session.token_hash,
            lifetimes=services.settings.access.lifetimes,
            registry=services.registry,
            zone=reader.territory.time_zone,
            language=reader.language,
            now=reader.now,
            problem=problem,
            done=done,
        )

    return await page_answer(request, "account/page.html", view, section=ACCOUNT, status=status, is_personal=True)


def _account(request: web.Request) -> Account:
    account = visitor_of(request).account
    if account is None:
        raise UnauthorisedError
    return account


async def post_password(request: web.Request) -> web.Response:
    """Change the password; this browser goes on in a new session."""
    account, password = _account(request), field(request, "password")
    try:
        if password != field(request, "again"):
            raise AccountError(AccountProblem.PASSWORDS_DIFFER)
        token = await request.app[HASHING].run(lambda: _changed(request, account, password))
    except AccountError as error:
        return await _page(request, problem=access_word(error.problem, language_of(request)), status=400)
    answer = see_other(request, "account/", done="1")
    set_session(request, answer, token)
    return answer


def _changed(request: web.Request, account: Account, password: str) -> str:
    services, at = request.app[SERVICES], request.app[SERVICES].clock.now()
    old = field(request, "old")
    change_password(account, old, password, store=services.store, passwords=services.passwords, at=at)
    browser = request.headers.get("User-Agent", "")
    attempt = Attempt(name=account.name, password="", address=address_of(request), browser=browser)
    return begin_session(account, attempt, store=services.store, lifetimes=services.settings.access.lifetimes, at=at)


async def post_sessions(request: web.Request) -> web.Response:
    """End one session, or all but this one."""
    services, account, own = request.app[SERVICES], _account(request), visitor_of(request).session
    wanted = field(request, "session")
    ended: list[str] = []

    def end() -> None:
        for one in services.store.sessions_of(account.name):
            is_own = own is not None and one.token_hash == own.token_hash
            if session_key(one) == wanted or (wanted == _OTHERS and not is_own):
                ended.append(one.token_hash)
        if ended:
            end_sessions(ended, account=account, store=services.store, at=services.clock.now())

    await asyncio.to_thread(end)
    answer = see_other(request, "account/")
    if own is not None and own.token_hash in ended:
        drop_session(request, answer)
    return answer

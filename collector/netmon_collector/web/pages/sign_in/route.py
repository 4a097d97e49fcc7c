"""The way in: signing in, signing out, one-time links."""

import asyncio
from dataclasses import dataclass, replace

from aiohttp import web

from netmon.domain.access import Account, AccountProblem
from netmon_collector.errors import AccountError, SignInError, TooManyError
from netmon_collector.use_cases.accounts import SHORTEST_PASSWORD, find_link, use_link
from netmon_collector.use_cases.kept import new_secret
from netmon_collector.use_cases.sign_in import Attempt, begin_session, end_sessions, sign_in
from netmon_collector.web.access.addresses import address_of, counted_address, safe_path, see_other
from netmon_collector.web.access.cookies import drop_session, session_token, set_form_secret, set_session
from netmon_collector.web.access.forms import field
from netmon_collector.web.access.hashing import HASHING
from netmon_collector.web.access.visitor import VISITOR, visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.navigation import ACCOUNT
from netmon_collector.web.pages.shell.reader import language_of
from netmon_collector.wording.access import access_word
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """`back` is where the reader wanted to go, relative to the root of the site."""

    name: str
    back: str
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """`account` is None for the first administrator, who chooses a name; `is_dead` when the link opens nothing."""

    account: str | None
    name: str
    problem: str | None
    is_dead: bool
    shortest: int = SHORTEST_PASSWORD


def add_sign_in_routes(app: web.Application) -> None:
    app.router.add_get("/sign-in", get_sign_in)
    app.router.add_post("/sign-in", post_sign_in)
    app.router.add_post("/sign-out", post_sign_out)
    app.router.add_get("/link/{secret}", get_link)
    app.router.add_post("/link/{secret}", post_link)


async def get_sign_in(request: web.Request) -> web.Response:
    back = safe_path(request.query.get("next"))
    if visitor_of(request).account is not None:
        return see_other(request, back)
    return await _sign_in_page(request, SignInView(name="", back=back, problem=None))


async def post_sign_in(request: web.Request) -> web.Response:
    services, attempt = request.app[SERVICES], _attempt(request)
    back = safe_path(field(request, "next"))
    access = services.settings.access
    try:
        token, _ = await request.app[HASHING].run(
            lambda: sign_in(
                attempt,
                store=services.store,
                passwords=services.passwords,
                lifetimes=access.lifetimes,
                at=services.clock.now(),
            )
        )
    except SignInError:
        problem = phrasebook(language_of(request)).say("The name or the password is wrong.")
        return await _sign_in_page(request, SignInView(name=attempt.name[:100], back=back, problem=problem), status=403)
    except TooManyError as error:
        shown = SignInView(name=attempt.name[:100], back=back, problem=_too_many(error, language_of(request)))
        answer = await _sign_in_page(request, shown, status=429)
        answer.headers["Retry-After"] = str(round(error.retry_after_s))
        return answer
    return _signed_in(request, token, back)


def _too_many(error: TooManyError, language: Language) -> str:
    minutes = max(1, -(-round(error.retry_after_s) // 60))
    return phrasebook(language).plural(
        "Too many attempts. Try again in {n} minute.", "Too many attempts. Try again in {n} minutes.", minutes
    )


def _attempt(request: web.Request) -> Attempt:
    return Attempt(
        name=field(request, "name"),
        password=field(request, "password"),
        address=counted_address(address_of(request)),
        browser=request.headers.get("User-Agent", ""),
        token=session_token(request),
    )


def _signed_in(request: web.Request, token: str, back: str) -> web.Response:
    answer = see_other(request, back)
    set_session(request, answer, token)
    return answer


async def _sign_in_page(request: web.Request, view: SignInView, *, status: int = 200) -> web.Response:
    return await _personal(request, "sign_in/page.html", view, status=status)


async def _personal(request: web.Request, template: str, view: object, *, status: int = 200) -> web.Response:
    """A page with a form for somebody who is not signed in: the form is bound to a cookie of its own."""
    visitor, secret = visitor_of(request), None
    if visitor.form_secret is None:
        secret = new_secret()
        request[VISITOR] = replace(visitor, form_secret=secret)
    answer = await page_answer(request, template, lambda _: view, section=ACCOUNT, status=status, is_personal=True)
    if secret is not None:
        set_form_secret(request, answer, secret)
    return answer


async def post_sign_out(request: web.Request) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)
    if visitor.session is not None and visitor.account is not None:
        ended, account, at = [visitor.session.token_hash], visitor.account, services.clock.now()
        await asyncio.to_thread(end_sessions, ended, account=account, store=services.store, at=at)
    answer = see_other(request, "" if services.settings.access.public else "sign-in")
    drop_session(request, answer)
    return answer


async def get_link(request: web.Request) -> web.Response:
    services, secret = request.app[SERVICES], request.match_info["secret"]
    try:
        link = await asyncio.to_thread(find_link, secret, store=services.store, at=services.clock.now())
    except AccountError as error:
        return await _link_problem(request, error.problem)
    return await _personal(
        request, "sign_in/link.html", LinkView(account=link.account, name="", problem=None, is_dead=False)
    )


async def post_link(request: web.Request) -> web.Response:
    """Set the password and sign in with it."""
    services, password = request.app[SERVICES], field(request, "password")
    try:
        if password != field(request, "again"):
            raise AccountError(AccountProblem.PASSWORDS_DIFFER)
        name = await request.app[HASHING].run(
            lambda: use_link(
                request.match_info["secret"],
                field(request, "name"),
                password,
                store=services.store,
                passwords=services.passwords,
                at=services.clock.now(),
            )
        )
    except AccountError as error:
        return await _link_problem(request, error.problem)
    token = await asyncio.to_thread(_begin, request, name)
    return see_other(request, "sign-in") if token is None else _signed_in(request, token, "")


def _begin(request: web.Request, name: str) -> str | None:
    services = request.app[SERVICES]
    account: Account | None = services.store.account(name)
    if account is None or account.disabled_at is not None:
        return None
    lifetimes = services.settings.access.lifetimes
    return begin_session(account, _attempt(request), store=services.store, lifetimes=lifetimes, at=services.clock.now())


async def _link_problem(request: web.Request, problem: AccountProblem) -> web.Response:
    """The same form with what is wrong, or that there is none any more."""
    services = request.app[SERVICES]
    link = None
    if problem is not AccountProblem.LINK_DEAD:
        link = await asyncio.to_thread(
            find_link, request.match_info["secret"], store=services.store, at=services.clock.now()
        )
    view = LinkView(
        account=None if link is None else link.account,
        name=field(request, "name") if link is not None else "",
        problem=access_word(problem, language_of(request)),
        is_dead=link is None,
    )
    return await _personal(request, "sign_in/link.html", view, status=400 if link is not None else 404)

"""The middleware that decides: who asks, and whether the table of rules lets them."""

import asyncio
from contextlib import suppress

from aiohttp import web

from netmon.domain.access import Grant, Role, allows_somewhere
from netmon_collector.errors import ForbiddenError, UnauthorisedError
from netmon_collector.services import Services
from netmon_collector.use_cases.api_tokens import find_api_token
from netmon_collector.use_cases.sign_in import find_session
from netmon_collector.web.access.addresses import address_of, is_in, own_path, see_other
from netmon_collector.web.access.cookies import form_secret, session_token
from netmon_collector.web.access.forms import close_files, take_form
from netmon_collector.web.access.rules import RULES, Reach, Rule
from netmon_collector.web.access.visitor import VISITOR, Visitor
from netmon_collector.web.connections import Handler
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.shell.answering import wants_page

_SAFE = {"GET", "HEAD"}
_OPEN_TO_ALL = (Grant(Role.VIEWER),)
_LONGEST_TOKEN = 200


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whom the route's rule lets; others get 401 or 403, readers of pages the way to sign in."""
    if request.match_info.http_exception is not None:  # there is no such route: nothing to guard
        return await _nowhere(request, handler)
    rule = RULES.get(rule_name(request))
    if rule is None:
        raise ForbiddenError
    if rule.is_agents or rule.is_file:
        return await handler(request)
    visitor = await _identify(request)
    request[VISITOR] = visitor
    try:
        _decide(request, rule, visitor)
    except UnauthorisedError:
        if not wants_page(request):
            raise
        return see_other(request, "sign-in", next=own_path(request) if request.method in _SAFE else "")
    except ForbiddenError:
        way = _way_home(request, visitor)
        if way is None:
            raise
        return see_other(request, way)
    if request.method not in _SAFE and visitor.token is None:
        await take_form(request, visitor, most_bytes=rule.most_bytes)
    try:
        return await handler(request)
    finally:
        close_files(request)


async def _nowhere(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What has no route: the page that only lacks its last slash, else a refusal that knows its reader."""
    if not wants_page(request):
        return await handler(request)
    if request.method in _SAFE and await _is_page(request, f"{request.rel_url.raw_path}/"):
        path, _, query = own_path(request).partition("?")
        return see_other(request, f"{path}/" + (f"?{query}" if query else ""))
    with suppress(UnauthorisedError):
        request[VISITOR] = await _identify(request)
    return await handler(request)


async def _is_page(request: web.Request, path: str) -> bool:
    asked = request.clone(rel_url=request.rel_url.with_path(path, encoded=True))
    return (await request.app.router.resolve(asked)).http_exception is None


def rule_name(request: web.Request) -> str:
    """The route of a request as the table names it."""
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    return f"{method} {'' if resource is None else resource.canonical}"


async def _identify(request: web.Request) -> Visitor:
    """Raises UnauthorisedError for a token that we do not know: a program must not go on as somebody else."""
    services = request.app[SERVICES]
    opened = _OPEN_TO_ALL if services.settings.access.public else ()
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":  # a proxy before us may ask for passwords of its own
        return await asyncio.to_thread(_by_token, secret.strip(), services, opened)
    token = session_token(request)
    if token is None:
        return Visitor(grants=opened, form_secret=form_secret(request))
    return await asyncio.to_thread(_by_session, token, services, opened, form_secret(request))


def _by_token(secret: str, services: Services, opened: tuple[Grant, ...]) -> Visitor:
    is_one = len(secret) <= _LONGEST_TOKEN and secret.isascii()
    token = find_api_token(secret, store=services.store, at=services.clock.now()) if is_one else None
    if token is None:
        raise UnauthorisedError
    return Visitor(grants=(token.grant, *opened), token=token)


def _by_session(token: str, services: Services, opened: tuple[Grant, ...], otherwise: str | None) -> Visitor:
    lifetimes = services.settings.access.lifetimes
    found = find_session(token, store=services.store, lifetimes=lifetimes, at=services.clock.now())
    if found is None:
        return Visitor(grants=opened, form_secret=otherwise)
    session, account = found
    return Visitor(grants=(*account.grants, *opened), account=account, session=session, form_secret=token)


def _decide(request: web.Request, rule: Rule, visitor: Visitor) -> None:
    """Raises UnauthorisedError, ForbiddenError."""
    if rule.is_own:
        if visitor.account is None:
            raise ForbiddenError if visitor.token is not None else UnauthorisedError
        return
    if rule.role is None or rule.place is None:
        return
    services = request.app[SERVICES]
    if rule.from_metrics and is_in(address_of(request), services.settings.access.metrics_from):
        return
    place = rule.place(request, services)
    if place is Reach.ANYWHERE:
        is_let = allows_somewhere(visitor.grants, rule.role)
    else:
        is_let = visitor.may(rule.role, None if isinstance(place, Reach) else place, services.registry)
    if not is_let:
        raise ForbiddenError if visitor.is_known else UnauthorisedError


def _way_home(request: web.Request, visitor: Visitor) -> str | None:
    """The front page of somebody who may not see the roadmap's territory is that of their own."""
    services = request.app[SERVICES]
    if request.method not in _SAFE or request.path != "/" or "territory" in request.query:
        return None
    own = [one.id for one in services.registry.territories if visitor.may(Role.VIEWER, one.id, services.registry)]
    return f"territories/{own[0]}/" if own else None

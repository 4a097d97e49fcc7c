"""API tokens: for programs that read the interface or scrape /metrics."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, tzinfo

from aiohttp import web

from netmon.domain.access import AccountProblem, ApiToken
from netmon.domain.registry import Registry
from netmon_collector.errors import AccountError
from netmon_collector.use_cases.api_tokens import LONGEST_DAYS, add_api_token, managed_tokens, revoke_api_token
from netmon_collector.web.access.addresses import see_other
from netmon_collector.web.access.forms import field
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.account.view import grant_text
from netmon_collector.web.pages.administration.grants import GrantForm, grant_form, grants_of_form
from netmon_collector.web.pages.administration.tabs import TOKENS, tab_answer
from netmon_collector.web.pages.shell.reader import Reader, language_of
from netmon_collector.wording.access import access_word
from netmon_collector.wording.figures import moment_text
from netmon_collector.wording.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """`state` is active, expired or revoked."""

    id: str
    name: str
    grant: str
    state: str
    created: str
    created_by: str
    expires: str
    used: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensView:
    """`secret` is shown once, right after it was made."""

    rows: tuple[TokenRow, ...]
    form: GrantForm
    secret: str | None
    most_days: int = LONGEST_DAYS


def add_tokens_routes(app: web.Application) -> None:
    app.router.add_get("/administration/tokens/", get_tokens)
    app.router.add_post("/administration/tokens/", post_token)
    app.router.add_post("/administration/tokens/{token}/revoke", post_revoke)


async def get_tokens(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(
    request: web.Request, *, problem: str | None = None, secret: str | None = None, status: int = 200
) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)

    def view(reader: Reader) -> TokensView:
        registry, zone, language = services.registry, reader.territory.time_zone, reader.language
        found = managed_tokens(visitor.manager, registry=registry, store=services.store)
        return TokensView(
            rows=tuple(_row(one, registry, zone, language, reader.now) for one in found),
            form=grant_form((), visitor, registry, language, spare=1),
            secret=secret,
        )

    return await tab_answer(request, "tokens.html", view, tab=TOKENS, problem=problem, status=status)


def _row(token: ApiToken, registry: Registry, zone: tzinfo, language: Language, now: datetime) -> TokenRow:
    def shown(at: datetime) -> str:
        return moment_text(at, zone, language)

    return TokenRow(
        id=token.id,
        name=token.name,
        grant=grant_text(token.grant, registry, language),
        state="revoked" if token.revoked_at is not None else "expired" if token.expires_at <= now else "active",
        created=shown(token.created_at),
        created_by=token.created_by,
        expires=shown(token.expires_at),
        used=None if token.last_used_at is None else shown(token.last_used_at),
    )


async def post_token(request: web.Request) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)

    def add() -> str:
        grants, days = grants_of_form(request), field(request, "days")
        if len(grants) != 1:
            raise AccountError(AccountProblem.NO_GRANT)
        if not (days.isascii() and days.isdigit() and len(days) < 5):
            raise AccountError(AccountProblem.TOKEN_DAYS)
        return add_api_token(
            field(request, "name"),
            grants[0],
            int(days),
            manager=visitor.manager,
            registry=services.registry,
            store=services.store,
            at=services.clock.now(),
        )[1]

    try:
        secret = await asyncio.to_thread(add)
    except AccountError as error:
        return await _page(request, problem=access_word(error.problem, language_of(request)), status=400)
    return await _page(request, secret=secret)


async def post_revoke(request: web.Request) -> web.Response:
    services, visitor = request.app[SERVICES], visitor_of(request)

    def revoke() -> None:
        revoke_api_token(
            request.match_info["token"],
            manager=visitor.manager,
            registry=services.registry,
            store=services.store,
            at=services.clock.now(),
        )

    await asyncio.to_thread(revoke)
    return see_other(request, TOKENS.path, done="revoked")

"""Answers in JSON, and errors as HTTP codes: the one place that knows which."""

import logging
import math
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from netmon.errors import NetmonError, WireError
from netmon.wire.canonical import canonical_json, format_time
from netmon_collector.errors import (
    AccountError,
    BadRequestError,
    EnrolmentError,
    ForbiddenError,
    ForgedError,
    NotFoundError,
    SignInError,
    StoreError,
    TooLargeError,
    TooManyError,
    TooSlowError,
    UnauthorisedError,
)
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.shell.answering import refusal_page, wants_page

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATUS: Mapping[type[NetmonError], int] = {
    WireError: 400,
    BadRequestError: 400,
    AccountError: 400,
    UnauthorisedError: 401,
    ForbiddenError: 403,
    ForgedError: 403,
    SignInError: 403,
    EnrolmentError: 403,
    NotFoundError: 404,
    TooSlowError: 408,
    TooLargeError: 413,
    TooManyError: 429,
    StoreError: 503,
}
_LATER_S = 10.0  # how long a client waits while the database cannot be used
_API = "/api/"
_KEPT = ("Retry-After", "Allow")
_log = logging.getLogger(__name__)


def json_answer(
    document: Mapping[str, object], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """The document as JSON, compressed for who takes it."""
    answer = web.Response(
        body=canonical_json(document), status=status, content_type="application/json", charset="utf-8", headers=headers
    )
    answer.enable_compression()
    return answer


@web.middleware
async def errors_to_http(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal of ours gets its HTTP code here; anything unforeseen is a 500 without details."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400 or not (request.path.startswith(_API) or wants_page(request)):
            raise
        return await _shown(request, _refusal(request, error.status, error.reason, error.headers.get("Allow")))
    except NetmonError as error:
        return await _shown(request, _known(request, error))
    except Exception:  # noqa: BLE001 - the last resort: one request failed, the others go on
        _log.exception("%s %s failed", request.method, request.path)
        refusal = _refusal(request, 500, "something went wrong here; it is in the collector's log")
        return await _shown(request, refusal)


async def _shown(request: web.Request, refusal: web.Response) -> web.Response:
    """The refusal as it is, or as a page for who reads pages."""
    if not wants_page(request):
        return refusal
    page = await refusal_page(request, refusal.status)
    page.headers.update({name: refusal.headers[name] for name in _KEPT if name in refusal.headers})
    return page


def _known(request: web.Request, error: NetmonError) -> web.Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if status >= 500:
        _log.error("%s %s: %s", request.method, request.path, error)
    answer = _refusal(request, status, str(error) if status != 503 else "the database cannot be used now")
    wait = error.retry_after_s if isinstance(error, TooManyError) else _LATER_S if status == 503 else None
    if wait is not None:
        answer.headers["Retry-After"] = str(math.ceil(wait))
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _refusal(request: web.Request, status: int, message: str, allow: str | None = None) -> web.Response:
    time = format_time(request.app[SERVICES].clock.now())
    headers = {} if allow is None else {"Allow": allow}
    return json_answer({"v": 1, "error": message, "time": time}, status=status, headers=headers)

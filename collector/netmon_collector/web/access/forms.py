"""Forms: read within limits, and only from pages of ours."""

import asyncio
import hmac
from urllib.parse import urlsplit

from aiohttp import web
from multidict import MultiDictProxy

from netmon_collector.errors import BadRequestError, ForgedError, TooLargeError, TooSlowError
from netmon_collector.web.access.visitor import Visitor
from netmon_collector.web.keys import SERVICES

FORM_TOKEN = "form_token"  # noqa: S105 - the name of the field
_MOST_FIELDS = 200
Form = MultiDictProxy[str | bytes | bytearray | web.FileField]
FORM = web.RequestKey("form", MultiDictProxy[str | bytes | bytearray | web.FileField])


async def take_form(request: web.Request, visitor: Visitor, *, most_bytes: int) -> None:
    """Read the form that a browser sends. Raises ForgedError unless it is from a page that we made for this visitor.

    Two proofs: the browser says which site the form is on, and the form carries what only our page knew.
    """
    _check_origin(request)
    form = await _read(request, most_bytes)
    given = form.get(FORM_TOKEN)
    if not visitor.form_token or not isinstance(given, str) or not given.isascii():
        raise ForgedError
    if not hmac.compare_digest(given, visitor.form_token):
        raise ForgedError
    request[FORM] = form


def field(request: web.Request, name: str) -> str:
    """A field of the form; empty where it is missing."""
    value = request[FORM].get(name, "")
    return value if isinstance(value, str) else ""


def fields(request: web.Request, name: str) -> list[str]:
    """A field that stands in the form as often as people like."""
    return [value for value in request[FORM].getall(name, []) if isinstance(value, str)]


def close_files(request: web.Request) -> None:
    """Files that came with the form go with its request."""
    for value in request[FORM].values() if FORM in request else ():
        if isinstance(value, web.FileField):
            value.file.close()


def _check_origin(request: web.Request) -> None:
    """Browsers name the site of a form's page; who names none is no browser that somebody else's page could use."""
    said = request.headers.get("Origin") or request.headers.get("Referer")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForgedError
    if said is None:
        return
    own = {request.host}
    if (public := request.app[SERVICES].settings.public_url) is not None:
        own.add(urlsplit(public).netloc)
    if urlsplit(said).netloc not in own:
        raise ForgedError


async def _read(request: web.Request, most_bytes: int) -> Form:
    if (request.content_length or 0) > most_bytes:
        raise TooLargeError(f"the form is longer than {most_bytes} bytes")
    within_s = request.app[SERVICES].settings.limits.body_s
    asked = request.clone(client_max_size=most_bytes, client_max_fields=_MOST_FIELDS)
    try:
        async with asyncio.timeout(within_s):
            return await asked.post()
    except TimeoutError as error:
        raise TooSlowError(f"the form did not come within {within_s:.0f} s") from error
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLargeError(f"the form is longer than {most_bytes} bytes") from error
    except (ValueError, LookupError) as error:
        raise BadRequestError("the form cannot be read") from error

"""The cookies: who is signed in, and what forms of nobody are bound to."""

from aiohttp import web

from netmon_collector.services import Services
from netmon_collector.web.keys import SERVICES

_SESSION = "netmon_session"
_FORM = "netmon_form"
_SECURE_PREFIX = "__Host-"  # a browser takes it over TLS only, for this host alone
_LONGEST = 100


def session_token(request: web.Request) -> str | None:
    return _read(request, _SESSION)


def form_secret(request: web.Request) -> str | None:
    return _read(request, _FORM)


def set_session(request: web.Request, answer: web.StreamResponse, token: str) -> None:
    """For as long as the session may last at most."""
    services = request.app[SERVICES]
    _set(answer, services, _SESSION, token, max_age=int(services.settings.access.lifetimes.absolute.total_seconds()))


def set_form_secret(request: web.Request, answer: web.StreamResponse, secret: str) -> None:
    """Until the browser is closed."""
    _set(answer, request.app[SERVICES], _FORM, secret, max_age=None)


def drop_session(request: web.Request, answer: web.StreamResponse) -> None:
    services = request.app[SERVICES]
    answer.del_cookie(_name(services, _SESSION), path="/", secure=services.settings.is_secure, httponly=True)


def _read(request: web.Request, name: str) -> str | None:
    found = request.cookies.get(_name(request.app[SERVICES], name))
    return found if found and len(found) <= _LONGEST and found.isascii() else None


def _set(answer: web.StreamResponse, services: Services, name: str, value: str, *, max_age: int | None) -> None:
    """Lax: a link in a mail finds the reader signed in, a form of another site does not."""
    answer.set_cookie(
        _name(services, name),
        value,
        max_age=max_age,
        path="/",
        secure=services.settings.is_secure,
        httponly=True,
        samesite="Lax",
    )


def _name(services: Services, name: str) -> str:
    return f"{_SECURE_PREFIX}{name}" if services.settings.is_secure else name

"""A file to keep, as an answer: named, never shown in the page's place, never guessed at."""

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web


def file_answer(
    content: bytes,
    name: str,
    *,
    content_type: str,
    charset: str | None = None,
    cache: str = "no-store",
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """The name may be in any script and hold any sign (RFC 6266, RFC 8187)."""
    return web.Response(
        body=content,
        content_type=content_type,
        charset=charset,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": cache,
            **(headers or {}),
        },
    )

"""Answering with a page: what is asked, computed in a thread of its own, printed within the frame."""

from collections.abc import Callable

from aiohttp import web

from netmon.domain.identifiers import TerritoryId
from netmon_collector.web.judging import judged
from netmon_collector.web.keys import PAGES, SERVICES
from netmon_collector.web.pages.shell.framing import frame_of
from netmon_collector.web.pages.shell.headers import SECURITY_HEADERS
from netmon_collector.web.pages.shell.navigation import OVERVIEW, Section
from netmon_collector.web.pages.shell.reader import Reader, reader_of, remember_language
from netmon_collector.web.pages.shell.refusal import refusal_view


async def page_answer(
    request: web.Request,
    template: str,
    view: Callable[[Reader], object],
    *,
    section: Section,
    territory: TerritoryId | None = None,
    status: int = 200,
    is_personal: bool = False,
) -> web.Response:
    """A page of a section: `view` gets the reader and gives the value that the template prints as `page`.

    `territory` is where the thing that the page is about lies; else the reader chooses. What is personal stays in no
    cache. Raises NotFoundError.
    """
    reader = reader_of(request, territory)
    frame = frame_of(request, reader, section)
    text = await judged(request, lambda: request.app[PAGES].render(template, view(reader), frame))
    answer = web.Response(
        text=text, status=status, content_type="text/html", charset="utf-8", headers=dict(SECURITY_HEADERS)
    )
    answer.enable_compression()
    remember_language(request, answer)
    if is_personal:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def wants_page(request: web.Request) -> bool:
    """Whether somebody reads the answer: a browser that asked for a page, not for data."""
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")


async def refusal_page(request: web.Request, status: int) -> web.Response:
    """Why there is no such page, within the frame, with the way on."""
    return await page_answer(
        request,
        "shell/refusal.html",
        lambda reader: refusal_view(status, reader.language),
        section=OVERVIEW,
        territory=request.app[SERVICES].roadmap.territory,
        status=status,
    )

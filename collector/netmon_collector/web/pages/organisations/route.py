"""The routes of the list of organisations: the page, and what it shows as CSV and XLSX."""

from collections.abc import Callable, Sequence

from aiohttp import web

from netmon_collector.web.judging import judged
from netmon_collector.web.keys import FINDINGS, SERVICES
from netmon_collector.web.pages.organisations.asked import Asked
from netmon_collector.web.pages.organisations.export import organisations_csv, organisations_xlsx
from netmon_collector.web.pages.organisations.rows import OrganisationRow
from netmon_collector.web.pages.organisations.state import every_row, list_state
from netmon_collector.web.pages.organisations.view import list_view
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.file_answer import file_answer
from netmon_collector.web.pages.shell.navigation import ORGANISATIONS
from netmon_collector.web.pages.shell.reader import reader_of
from netmon_collector.wording.language import Language

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Write = Callable[[str, Sequence[OrganisationRow], Language], bytes]


def add_organisations_routes(app: web.Application) -> None:
    app.router.add_get("/organisations/", get_list)
    app.router.add_get("/organisations/table.csv", get_csv)
    app.router.add_get("/organisations/table.xlsx", get_xlsx)


async def get_list(request: web.Request) -> web.Response:
    services, found = request.app[SERVICES], request.app[FINDINGS]
    asked = Asked.read(request.query)
    return await page_answer(
        request,
        "organisations/page.html",
        lambda reader: list_view(list_state(services, found, reader, asked), reader.language),
        section=ORGANISATIONS,
    )


async def get_csv(request: web.Request) -> web.Response:
    return await _table(
        request, "csv", "text/csv", lambda _, rows, language: organisations_csv(rows, language).encode()
    )


async def get_xlsx(request: web.Request) -> web.Response:
    return await _table(
        request, "xlsx", _XLSX, lambda period, rows, language: organisations_xlsx(rows, period, language)
    )


async def _table(request: web.Request, suffix: str, content_type: str, write: Write) -> web.Response:
    """What the page of the same address shows, on all its pages, in its order."""
    services, found = request.app[SERVICES], request.app[FINDINGS]
    reader, asked = reader_of(request), Asked.read(request.query)

    def body() -> bytes:
        period, rows = every_row(services, found, reader, asked)
        return write(period, rows, reader.language)

    name = f"organisations-{reader.territory.id}-{reader.today.isoformat()}.{suffix}"
    charset = "utf-8" if suffix == "csv" else None
    return file_answer(await judged(request, body), name, content_type=content_type, charset=charset)

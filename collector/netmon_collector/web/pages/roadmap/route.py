"""The routes of the roadmap: the page, the form that enters, the table that enters many, the files that prove."""

import re
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from netmon.domain.access import Role
from netmon.domain.entries import EntryKind
from netmon.domain.roadmap import EnteredValue, Fact
from netmon.errors import ConfigError
from netmon_collector.errors import BadRequestError, NotFoundError, TableError
from netmon_collector.services import Services
from netmon_collector.use_cases.entering import GivenFile
from netmon_collector.use_cases.entry_import import understand_entries
from netmon_collector.use_cases.roadmap import roadmap_at
from netmon_collector.web.access.addresses import see_other
from netmon_collector.web.access.forms import FORM, FORM_TOKEN, field
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.findings import past_years
from netmon_collector.web.judging import judged
from netmon_collector.web.keys import FINDINGS, SERVICES
from netmon_collector.web.pages.roadmap.entry import entry_page, kind_for, subject_by_id
from netmon_collector.web.pages.roadmap.table import TablePage
from netmon_collector.web.pages.roadmap.view import Chosen, RoadmapPage, roadmap_page
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.file_answer import file_answer
from netmon_collector.web.pages.shell.navigation import ROADMAP
from netmon_collector.web.pages.shell.reader import Reader

_LONGEST_FILTER = 20
_DIGEST = re.compile("[0-9a-f]{64}")


def add_roadmap_routes(app: web.Application) -> None:
    app.router.add_get("/roadmap/", get_roadmap_page)
    app.router.add_get("/roadmap/entry/", get_entry)
    app.router.add_post("/roadmap/entry/", post_entry)
    app.router.add_post("/roadmap/take-back/", post_take_back)
    app.router.add_get("/roadmap/table/", get_table)
    app.router.add_post("/roadmap/table/", post_table)
    app.router.add_get("/roadmap/evidence/{sha256}", get_evidence)


async def get_roadmap_page(request: web.Request) -> web.Response:
    services, found = request.app[SERVICES], request.app[FINDINGS]
    territory = services.roadmap.territory
    chosen = Chosen(
        results=request.query.get("results", "")[:_LONGEST_FILTER],
        activities=request.query.get("activities", "")[:_LONGEST_FILTER],
    )

    def view(reader: Reader) -> RoadmapPage:
        inputs = found.inputs(territory)
        standing = roadmap_at(reader.today, services.roadmap, inputs)
        # What was entered a moment ago must be there: the years are kept for as long as nobody enters anything.
        key = ("roadmap years", territory, services.store.last_entry())
        years = found.kept(key, lambda: past_years(services, inputs))
        coverages = (*years, found.of(territory).coverage)
        return roadmap_page(
            standing,
            coverages,
            chosen,
            reader.language,
            may_enter=_may_enter(request, services),
            done="done" in request.query,
        )

    return await page_answer(request, "roadmap/page.html", view, section=ROADMAP, territory=territory)


def _may_enter(request: web.Request, services: Services) -> bool:
    return visitor_of(request).may(Role.OPERATOR, services.roadmap.territory, services.registry)


async def get_entry(request: web.Request) -> web.Response:
    return await _entry(request, request.query.get("of", ""), given={"at": request.query.get("at", "")})


async def _entry(
    request: web.Request,
    identifier: str,
    *,
    given: Mapping[str, str],
    wrong: str | None = None,
    problem: str | None = None,
) -> web.Response:
    services = request.app[SERVICES]
    subject = subject_by_id(services.roadmap, identifier)

    def view(reader: Reader) -> object:
        return entry_page(
            subject, services.roadmap, reader.today, reader.language, given=given, wrong=wrong, problem=problem
        )

    status = 200 if problem is None else 400
    territory = services.roadmap.territory
    return await page_answer(
        request, "roadmap/entry.html", view, section=ROADMAP, territory=territory, status=status, is_personal=True
    )


async def post_entry(request: web.Request) -> web.Response:
    """Enter a fact or a value; what is wrong is said beside its field, and nothing that was typed is lost."""
    services = request.app[SERVICES]
    identifier = field(request, "of")
    subject = subject_by_id(services.roadmap, identifier)
    kind = kind_for(subject)
    given = {key: value for key, value in request[FORM].items() if isinstance(value, str) and key != FORM_TOKEN}
    fields = {key: value for key, value in given.items() if key != "of"}
    fields["indicator" if kind is EntryKind.VALUE else "of"] = identifier
    actor = visitor_of(request).manager.actor
    try:
        await judged(
            request, lambda: services.enter(kind, fields, entered_by=actor, evidence=_file(request, "evidence"))
        )
    except ConfigError as error:
        key = (error.key or "").rpartition(".")[2]
        return await _entry(request, identifier, given=given, wrong=key, problem=str(error))
    return see_other(request, "roadmap/", done="1")


def _file(request: web.Request, name: str) -> GivenFile | None:
    """The file that a form brought; None where the field was left empty."""
    found = request[FORM].get(name)
    if not isinstance(found, web.FileField) or not found.filename:
        return None
    with found.file as content:
        return GivenFile(name=found.filename, content=content.read())


async def post_take_back(request: web.Request) -> web.Response:
    """Leave nothing in the place of what was entered; the entry itself stays on record."""
    services = request.app[SERVICES]
    identifier = field(request, "of")
    kind = kind_for(subject_by_id(services.roadmap, identifier))
    actor = visitor_of(request).manager.actor
    subject, document = field(request, "subject"), field(request, "document")
    try:
        await judged(request, lambda: services.take_back(kind, subject, document=document, entered_by=actor))
    except ConfigError as error:
        return await _entry(request, identifier, given={}, problem=str(error))
    return see_other(request, "roadmap/", done="1")


async def get_table(request: web.Request) -> web.Response:
    return await _table(request, TablePage())


async def _table(request: web.Request, page: TablePage) -> web.Response:
    territory = request.app[SERVICES].roadmap.territory
    status = 400 if page.problems else 200
    return await page_answer(
        request,
        "roadmap/table.html",
        lambda _reader: page,
        section=ROADMAP,
        territory=territory,
        status=status,
        is_personal=True,
    )


async def post_table(request: web.Request) -> web.Response:
    """Enter a whole table or nothing of it; ``check`` only says what it would come to."""
    services = request.app[SERVICES]
    given = _file(request, "table")
    if given is None:
        raise BadRequestError("choose a file with the table")
    only_check, actor = field(request, "check") == "yes", visitor_of(request).manager.actor

    def work() -> TablePage:
        try:
            found = understand_entries(given.content, services.known(), read_evidence=_no_files)
        except TableError as error:
            return TablePage(problems=tuple(error.lines) or (str(error),))
        said = tuple(f"{one.subject}: {one.document}" for one in found)
        if only_check:
            return TablePage(understood=said)
        entries = [replace(one, entered_by=actor) for one in found]
        added = services.store.add_entries(entries, at=services.clock.now())
        services.refresh()
        return TablePage(understood=said, added=len(added))

    return await _table(request, await judged(request, work))


def _no_files(name: str) -> GivenFile:
    raise ConfigError(f"evidence: '{name}' did not come with the table; enter it with its file by the form")


async def get_evidence(request: web.Request) -> web.Response:
    """A file that proves an entry, to be kept, never to be shown by the browser in our name."""
    services, digest = request.app[SERVICES], request.match_info["sha256"]

    def read() -> bytes | None:
        return services.store.evidence(digest)

    content = await judged(request, read) if _DIGEST.fullmatch(digest) else None
    if content is None:
        raise NotFoundError("there is no such file")
    recorded: tuple[Fact | EnteredValue, ...] = (*services.roadmap.facts, *services.roadmap.entered_values)
    files = (one.evidence for one in recorded)
    name = next((one.name for one in files if one is not None and one.sha256 == digest), digest[:16])
    locked = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    kind = "application/octet-stream"
    return file_answer(content, name, content_type=kind, cache="private, no-cache", headers=locked)

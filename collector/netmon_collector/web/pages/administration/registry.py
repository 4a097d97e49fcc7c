"""The registry: a table is shown with what it would change, and put in force when somebody has seen it."""

import asyncio
import base64
import binascii
import gzip
import zlib
from dataclasses import dataclass, replace

from aiohttp import web

from netmon.config.registry import read_registry
from netmon.domain.registry import Registry
from netmon.errors import ConfigError
from netmon_collector.configuration import sync
from netmon_collector.documents.canonical import canonical_document
from netmon_collector.errors import BadRequestError, CollectorError, RegistryError, TableError
from netmon_collector.registry_file import own_registry_file, put_in_place
from netmon_collector.services import Services
from netmon_collector.use_cases.registry_export import registry_csv
from netmon_collector.use_cases.registry_import import RegistryChange, differences, merge_table
from netmon_collector.web.access.addresses import see_other
from netmon_collector.web.access.forms import FORM, field
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.administration.tabs import REGISTRY, tab_answer
from netmon_collector.web.pages.shell.file_answer import file_answer
from netmon_collector.web.pages.shell.reader import Reader, language_of
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.registry_tables import kind_word, table_problem

MOST_TABLE_BYTES = 4 * 1024 * 1024
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    kind: str
    id: str
    name: str
    fields: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryView:
    """`table` and `before` go through the preview's form: what was shown is what is put in force."""

    counts: tuple[tuple[str, int], ...]
    changes: tuple[ChangeView, ...] | None = None
    more: int = 0
    wrong: tuple[str, ...] = ()
    table: str = ""
    before: str = ""


class _ChangedMeanwhileError(CollectorError):
    """Somebody else changed the registry after the preview was made."""


def add_registry_routes(app: web.Application) -> None:
    app.router.add_get("/administration/registry/", get_registry)
    app.router.add_get("/administration/registry/table.csv", get_table)
    app.router.add_post("/administration/registry/preview", post_preview)
    app.router.add_post("/administration/registry/apply", post_apply)


async def get_registry(request: web.Request) -> web.Response:
    return await _page(request, RegistryView(counts=()))


async def _page(
    request: web.Request, view: RegistryView, *, problem: str | None = None, status: int = 200
) -> web.Response:
    registry = request.app[SERVICES].registry

    def filled(reader: Reader) -> RegistryView:
        kinds = ("territories", "localities", "providers", "organisations", "sites", "lines")
        return replace(
            view, counts=tuple((kind_word(one, reader.language), len(getattr(registry, one))) for one in kinds)
        )

    return await tab_answer(request, "registry.html", filled, tab=REGISTRY, problem=problem, status=status)


async def get_table(request: web.Request) -> web.Response:
    """The registry in force as one flat table, to be edited and imported again."""
    text = await asyncio.to_thread(registry_csv, request.app[SERVICES].filed.registry)
    return file_answer(text.encode(), "registry.csv", content_type="text/csv", charset="utf-8")


async def post_preview(request: web.Request) -> web.Response:
    given = request[FORM].get("table")
    if not isinstance(given, web.FileField) or not given.filename:
        say = phrasebook(language_of(request)).say
        return await _page(request, RegistryView(counts=()), problem=say("Choose a file with a table."), status=400)
    data = await asyncio.to_thread(given.file.read, MOST_TABLE_BYTES + 1)
    return await _previewed(request, data)


async def _previewed(request: web.Request, data: bytes, *, problem: str | None = None) -> web.Response:
    services, language = request.app[SERVICES], language_of(request)
    try:
        view = await asyncio.to_thread(_preview, services, data, language)
    except TableError as error:
        wrong = tuple(table_problem(line, language) for line in error.lines or (_bare(error),))
        say = phrasebook(language).say
        view = RegistryView(counts=(), wrong=wrong)
        return await _page(request, view, problem=say("The table has mistakes; nothing was imported."), status=400)
    except ConfigError as error:
        return await _page(request, RegistryView(counts=()), problem=str(error), status=400)
    return await _page(request, view, problem=problem, status=200 if problem is None else 409)


def _bare(error: TableError) -> str:
    return str(error).removeprefix("nothing was imported; ")


def _preview(services: Services, data: bytes, language: Language) -> RegistryView:
    """Raises TableError, ConfigError."""
    before, after = _merged(services, data)
    changes = differences(before, after)
    return RegistryView(
        counts=(),
        changes=tuple(_change(one, after, language) for one in changes[:_MOST_SHOWN]),
        more=max(0, len(changes) - _MOST_SHOWN),
        table=base64.b64encode(gzip.compress(data, mtime=0)).decode(),
        before=canonical_document("registry", before).hash,
    )


def _merged(services: Services, data: bytes) -> tuple[Registry, Registry]:
    if len(data) > MOST_TABLE_BYTES:
        raise TableError(f"is larger than {MOST_TABLE_BYTES} bytes; split it")
    before = read_registry(own_registry_file(services.settings, "collector.yaml"))
    return before, merge_table(data, before)


def _change(one: RegistryChange, after: Registry, language: Language) -> ChangeView:
    entity = next(found for found in getattr(after, one.kind) if found.id == one.id)
    name = getattr(entity, "name", None) or getattr(entity, "address", None)
    return ChangeView(
        kind=kind_word(one.kind, language, one=True),
        id=one.id,
        name="" if name is None else name.in_language(language),
        fields=", ".join(kind_word(key, language) for key in one.fields),
        is_new=not one.fields,
    )


async def post_apply(request: web.Request) -> web.Response:
    """Put in force what was shown; what the registry became meanwhile is shown again first."""
    services, actor = request.app[SERVICES], visitor_of(request).manager.actor
    data, before = _unpacked(field(request, "table")), field(request, "before")
    say = phrasebook(language_of(request)).say
    try:
        await asyncio.to_thread(_apply, services, data, before, actor)
    except _ChangedMeanwhileError:
        problem = say("The registry was changed meanwhile. This is what the table would change now.")
        return await _previewed(request, data, problem=problem)
    except TableError:
        return await _previewed(request, data)
    except RegistryError as error:
        problem = say("The registry was not changed: {reason}", reason=table_problem(str(error), language_of(request)))
        return await _page(request, RegistryView(counts=()), problem=problem, status=400)
    except OSError as error:
        problem = say("The registry's file cannot be written: {reason}", reason=error.strerror or str(error))
        return await _page(request, RegistryView(counts=()), problem=problem, status=503)
    return see_other(request, REGISTRY.path, done="imported")


def _apply(services: Services, data: bytes, before: str, actor: str) -> None:
    registry, after = _merged(services, data)
    if canonical_document("registry", registry).hash != before:
        raise _ChangedMeanwhileError
    at = services.clock.now()

    def bring_into_force() -> None:
        sync(replace(services.filed, registry=after), services.store, at=at, actor=actor)

    put_in_place(services.settings.registry, after, at=at, bring_into_force=bring_into_force)
    services.refresh()


def _unpacked(text: str) -> bytes:
    """Raises BadRequestError for what no preview of ours carried."""
    try:
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return unpacker.decompress(base64.b64decode(text, validate=True), MOST_TABLE_BYTES + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise BadRequestError("the table of the preview cannot be read; choose the file again") from error

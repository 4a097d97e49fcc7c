"""The frame of a page as a request asks for it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web

from netmon import __version__
from netmon_collector.services import Services
from netmon_collector.web.access.addresses import own_path, site_root
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.shell.frame import Choice, Frame, Guest, address
from netmon_collector.web.pages.shell.navigation import SECTIONS, Section
from netmon_collector.web.pages.shell.reader import Reader, territories_of
from netmon_collector.wording.figures import moment_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import Phrasebook, phrasebook

_NAMES = {Language.RU: "Русский", Language.EN: "English"}


def frame_of(request: web.Request, reader: Reader, section: Section) -> Frame:
    """The frame of a page that belongs to a section."""
    services, language = request.app[SERVICES], reader.language
    book, root = phrasebook(language), site_root(request)
    place: Mapping[str, object] = {} if reader.territory.id == reader.home else {"territory": reader.territory.id}
    return Frame(
        root=root,
        language=language,
        territory=reader.territory.name.in_language(language),
        territory_id=reader.territory.id,
        home=reader.home,
        sections=tuple(
            Choice(url=address(root, one.path, place), text=book.say(one.title), chosen=one is section)
            for one in SECTIONS
            if one.may_see(request)
        ),
        territories=tuple(
            Choice(
                url=address(root, section.path, {} if one.id == reader.home else {"territory": one.id}),
                text=one.name.in_language(language),
                chosen=one.id == reader.territory.id,
            )
            for one in territories_of(request)
        ),
        languages=_languages(request, language),
        notes=_notes(services, language, book),
        policy=services.policy.name.in_language(language),
        policy_id=services.policy.id,
        version=__version__,
        made_at=moment_text(reader.now, reader.territory.time_zone, language),
        visitor=_guest(request, root),
    )


def _guest(request: web.Request, root: str) -> Guest:
    visitor = visitor_of(request)
    asked = own_path(request)
    back = "" if asked.startswith(("sign-in", "link/")) or request.method != "GET" else asked
    return Guest(
        name=None if visitor.account is None else visitor.account.name,
        is_open=request.app[SERVICES].settings.access.public,
        form_token=visitor.form_token,
        sign_in=address(root, "sign-in", {"next": back}),
    )


def _languages(request: web.Request, language: Language) -> tuple[Choice, ...]:
    """The same page in each language, with everything else that its address says."""
    asked = {key: value for key, value in request.query.items() if key != "lang"}
    return tuple(
        Choice(url=f"?{urlencode({**asked, 'lang': one.value})}", text=name, chosen=one is language, language=one)
        for one, name in _NAMES.items()
    )


def _notes(services: Services, language: Language, book: Phrasebook) -> tuple[str, ...]:
    """What every reader must know of where the figures come from: nothing while they are real."""
    notes: list[str] = []
    if services.policy.accept_emulated:
        notes.append(
            book.say(
                "The verdicts follow the policy “{policy}”, not the one in force.",
                policy=services.policy.name.in_language(language),
            )
        )
    if services.registry.note is not None:
        notes.append(services.registry.note.in_language(language))
    return tuple(notes)

"""Who reads a page: the language, the territory and the time that it is made for."""

from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from netmon.domain.access import visible_territories
from netmon.domain.identifiers import TerritoryId
from netmon.domain.registry import Territory
from netmon_collector.errors import NotFoundError
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.wording.language import Language, choose_language, known_language

LANGUAGE_COOKIE = "lang"
_YEAR_S = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """`home` is the territory of the roadmap: links to pages about it need not name it."""

    language: Language
    territory: Territory
    home: TerritoryId
    now: datetime

    @property
    def today(self) -> date:
        """The local date in the territory."""
        return self.now.astimezone(self.territory.time_zone).date()


def reader_of(request: web.Request, territory: TerritoryId | None = None) -> Reader:
    """The reader of a page about a territory, else the one that the address names, else the roadmap's.

    Raises NotFoundError for an unknown territory.
    """
    services = request.app[SERVICES]
    home = services.roadmap.territory
    wanted = territory or TerritoryId(request.query.get("territory", home))
    found = services.registry.territory_by_id.get(wanted)
    if found is None:
        raise NotFoundError(f"the registry has no territory '{wanted}'")
    return Reader(language=language_of(request), territory=found, home=home, now=services.clock.now())


def territories_of(request: web.Request) -> tuple[Territory, ...]:
    """The territories that a reader may choose from, each region before its districts."""
    registry = request.app[SERVICES].registry
    own = visible_territories(visitor_of(request).grants, registry)
    found = [one for one in registry.territories if one.id in own]
    return tuple(sorted(found, key=lambda one: (one.parent is not None, one.name.ru)))


def language_of(request: web.Request) -> Language:
    """What the reader asks for now or asked for before, else the browser's, else the collector's."""
    asked = known_language(request.query.get("lang")) or known_language(request.cookies.get(LANGUAGE_COOKIE))
    accepted = request.headers.get("Accept-Language", "")
    return choose_language(asked, f"{accepted},{request.app[SERVICES].settings.language};q=0.001")


def remember_language(request: web.Request, answer: web.Response) -> None:
    """A language that was asked for stays, without being named in every link."""
    asked = known_language(request.query.get("lang"))
    if asked is not None:
        answer.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=_YEAR_S, samesite="Lax", httponly=True, secure=request.secure, path="/"
        )

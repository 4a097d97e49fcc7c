"""The sections of the site, in the order in which the navigation names them."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from netmon.domain.access import Role, allows_somewhere
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.wording.phrasebook import N_


def viewers(request: web.Request) -> bool:
    """Whoever may see the pages of some territory."""
    return allows_somewhere(visitor_of(request).grants, Role.VIEWER)


def operators(request: web.Request) -> bool:
    """Whoever has something to administer somewhere."""
    return allows_somewhere(visitor_of(request).grants, Role.OPERATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A page of the navigation: its path below the root of the site, its title, who may see it."""

    path: str
    title: str
    may_see: Callable[[web.Request], bool] = viewers


OVERVIEW = Section(path="", title=N_("Overview"))
ORGANISATIONS = Section(path="organisations/", title=N_("Organisations"))
PROVIDERS = Section(path="providers/", title=N_("Providers"))
ROADMAP = Section(path="roadmap/", title=N_("Roadmap"))
FLEET = Section(path="fleet/", title=N_("Devices"))
ACCOUNT = Section(path="account/", title=N_("Account"))  # its link stands beside the languages
ADMINISTRATION = Section(path="administration/", title=N_("Administration"), may_see=operators)

# What does not exist yet is not named.
SECTIONS: tuple[Section, ...] = (OVERVIEW, ORGANISATIONS, PROVIDERS, ROADMAP, FLEET, ADMINISTRATION)

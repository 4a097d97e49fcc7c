"""The sections of the site, in the order in which the navigation names them."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from netmon_collector.wording.phrasebook import N_


def everybody(_request: web.Request) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A page of the navigation: its path below the root of the site, its title, who may see it."""

    path: str
    title: str
    may_see: Callable[[web.Request], bool] = everybody


OVERVIEW = Section(path="", title=N_("Overview"))

# What does not exist yet is not named.
SECTIONS: tuple[Section, ...] = (OVERVIEW,)

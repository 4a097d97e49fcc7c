"""The frame around every page: where the reader is and where to go from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from netmon.domain.identifiers import LineId, OrganisationId, TerritoryId
from netmon_collector.wording.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A link of a menu; `chosen` is where the reader is."""

    url: str
    text: str
    chosen: bool
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who reads the page: a name when signed in; `is_open` where viewing takes no password; the proof of forms."""

    name: str | None
    is_open: bool
    form_token: str
    sign_in: str


NOBODY = Guest(name=None, is_open=False, form_token="", sign_in="./sign-in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the base template prints around a page. Addresses are relative, so a proxy may serve the site anywhere."""

    root: str
    language: Language
    territory: str
    territory_id: TerritoryId
    home: TerritoryId
    sections: tuple[Choice, ...]
    territories: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    notes: tuple[str, ...]
    policy: str
    policy_id: str
    version: str
    made_at: str
    visitor: Guest = NOBODY

    def url(self, path: str = "", /, **query: object) -> str:
        """The address of a page of this territory; what is None or empty is left out of the query."""
        if self.territory_id != self.home:
            query = {**query, "territory": self.territory_id}
        return address(self.root, path, query)

    def line_url(self, line: LineId | str) -> str:
        return self.url(f"lines/{quote(line, safe='')}/")

    def organisation_url(self, organisation: OrganisationId | str) -> str:
        return self.url(f"organisations/{quote(organisation, safe='')}/")


def address(root: str, path: str, query: Mapping[str, object]) -> str:
    """A relative address; what is None or empty is left out of the query."""
    named = {key: value for key, value in query.items() if value not in {None, ""}}
    return f"{root}{path}{'?' if named else ''}{urlencode(named)}"

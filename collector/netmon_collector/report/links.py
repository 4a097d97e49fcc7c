"""Links from documents into the pages of the collector."""

from dataclasses import dataclass
from urllib.parse import quote

from netmon.domain.identifiers import LineId, TerritoryId


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of pages; None where the collector's `public_url` is not set: no link leads nowhere."""

    public_url: str | None

    def territory(self, identifier: TerritoryId) -> str | None:
        return self._to(f"territories/{quote(identifier, safe='')}/")

    def line(self, identifier: LineId) -> str | None:
        return self._to(f"lines/{quote(identifier, safe='')}/")

    def _to(self, path: str) -> str | None:
        return None if self.public_url is None else f"{self.public_url.rstrip('/')}/{path}"

"""The built-in pages: templates, static files and the headers that go with them.

Use: `Pages().coverage(state, language=..., only=...)` with a `netmon_collector.web.view.TerritoryState`; serve
`STATIC_FOLDER` under ``/static`` and send `SECURITY_HEADERS` with every page.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from netmon.domain.verdict import VerdictOutcome
from netmon_collector.web.view import TerritoryState, page_view
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_FOLDER = Path(__file__).parent
STATIC_FOLDER = _FOLDER / "static"

_UNIT = re.compile("(Мбит/|Mb/)(с|s)")
_WORD_JOINER = "\u2060"

# The pages run no script and load nothing from elsewhere.
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
}


class Pages:
    """Renders pages; the templates and the version of the static files are read once."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_keep_units_whole,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._version = _version_of(STATIC_FOLDER)

    def coverage(self, state: TerritoryState, *, language: Language, only: VerdictOutcome | None = None) -> str:
        """The page of a territory: the indicator, its trend and every organisation, or those of one verdict."""
        book = phrasebook(language)
        return self._templates.get_template("coverage.html").render(
            page=page_view(state, language, only),
            say=book.say,
            plural=book.plural,
            languages={Language.RU: "Русский", Language.EN: "English"},
            only="" if only is None else only.value.lower(),
            version=self._version,
        )


def _keep_units_whole(value: object) -> object:
    """Browsers break lines after a slash, even within a unit: a word joiner forbids it."""
    return _UNIT.sub(f"\\1{_WORD_JOINER}\\2", value) if type(value) is str else value


def _version_of(folder: Path) -> str:
    """A text that changes with the static files, so that browsers may keep them."""
    content = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    return sha256(content).hexdigest()[:12]

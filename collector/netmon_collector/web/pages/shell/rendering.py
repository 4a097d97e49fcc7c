"""Templates to HTML: everything escaped, texts in the reader's language, units never torn apart."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from netmon_collector.web.pages.shell.frame import Frame
from netmon_collector.web.pages.shell.static import StaticFiles
from netmon_collector.wording.phrasebook import phrasebook

PAGES_FOLDER = Path(__file__).parents[1]

_UNIT = re.compile("(Мбит/|Mb/)(с|s)")
_WORD_JOINER = "\u2060"


class Pages:
    """Renders the templates below ``web/pages/``, which are read once; holds the static files that they name."""

    def __init__(self) -> None:
        self.files = StaticFiles.read()
        self._templates = Environment(
            loader=FileSystemLoader(PAGES_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_keep_units_whole,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, template: str, page: object, frame: Frame) -> str:
        """A page's value within the frame; templates see `page`, `frame`, `say`, `plural` and `static`."""
        book = phrasebook(frame.language)
        return self._templates.get_template(template).render(
            page=page,
            frame=frame,
            say=book.say,
            plural=book.plural,
            static=lambda path: f"{frame.root}{self.files.link(path)}",
        )


def _keep_units_whole(value: object) -> object:
    """Browsers break lines after a slash, even within a unit: a word joiner forbids it."""
    return _UNIT.sub(f"\\1{_WORD_JOINER}\\2", value) if type(value) is str else value

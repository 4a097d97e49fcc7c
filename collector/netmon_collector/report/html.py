"""The content of a report as HTML: of a mail (styles in the elements, readable without pictures), and of a file."""

import re
from functools import cache
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from netmon_collector.report.content import Content, Entry, Failing
from netmon_collector.report.content.values import Bar

PICTURE = "trend"  # the name by which the HTML asks for its picture: cid:trend
_FOLDER = Path(__file__).parent / "templates"
_UNIT = re.compile("(Мбит/с|Mb/s)")


@cache
def templates() -> Environment:
    """The templates of documents, read once."""
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_keep_units_whole,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def mail_html(content: Content) -> str:
    """Its picture is asked for as ``cid:trend``. The same content gives the same text."""
    shown = '<img class="picture" src="cid:{}" width="552" alt="{}">'
    drawn = Markup() if content.picture is None else Markup(shown).format(PICTURE, content.picture.alt)  # noqa: S704
    return _inliner().inline(_rendered(content, drawn, "mail.css"))


def page_html(content: Content) -> str:
    """A file that needs nothing beside it, for a browser and for paper: the picture is drawn in it."""
    drawn = Markup() if content.picture is None else Markup(content.picture.svg)  # noqa: S704 - drawn by us
    return _rendered(content, drawn, "mail.css", "page.css")


def _rendered(content: Content, drawn: Markup, *sheets: str) -> str:
    style = "\n".join(style_sheet(name) for name in sheets)
    return (
        templates()
        .get_template("mail.html")
        .render(
            it=content,
            bar=_bar(content.answer.bar),
            drawn=drawn,
            named=_named,
            style=Markup(style),  # noqa: S704 - files of ours
        )
    )


def style_sheet(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _bar(bar: Bar | None) -> tuple[tuple[str, int], ...]:
    """The cells of the bar that have a width; none where there is no bar."""
    if bar is None:
        return ()
    parts = (
        ("confirmed", bar.confirmed),
        ("possible", bar.upper - bar.confirmed),
        ("open-part", 100 - bar.upper),
    )
    return tuple((name, width) for name, width in parts if width > 0)


def _named(one: Entry | Failing) -> Markup:
    """The name, as a link where there is a page."""
    return Markup('<a href="{}">{}</a>').format(one.link, one.title) if one.link else escape(one.title)


def _keep_units_whole(value: object) -> object:
    """Browsers break lines after a slash, even within a unit."""
    if type(value) is not str or not _UNIT.search(value):
        return value
    return Markup(_UNIT.sub(r'<span class="unit">\1</span>', str(escape(value))))  # noqa: S704 - escaped

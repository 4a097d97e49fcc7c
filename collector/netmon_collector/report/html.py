"""The content of a report as the HTML of a mail: tables, styles in the elements, readable without pictures."""

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
    """The same content gives the same text."""
    whole = (
        templates()
        .get_template("mail.html")
        .render(
            it=content,
            bar=_bar(content.answer.bar),
            picture=PICTURE,
            named=_named,
            style=Markup(style_sheet("mail.css")),  # noqa: S704 - a file of ours
        )
    )
    return _inliner().inline(whole)


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

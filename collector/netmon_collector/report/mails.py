"""What the mails say: the report of a period and its short form, a line that fell below its limit, one that recovered.

Nothing here knows who gets a mail: sender, recipient, Message-ID and Date are added where it is queued.
"""

from dataclasses import dataclass

from netmon.domain.registry import Registry
from netmon_collector.charts.png import png
from netmon_collector.report.content import Content, content_of
from netmon_collector.report.content.alert import LineAlert, alert_of
from netmon_collector.report.content.digest import digest_of
from netmon_collector.report.html import PICTURE, mail_html
from netmon_collector.report.links import Links
from netmon_collector.report.plain_text import mail_text
from netmon_collector.use_cases.summary import Summary
from netmon_collector.wording.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMail:
    """One mail in one language; `pictures` are PNG by the names that the HTML asks for as ``cid:NAME``."""

    subject: str
    text: str
    html: str
    pictures: tuple[tuple[str, bytes], ...] = ()


def report_mail(summary: Summary, *, language: Language, links: Links) -> RenderedMail:
    """The report of a period. The same summary gives the same bytes. Raises FontError."""
    return _rendered(content_of(summary, language, links))


def digest_mail(summary: Summary, *, language: Language, links: Links) -> RenderedMail:
    """What changed in a day, in short: without drawing, roadmap and revisions."""
    return _rendered(digest_of(summary, language, links))


def alert_mail(alert: LineAlert, registry: Registry, *, language: Language, links: Links) -> RenderedMail:
    """A line that fell below its limit, or one that recovered."""
    return _rendered(alert_of(alert, registry, language, links))


def _rendered(content: Content) -> RenderedMail:
    return RenderedMail(
        subject=content.subject,
        text=mail_text(content),
        html=mail_html(content),
        pictures=() if content.picture is None else ((PICTURE, png(content.picture.svg)),),
    )

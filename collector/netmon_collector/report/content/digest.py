"""The short form of a report: what changed in a day, and nothing that waits for the week."""

from dataclasses import replace

from netmon_collector.report.content.answer import short_period
from netmon_collector.report.content.changes import Changes
from netmon_collector.report.content.content import content_of
from netmon_collector.report.content.incidents import incidents_section
from netmon_collector.report.content.values import Content
from netmon_collector.report.content.words import Words
from netmon_collector.report.links import Links
from netmon_collector.use_cases.summary import Summary
from netmon_collector.wording.language import Language


def digest_of(summary: Summary, language: Language, links: Links) -> Content:
    """The changes lead its subject: the indicator moves once a month."""
    words = Words(summary=summary, language=language)
    changes = Changes(words, links)
    return replace(
        content_of(summary, language, links),
        subject=words.book.say(
            "{changes} · {territory}, {period}",
            changes=changes.preview().removesuffix("."),
            territory=words.of(summary.territory.name),
            period=short_period(words),
        ),
        sections=(changes.section(), incidents_section(words)),
        picture=None,
    )

"""The content of a report in one language, put together from its parts."""

from netmon.domain.period import PeriodKind
from netmon_collector.charts.trend import PICTURE_SIZES, trend_view
from netmon_collector.charts.trend_drawing import trend_picture, trend_sentence
from netmon_collector.report.content.answer import answer, subject
from netmon_collector.report.content.changes import Changes
from netmon_collector.report.content.failing import failing_section
from netmon_collector.report.content.incidents import incidents_section
from netmon_collector.report.content.nearest import nearest_section
from netmon_collector.report.content.plan import roadmap_section
from netmon_collector.report.content.provenance import hashes, notices, provenance
from netmon_collector.report.content.revisions import revisions_section
from netmon_collector.report.content.values import Content, Picture
from netmon_collector.report.content.words import Words
from netmon_collector.report.links import Links
from netmon_collector.use_cases.summary import Summary
from netmon_collector.wording.figures import capitalised
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_

_TITLES = {
    PeriodKind.DAY: N_("Report of the day on internet access"),
    PeriodKind.WEEK: N_("Weekly report on internet access"),
    PeriodKind.MONTH: N_("Monthly report on internet access"),
}


def content_of(summary: Summary, language: Language, links: Links) -> Content:
    """Everything that a report says about a summary."""
    words = Words(summary=summary, language=language)
    changes = Changes(words, links)
    sections = (
        changes.section(),
        failing_section(words, links),
        incidents_section(words),
        nearest_section(words),
        roadmap_section(words),
        revisions_section(words),
    )
    return Content(
        language=language.value,
        subject=subject(words),
        preview=changes.preview(),
        territory=words.of(summary.territory.name),
        title=words.kind(_TITLES),
        period=capitalised(words.period(summary.period)),
        notices=tuple(notices(words)),
        answer=answer(words),
        sections=tuple(one for one in sections if one is not None),
        picture=_picture(summary, language),
        link=links.territory(summary.territory.id),
        link_text=words.book.say("Open the page of the territory"),
        provenance=tuple(provenance(words)),
        hashes=tuple(hashes(words)),
    )


def _picture(summary: Summary, language: Language) -> Picture | None:
    trend = trend_view(summary.trend, language, sizes=PICTURE_SIZES)
    return Picture(svg=trend_picture(trend, language), alt=trend_sentence(trend, language))

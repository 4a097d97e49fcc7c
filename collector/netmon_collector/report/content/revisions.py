"""Earlier figures that late data has changed: what they were and what they are. What was sent stays as it was."""

from collections.abc import Iterator

from netmon.domain.verdict import SubjectKind
from netmon_collector.report.content.values import Entry, Group, Section, Tone
from netmon_collector.report.content.words import Words
from netmon_collector.use_cases.summary import RevisedPeriod, RevisedVerdict, Tally
from netmon_collector.wording.figures import capitalised
from netmon_collector.wording.words import verdict_word


def revisions_section(words: Words) -> Section | None:
    """None where nothing was revised."""
    found = words.summary.revisions
    if not found:
        return None
    say = words.book.say
    return Section(
        title=say("Earlier figures revised"),
        intro=(say("Measurements that arrived late have changed closed periods. What was sent stays as it was."),),
        groups=tuple(_group(one, words) for one in found),
    )


def _group(of: RevisedPeriod, words: Words) -> Group:
    title = words.book.say(
        "{period}: revision {number} instead of {before}",
        period=capitalised(words.period(of.period)),
        number=of.link.revision,
        before=of.from_revision,
    )
    return Group(title=title, tone=Tone.OPEN, entries=tuple(_entries(of, words)))


def _entries(of: RevisedPeriod, words: Words) -> Iterator[Entry]:
    say = words.book.say
    before, now = words.coverage(of.coverage_before), words.coverage(of.coverage_now)
    if before != now:
        yield Entry(title=say("Coverage"), lines=(say("It was {before}, it is {now}.", before=before, now=now),))
    for one in of.verdicts:
        if one.kind is SubjectKind.ORGANISATION:
            yield Entry(title=words.of(one.name), lines=(_changed(one, words),))


def _changed(one: RevisedVerdict, words: Words) -> str:
    return words.book.say(
        "It was: {before}; it is: {now}.", before=_tally(one.before, words), now=_tally(one.now, words)
    )


def _tally(tally: Tally | None, words: Words) -> str:
    if tally is None:
        return words.book.say("no verdict")
    return words.book.say(
        "{verdict}, {share} measurements at the limit",
        verdict=verdict_word(tally.outcome, words.language).lower(),
        share=words.fraction(tally.passed, tally.decided),
    )

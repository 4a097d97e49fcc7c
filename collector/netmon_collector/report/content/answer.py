"""The indicator in the words of a report, and the subject of its mail: the answer first."""

from collections.abc import Iterator, Mapping

from netmon.domain.coverage import Coverage
from netmon.domain.period import PeriodKind
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.report.content.values import Answer, Bar, Tone
from netmon_collector.report.content.words import Words
from netmon_collector.wording.figures import date_text, integer_text, percent_text, share_percent
from netmon_collector.wording.phrasebook import N_
from netmon_collector.wording.words import verdict_word

_EARLIER: Mapping[PeriodKind, str] = {
    PeriodKind.DAY: N_("A day before: {share}."),
    PeriodKind.WEEK: N_("A week before: {share}."),
    PeriodKind.MONTH: N_("A month before: {share}."),
}
_COUNTS: Mapping[PeriodKind, str] = {
    PeriodKind.DAY: N_("By the measurements of the day: {counts}."),
    PeriodKind.WEEK: N_("By the measurements of the week: {counts}."),
    PeriodKind.MONTH: N_("By the measurements of the month: {counts}."),
}


def subject(words: Words) -> str:
    """The answer, then whose and when: mail programs cut from the end and fold mails that are called the same."""
    return words.book.say(
        "{answer} · {territory}, {period}",
        answer=_short_answer(words),
        territory=words.of(words.summary.territory.name),
        period=short_period(words),
    )


def short_period(words: Words) -> str:
    period = words.summary.period
    if period.kind is PeriodKind.WEEK:
        return words.book.say("week {number}", number=period.first.isocalendar().week)
    return words.period(period)


def _short_answer(words: Words) -> str:
    say, found = words.book.say, words.summary.coverage
    if not found.denominator:
        return say("Coverage: the registry holds no organisation")
    share = words.coverage(found)
    if found.target_percent is None:
        return say("Coverage {share}", share=share)
    target = percent_text(found.target_percent, words.language)
    if found.met:
        return say("Coverage {share}, target {target}: reached", share=share, target=target)
    return say(
        "Coverage {share}, target {target}: {missing} missing", share=share, target=target, missing=found.missing
    )


def answer(words: Words) -> Answer:
    found = words.summary.coverage
    tone = {True: Tone.GOOD, False: Tone.BAD, None: Tone.NONE}[found.met]
    return Answer(
        share=words.fraction(found.numerator, found.denominator),
        percent=percent_text(found.percent, words.language),
        verdict=_verdict(words, found),
        tone=tone,
        bar=Bar(
            confirmed=found.percent,
            upper=share_percent(found.upper_numerator, found.denominator),
            target=found.target_percent,
        ),
        notes=tuple(_notes(words, found)),
    )


def _verdict(words: Words, found: Coverage) -> str:
    say, year = words.book.say, found.at.year
    if found.target_percent is None:
        return say("No target is set for {year}.", year=year)
    target = percent_text(found.target_percent, words.language)
    if found.met:
        return say("The target of {year}, {target}, is reached.", year=year, target=target)
    return words.book.plural(
        "The target of {year}, {target}, is not reached: {n} organisation is missing.",
        "The target of {year}, {target}, is not reached: {n} organisations are missing.",
        found.missing or 0,
        year=year,
        target=target,
    )


def _notes(words: Words, found: Coverage) -> Iterator[str]:
    say, summary = words.book.say, words.summary
    yield _basis(words, found)
    unknown = found.upper_numerator - found.numerator
    if unknown:
        yield words.book.plural(
            "Upper bound: {upper}, if the {n} organisation without a verdict turns out to comply.",
            "Upper bound: {upper}, if all {n} organisations without a verdict turn out to comply.",
            unknown,
            upper=words.share(found.upper_numerator, found.denominator),
        )
    if summary.coverage_before is not None:
        share = words.coverage(summary.coverage_before)
        if summary.since is not None:
            yield say("On {time}: {share}.", time=words.moment(summary.since), share=share)
        else:
            yield say(_EARLIER[summary.period.kind], share=share)
    yield say(_COUNTS[summary.period.kind], counts=_counts(words))


def _basis(words: Words, found: Coverage) -> str:
    """What the indicator counts: verdicts of which months, or what people entered."""
    say, on = words.book.say, date_text(found.at, words.language)
    if found.entered is not None:
        author = words.of(found.entered.author_role)
        document = found.entered.document
        return say("As of {date}, entered by hand: {document} ({author}).", date=on, document=document, author=author)
    periods = sorted({one.period for one in found.organisations if one.period is not None})
    if not periods:
        return say("As of {date}; no period with enough school days is over yet.", date=on)
    names = "; ".join(words.period(period) for period in periods)
    return words.whole(say("As of {date}, by the verdicts of: {periods}.", date=on, periods=names))


_COUNTED = (
    VerdictOutcome.COMPLIANT,
    VerdictOutcome.NON_COMPLIANT,
    VerdictOutcome.INSUFFICIENT_DATA,
    VerdictOutcome.UNMEASURABLE,
    VerdictOutcome.EXEMPT,
)


def _counts(words: Words) -> str:
    """How many organisations have each verdict, those that occur and the two that everybody looks for."""
    found = {outcome: words.summary.count(outcome) for outcome in _COUNTED}
    return ", ".join(
        words.book.say(
            "{verdict} – {number}",
            verdict=verdict_word(outcome, words.language).lower(),
            number=integer_text(number, words.language),
        )
        for outcome, number in found.items()
        if number or outcome in _COUNTED[:2]
    )

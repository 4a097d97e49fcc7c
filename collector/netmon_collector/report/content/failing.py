"""The lines that do not comply, the weakest first: whose, where, who provides them, what decided."""

from collections.abc import Callable, Mapping

from netmon.domain.verdict import Basis, LineFigures
from netmon_collector.report.content.values import Failing, Section
from netmon_collector.report.content.words import Words
from netmon_collector.report.links import Links
from netmon_collector.use_cases.summary import ChangeKind, LineState
from netmon_collector.wording.figures import (
    date_text,
    duration_text,
    percent_text,
    rate_text,
    share_percent,
    share_text,
)
from netmon_collector.wording.words import word


def failing_section(words: Words, links: Links) -> Section:
    say = words.book.say
    lines = words.summary.failing_lines
    return Section(
        title=say("What does not comply, and why"),
        failing=tuple(_failing(line, words, links) for line in lines),
        empty=say("Every line with a verdict complies."),
    )


def _failing(line: LineState, words: Words, links: Links) -> Failing:
    reason, details = words.reason(line)
    figure, label = _figure(line.verdict.figures, line.verdict.basis, words)
    return Failing(
        title=words.users(line),
        tag=_tag(line, words),
        place=words.place(line),
        contract=words.book.say("Line {id}: {contract}.", id=line.id, contract=words.contract(line)),
        share=figure,
        share_label=label,
        reason=reason,
        found=words.book.say("Found"),
        findings=tuple(word(one, words.language) for one in line.verdict.findings),
        details=details,
        link=links.line(line.id),
    )


def _figure(figures: LineFigures | None, basis: Basis, words: Words) -> tuple[str, str]:
    """The figure that decided and what it is: a share of measurements, of time, or a rate."""
    if figures is None:
        return "–", ""
    shown = _FIGURES.get(basis, _share)(figures, words)
    return shown or _share(figures, words)


def _availability(figures: LineFigures, words: Words) -> tuple[str, str] | None:
    found = figures.availability
    if found is None:
        return None
    down = duration_text(found.down, words.language)
    return share_text(found.up, found.known, words.language), words.book.say("up; down for {time}", time=down)


def _sustained(figures: LineFigures, words: Words) -> tuple[str, str] | None:
    if figures.sustained is None:
        return None
    return rate_text(figures.sustained.worst_bps, words.language), words.book.say("sustained rate")


def _median(figures: LineFigures, words: Words) -> tuple[str, str]:
    return rate_text(figures.estimates.median_bps, words.language), words.book.say("median of the full estimates")


def _fallen(figures: LineFigures, words: Words) -> tuple[str, str] | None:
    if figures.fall is None:
        return None
    since = date_text(figures.fall.first, words.language)
    return rate_text(figures.fall.after_bps, words.language), words.book.say("since {date}", date=since)


def _share(figures: LineFigures, words: Words) -> tuple[str, str]:
    counts, required = figures.counts, figures.requirement.min_share_percent
    return percent_text(share_percent(counts.passed, counts.decided), words.language), words.book.say(
        "{share} measurements, {required} required",
        share=words.fraction(counts.passed, counts.decided),
        required=percent_text(required, words.language),
    )


_FIGURES: Mapping[Basis, Callable[[LineFigures, Words], tuple[str, str] | None]] = {
    Basis.AVAILABILITY_NOT_MET: _availability,
    Basis.SUSTAINED_NOT_MET: _sustained,
    Basis.MEDIAN_NOT_MET: _median,
    Basis.THROTTLED: _fallen,
}


def _tag(line: LineState, words: Words) -> str:
    """Since when it fails; a line whose organisations are all exempt counts nowhere."""
    say, change = words.book.say, line.change
    if words.summary.is_exempt(line):
        return say("exempt")
    if change is None or change.failing_since is None or change.kind is not ChangeKind.STILL_FAILING:
        return say("new") if words.summary.compared_with is not None else ""
    return say("since {date}", date=words.since(change.failing_since))

"""A summary as tables of typed cells: what a spreadsheet filters and sums up, with the figures of the report."""

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from io import StringIO

from netmon.domain.verdict import LineFigures, SubjectKind, Verdict, VerdictOutcome
from netmon_collector.report.content.provenance import hashes, notices, provenance
from netmon_collector.report.content.words import Words
from netmon_collector.report.workbook import Sheet
from netmon_collector.use_cases.summary import Change, LineState, OrganisationState
from netmon_collector.verifier.tables import Cell, csv_text
from netmon_collector.wording.figures import share_percent
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_
from netmon_collector.wording.words import verdict_word, word

_MEGABIT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """An organisation or a line of a summary, as a row is made of it."""

    words: Words
    of: OrganisationState | LineState

    @property
    def verdict(self) -> Verdict:
        return self.of.verdict

    @property
    def line(self) -> LineState | None:
        return self.of if isinstance(self.of, LineState) else None

    @property
    def kind(self) -> str:
        return self.words.book.say(_KINDS[self.verdict.kind])

    @property
    def name(self) -> str:
        return self.words.of(self.of.name) if isinstance(self.of, OrganisationState) else self.words.users(self.of)

    @property
    def lines(self) -> Sequence[Verdict]:
        return tuple(self.verdict.lines)

    @property
    def only(self) -> Verdict | None:
        """The verdict whose figures stand for the subject: its own, or that of its only line."""
        return self.lines[0] if len(self.lines) == 1 else None


_KINDS = {SubjectKind.ORGANISATION: N_("Organisation"), SubjectKind.LINE: N_("Line")}
_Read = Callable[[_Subject], Cell]


def _figures(read: Callable[[LineFigures], Cell]) -> _Read:
    """A figure of a line; of an organisation with several lines there is no single one."""

    def cell(of: _Subject) -> Cell:
        return None if of.only is None or of.only.figures is None else read(of.only.figures)

    return cell


def _share(figures: LineFigures) -> Cell:
    counts = figures.counts
    return share_percent(counts.passed, counts.decided) if counts.decided else None


def mbps(rate_bps: int | None) -> float | None:
    """Rounded down to thousandths: a rate never shows as a limit that it misses."""
    return None if rate_bps is None else rate_bps * 1000 // _MEGABIT / 1000


def _rates(bps: Sequence[int]) -> Cell:
    """One rate as a number; several, after a change of locality, as a text."""
    if len(bps) == 1:
        return mbps(bps[0])
    return "; ".join(f"{mbps(one):g}" for one in bps) or None


def _failing_since(of: _Subject) -> Cell:
    change: Change | None = of.of.change
    return None if change is None or change.failing_since is None else change.failing_since.first.isoformat()


def _text(read: Callable[[LineState, Words], str | None]) -> _Read:
    def cell(of: _Subject) -> Cell:
        return None if of.line is None else read(of.line, of.words) or None

    return cell


_COLUMNS: Mapping[str, _Read] = {
    N_("Kind"): lambda of: of.kind,
    N_("Identifier"): lambda of: of.of.id,
    N_("Organisation"): lambda of: of.name,
    N_("Verdict"): lambda of: verdict_word(of.verdict.outcome, of.words.language),
    N_("Lines that decide"): lambda of: ", ".join(one.id for one in of.lines) or None,
    N_("Place"): _text(lambda line, words: words.place(line)),
    N_("Role of the line"): _text(lambda line, words: word(line.role, words.language)),
    N_("Provider"): _text(lambda line, words: None if line.provider is None else words.of(line.provider.name)),
    N_("Contract"): _text(lambda line, _: None if line.contract is None else line.contract.number),
    N_("Contracted rate, Mb/s"): lambda of: (
        None if of.line is None or of.line.contract is None else mbps(of.line.contract.rate_bps)
    ),
    N_("Threshold, Mb/s"): _figures(lambda one: _rates(one.requirement.thresholds_bps)),
    N_("Limit (threshold less tolerance), Mb/s"): _figures(lambda one: _rates(one.requirement.limits_bps)),
    N_("Median rate, Mb/s"): _figures(lambda one: mbps(one.estimates.median_bps)),
    N_("Measurements at the limit"): _figures(lambda one: one.counts.passed),
    N_("Counted measurements"): _figures(lambda one: one.counts.decided),
    N_("Share, %"): _figures(_share),
    N_("Required share, %"): _figures(lambda one: one.requirement.min_share_percent),
    N_("Passed without the tolerance"): _figures(lambda one: one.counts.strict_passed),
    N_("Not counted"): _figures(lambda one: one.counts.excluded_total),
    N_("Planned measurements"): _figures(lambda one: one.counts.planned),
    N_("Does not comply since"): _failing_since,
    N_("Explanation"): lambda of: of.words.of(of.of.explanation),
}


# What only a line has: the table of organisations is without it.
_OF_LINES = frozenset({"Place", "Role of the line", "Provider", "Contract", "Contracted rate, Mb/s"})


def verdict_rows(words: Words) -> Iterator[tuple[Cell, ...]]:
    """Organisations, then lines: each with its verdict and what it stands on; what is not known is empty, never 0."""
    subjects: tuple[OrganisationState | LineState, ...] = (*words.summary.organisations, *words.summary.lines)
    for one in subjects:
        subject = _Subject(words=words, of=one)
        yield tuple(read(subject) for read in _COLUMNS.values())


def verdict_titles(words: Words) -> tuple[str, ...]:
    return tuple(words.book.say(title) for title in _COLUMNS)


def sheets_of(words: Words) -> tuple[Sheet, ...]:
    """Every table of a report, the answer first, how it was found last."""
    say = words.book.say
    return (
        Sheet(name=say("Indicator"), titles=(say("Figure"), say("Value")), rows=tuple(_indicator(words)), frozen=1),
        _verdicts(words, SubjectKind.ORGANISATION, say("Organisations"), without=_OF_LINES),
        _verdicts(words, SubjectKind.LINE, say("Lines"), without=frozenset()),
        Sheet(name=say("Incidents"), titles=_incident_titles(words), rows=tuple(_incidents(words)), frozen=1),
        Sheet(name=say("Roadmap"), titles=_plan_titles(words), rows=tuple(_plan(words)), frozen=1),
        Sheet(name=say("Revisions"), titles=_revision_titles(words), rows=tuple(_revisions(words)), frozen=1),
        Sheet(name=say("Method"), titles=(say("How these figures came about"),), rows=tuple(_method(words)), frozen=0),
    )


def _verdicts(words: Words, kind: SubjectKind, name: str, *, without: Collection[str]) -> Sheet:
    """The rows of one kind, whose word they need not repeat."""
    said, *titles = verdict_titles(words)
    shown = [place for place, title in enumerate(_COLUMNS) if place and title not in without]
    rows = (row for row in verdict_rows(words) if row[0] == words.book.say(_KINDS[kind]))
    return Sheet(
        name=name,
        titles=[(said, *titles)[place] for place in shown],
        rows=[tuple(row[place] for place in shown) for row in rows],
    )


def _indicator(words: Words) -> Iterator[tuple[Cell, ...]]:
    say, summary, found = words.book.say, words.summary, words.summary.coverage
    yield say("Territory"), words.of(summary.territory.name)
    yield say("Period"), words.period(summary.period)
    yield say("As of"), found.at.isoformat()
    yield say("Organisations that comply"), found.numerator
    yield say("Organisations that comply, upper bound"), found.upper_numerator
    yield say("Organisations in all"), found.denominator
    yield say("Share, %"), found.percent
    yield say("Target, %"), found.target_percent
    yield say("Organisations missing to the target"), found.missing
    for outcome in VerdictOutcome:
        name = verdict_word(outcome, words.language)
        yield say("Organisations in the period: {verdict}", verdict=name.lower()), summary.count(outcome)
    yield say("Revision"), summary.revision or None
    for name, digest in hashes(words):
        yield name, digest


def _incident_titles(words: Words) -> tuple[str, ...]:
    say = words.book.say
    return (
        say("Provider"),
        say("Start, local time"),
        say("End, local time"),
        say("Minutes"),
        say("Number of lines"),
        say("Lines"),
    )


def _incidents(words: Words) -> Iterator[tuple[Cell, ...]]:
    zone = words.summary.territory.time_zone
    for of in words.summary.incidents:
        name = words.book.say("without a contract") if of.name is None else words.of(of.name)
        for one in of.incidents:
            minutes = int((one.ended_at - one.started_at).total_seconds() // 60)
            start, end = _local(one.started_at, zone), _local(one.ended_at, zone)
            yield name, start, end, minutes, len(one.lines), ", ".join(one.lines)


def _plan_titles(words: Words) -> tuple[str, ...]:
    say = words.book.say
    return say("Item"), say("Number"), say("Name"), say("Due"), say("State"), say("Responsible")


def _plan(words: Words) -> Iterator[tuple[Cell, ...]]:
    say, items = words.book.say, words.summary.items
    states = ((say("Overdue"), items.overdue), (say("Due within 30 days"), items.due), (say("Done lately"), items.done))
    for state, activities in states:
        for one, _ in activities:
            kind, role = word(one.kind, words.language), words.of(one.responsible_role)
            yield kind, one.number, words.of(one.title), _day(one.end), state, role
    results = (
        (say("Overdue"), items.overdue_results),
        (say("Due within 30 days"), items.due_results),
        (say("Done lately"), items.done_results),
    )
    for state, found in results:
        for result, _ in found:
            yield say("result"), result.number, words.of(result.title), _day(result.due), state, None


def _revision_titles(words: Words) -> tuple[str, ...]:
    say = words.book.say
    return (
        *(say("Period"), say("Revision before"), say("Revision"), say("Kind"), say("Identifier"), say("Name")),
        *(say("Verdict before"), say("Verdict now"), say("At the limit before"), say("At the limit now")),
        *(say("Counted before"), say("Counted now")),
    )


def _revisions(words: Words) -> Iterator[tuple[Cell, ...]]:
    for period in words.summary.revisions:
        for one in period.verdicts:
            before, now = one.before, one.now
            yield (
                *(words.period(period.period), period.from_revision, period.link.revision),
                *(words.book.say(_KINDS[one.kind]) if one.kind in _KINDS else one.kind.value, one.id),
                words.of(one.name),
                *(None if state is None else verdict_word(state.outcome, words.language) for state in (before, now)),
                *(None if state is None else state.passed for state in (before, now)),
                *(None if state is None else state.decided for state in (before, now)),
            )


def _method(words: Words) -> Iterator[tuple[Cell, ...]]:
    say = words.book.say
    for sentence in (*notices(words), *provenance(words)):
        yield (sentence,)
    yield (
        say("A rate is that of IP packets (RFC 9097), headers included. An empty cell is a figure that is not known."),
    )
    yield (say("The method, its limits and the rules are in docs/measurement.md and docs/methodology.md of netmon."),)


def verdicts_csv(words: Words) -> bytes:
    """As spreadsheets of the language open it: a byte order mark; in Russian semicolons and decimal commas."""
    written, russian = StringIO(), words.language is Language.RU
    writer = csv.writer(written, delimiter=";" if russian else ",", lineterminator="\r\n")
    writer.writerow(verdict_titles(words))
    for row in verdict_rows(words):
        writer.writerow([csv_text(cell, decimal="," if russian else ".") for cell in row])
    return written.getvalue().encode("utf-8-sig")


def _local(at: datetime, zone: tzinfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)


def _day(day: date) -> str:
    return day.isoformat()

"""What changed since the period before, by what happened: what is bad first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from netmon.domain.period import PeriodKind
from netmon_collector.report.content.values import Entry, Group, Section, Tone
from netmon_collector.report.content.words import Words
from netmon_collector.report.links import Links
from netmon_collector.use_cases.summary import ChangeKind, LineState, OrganisationState
from netmon_collector.wording.figures import integer_text
from netmon_collector.wording.phrasebook import N_

_TITLES: Mapping[PeriodKind, str] = {
    PeriodKind.DAY: N_("Changes of the day"),
    PeriodKind.WEEK: N_("Changes of the week"),
    PeriodKind.MONTH: N_("Changes of the month"),
}
_NOTHING: Mapping[PeriodKind, str] = {
    PeriodKind.DAY: N_("Nothing has changed since the day before."),
    PeriodKind.WEEK: N_("Nothing has changed since the week before."),
    PeriodKind.MONTH: N_("Nothing has changed since the month before."),
}


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of a summary as they are told."""

    words: Words
    links: Links

    def section(self) -> Section:
        words = self.words
        first = words.summary.compared_with is None
        intro = (words.book.say("This is the first period with measurements: there is nothing to compare it with."),)
        return Section(
            title=words.kind(_TITLES),
            intro=intro if first else (),
            groups=tuple(group for group in self._groups() if group.entries),
            empty=None if first else words.kind(_NOTHING),
        )

    def preview(self) -> str:
        """The numbers of the changes in one line."""
        say = self.words.book.say
        parts = [
            say("{title}: {number}", title=group.title, number=integer_text(len(group.entries), self.words.language))
            for group in self._groups()
            if group.entries
        ]
        return "; ".join(parts) if parts else self.words.kind(_NOTHING)

    def _groups(self) -> Iterator[Group]:
        say, found = self.words.book.say, self.words.summary
        failing = say("Do not comply") if found.compared_with is None else say("No longer comply")
        of, lines = found.changed, found.changed_lines
        yield _group(failing, Tone.BAD, map(self._failing, of(ChangeKind.NEWLY_FAILING)))
        yield _group(say("Comply again"), Tone.GOOD, map(self._recovered, of(ChangeKind.RECOVERED)))
        silent = lines(ChangeKind.GONE_SILENT, ChangeKind.STILL_SILENT)
        yield _group(say("The agent is silent"), Tone.OPEN, map(self._silent, silent))
        unknown = of(ChangeKind.NO_LONGER_KNOWN)
        yield _group(say("No longer enough data"), Tone.OPEN, map(self._why, unknown))
        yield _group(say("Exempt from now on"), Tone.NONE, map(self._why, of(ChangeKind.EXEMPTED)))
        yield _group(say("New in the registry"), Tone.NONE, (Entry(title=self._name(one)) for one in found.appeared))
        gone = (Entry(title=self.words.of(one.name)) for one in found.disappeared)
        yield _group(say("No longer in the registry"), Tone.NONE, gone)

    def _name(self, organisation: OrganisationState) -> str:
        return self.words.of(organisation.name)

    def _failing(self, organisation: OrganisationState) -> Entry:
        providers = (one.provider for one in self.words.summary.lines_of(organisation) if one.is_failing)
        names = dict.fromkeys(self.words.of(one.name) for one in providers if one is not None)
        entry = self._why(organisation)
        said = self.words.book.say("Provider: {names}.", names=", ".join(names))
        return replace(entry, lines=(*entry.lines, said)) if names else entry

    def _why(self, organisation: OrganisationState) -> Entry:
        reason, _ = self.words.reason(organisation)
        return Entry(title=self._name(organisation), lines=(reason,), link=self._link(organisation))

    def _recovered(self, organisation: OrganisationState) -> Entry:
        change = organisation.change
        since = None if change is None else change.failing_since
        said = (
            None
            if since is None
            else self.words.book.say("It had not complied since {date}.", date=self.words.since(since))
        )
        return Entry(
            title=self._name(organisation), lines=() if said is None else (said,), link=self._link(organisation)
        )

    def _silent(self, line: LineState) -> Entry:
        say, change = self.words.book.say, line.change
        seen = None if change is None else change.last_seen
        heard = (
            say("The agent was never heard of.")
            if seen is None
            else say("Agent last heard of: {time}.", time=self.words.moment(seen))
        )
        is_new = change is not None and change.kind is ChangeKind.GONE_SILENT
        return Entry(
            title=self.words.users(line),
            lines=(heard, say("Line {id}: {contract}.", id=line.id, contract=self.words.contract(line))),
            link=self.links.line(line.id),
            tag=say("new") if is_new and self.words.summary.compared_with is not None else None,
        )

    def _link(self, organisation: OrganisationState) -> str | None:
        """The line that decided, the first of several."""
        lines = [one.id for one in self.words.summary.lines_of(organisation) if one.is_failing] or organisation.lines
        return self.links.line(lines[0]) if lines else None


def _group(title: str, tone: Tone, entries: Iterable[Entry]) -> Group:
    return Group(title=title, tone=tone, entries=tuple(entries))

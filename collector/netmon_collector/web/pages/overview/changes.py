"""What changed: in the last closed week by its verdicts, and on the last school day by what was measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from netmon.domain.identifiers import LineId
from netmon.domain.registry import Registry
from netmon_collector.use_cases.summary import ChangeKind, LineState, OrganisationState, Summary
from netmon_collector.web.pages.overview.pulse import DayLook, Pulse
from netmon_collector.wording.figures import date_text, moment_text, period_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An organisation, or the line of some; `organisation` or `line` is where it leads."""

    name: str
    detail: str | None = None
    organisation: str | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """What happened to some; `tone` and `icon` as badges have them; `more` are not listed."""

    word: str
    tone: str
    icon: str
    items: tuple[ItemView, ...]
    more: int

    @property
    def count(self) -> int:
        return len(self.items) + self.more


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """The changes of a time against the one before; `standing` are the counts that did not change."""

    period: str
    before: str | None
    groups: tuple[GroupView, ...]
    standing: tuple[str, ...]


_OF_WEEK = (
    (ChangeKind.NEWLY_FAILING, N_("No longer comply"), "bad", "down"),
    (ChangeKind.GONE_SILENT, N_("Fell silent"), "open", "silent"),
    (ChangeKind.NO_LONGER_KNOWN, N_("No longer enough data"), "open", "insufficient_data"),
    (ChangeKind.RECOVERED, N_("Comply again"), "good", "up"),
)


def week_changes(summary: Summary, language: Language) -> ChangesView:
    """By verdicts: they are closed and will not change but by a revision."""
    book = phrasebook(language)
    failing, silent = (len(summary.changed(kind)) for kind in (ChangeKind.STILL_FAILING, ChangeKind.STILL_SILENT))
    standing = [
        (failing, book.plural("{n} still does not comply", "{n} still do not comply", failing)),
        (silent, book.plural("{n} is still silent", "{n} are still silent", silent)),
    ]
    groups = (
        _group(book.say(said), tone, icon, [_organisation(one, summary, language) for one in summary.changed(kind)])
        for kind, said, tone, icon in _OF_WEEK
    )
    return ChangesView(
        period=period_text(summary.period, language),
        before=None if summary.compared_with is None else period_text(summary.compared_with, language),
        groups=tuple(one for one in groups if one.count),
        standing=tuple(text for number, text in standing if number),
    )


def _group(word: str, tone: str, icon: str, items: Sequence[ItemView]) -> GroupView:
    ordered = sorted(items, key=lambda one: one.name)
    return GroupView(word=word, tone=tone, icon=icon, items=tuple(ordered[:_MOST]), more=max(0, len(items) - _MOST))


def _organisation(one: OrganisationState, summary: Summary, language: Language) -> ItemView:
    return ItemView(name=one.name.in_language(language), detail=_detail(one, summary, language), organisation=one.id)


def _detail(one: OrganisationState, summary: Summary, language: Language) -> str | None:
    say, change = phrasebook(language).say, one.change
    if change is None:
        return None
    if change.kind is ChangeKind.GONE_SILENT:
        zone = summary.territory.time_zone
        seen = change.last_seen
        return (
            say("never heard of")
            if seen is None
            else say("last heard of {time}", time=moment_text(seen, zone, language))
        )
    if change.kind is ChangeKind.RECOVERED and change.failing_since is not None:
        return say("did not comply since {date}", date=date_text(change.failing_since.first, language))
    if change.kind is ChangeKind.NEWLY_FAILING:
        return _providers(summary.lines_of(one), language)
    return None


def _providers(lines: Iterable[LineState], language: Language) -> str | None:
    names = {one.provider.name.in_language(language) for one in lines if one.is_failing and one.provider is not None}
    return ", ".join(sorted(names)) or None


def day_changes(found: Pulse, registry: Registry, language: Language) -> ChangesView:
    """By what was measured on single days: no verdicts."""
    book = phrasebook(language)
    below, silent = found.count(DayLook.BELOW), found.count(DayLook.SILENT)
    standing = [
        (below, book.plural("{n} line is below the limit", "{n} lines are below the limit", below)),
        (silent, book.plural("{n} agent is silent", "{n} agents are silent", silent)),
    ]
    groups = [
        _group(book.say(said), tone, icon, [_line(one, found, registry, language) for one in lines])
        for lines, said, tone, icon in (
            (found.fell, N_("Fell below the limit"), "bad", "down"),
            (found.fell_silent, N_("Fell silent"), "open", "silent"),
            (found.recovered, N_("Reach the limit again"), "good", "up"),
        )
    ]
    return ChangesView(
        period=date_text(found.day, language),
        before=date_text(found.before, language),
        groups=tuple(one for one in groups if one.count),
        standing=tuple(text for number, text in standing if number),
    )


def _line(line: LineId, found: Pulse, registry: Registry, language: Language) -> ItemView:
    return ItemView(name=users_text(line, found.day, registry, language), line=line)


def users_text(line: LineId, day: date, registry: Registry, language: Language) -> str:
    """Who uses a line; the line's id where nobody does."""
    names = [
        registry.organisation_by_id[one].name.in_language(language) for one in registry.organisations_of(line, day)
    ]
    return ", ".join(names) or str(line)

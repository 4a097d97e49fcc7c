"""What people enter beside the files: values, facts, exemptions, each once and for good, the newest in force.

One rule joins both: the newest entry about a subject stands in the place of whatever the files say about that subject,
and an entry that takes back leaves nothing in its place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from netmon.domain.registry import Exemption, Registry
from netmon.domain.roadmap import EnteredValue, EvidenceFile, Fact, Roadmap

Entered = EnteredValue | Fact | Exemption
E = TypeVar("E", EnteredValue, Fact, Exemption)


class EntryKind(StrEnum):
    """What an entry speaks of. Closed: later changes only add."""

    VALUE = "value"
    FACT = "fact"
    EXEMPTION = "exemption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that somebody entered; `number` counts from 1. A correction is another entry about the same subject.

    `value` is None where the entry takes back what stood. `entered_by` is a role, never a person.
    """

    number: int
    at: datetime
    kind: EntryKind
    subject: str
    value: Entered | None
    entered_by: str
    document: str
    note: str | None = None
    evidence: EvidenceFile | None = None


def kind_of(value: Entered) -> EntryKind:
    match value:
        case EnteredValue():
            return EntryKind.VALUE
        case Fact():
            return EntryKind.FACT
        case Exemption():
            return EntryKind.EXEMPTION


def subject_of(value: Entered) -> str:
    """What a value is about; two about one subject are one and its correction."""
    match value:
        case EnteredValue():
            return f"{value.indicator} {value.territory} {value.at}"
        case Fact():
            return f"{value.of} {value.at}"
        case Exemption():
            start = "" if value.during.start is None else value.during.start.isoformat()
            return f"{value.organisation} {start} {value.document}"


def newest(entries: Iterable[Entry]) -> Mapping[tuple[EntryKind, str], Entry]:
    """The entry in force about each subject."""
    return {(one.kind, one.subject): one for one in sorted(entries, key=lambda one: one.number)}


def roadmap_with(roadmap: Roadmap, entries: Iterable[Entry]) -> Roadmap:
    """The roadmap with the facts and values that people entered; what speaks of nothing in it is left out."""
    found = tuple(newest(entries).values())
    indicators = {one.id for one in roadmap.indicators}
    values = values_with(roadmap.entered_values, found)
    subjects = roadmap.subjects
    facts = _joined(roadmap.facts, found, Fact)
    return replace(
        roadmap,
        entered_values=tuple(one for one in values if one.indicator in indicators),
        facts=tuple(one for one in facts if one.of in subjects),
    )


def values_with(values: Iterable[EnteredValue], entries: Iterable[Entry]) -> tuple[EnteredValue, ...]:
    """The values of the files with those that people entered."""
    return tuple(_joined(values, newest(entries).values(), EnteredValue))


def registry_with(registry: Registry, entries: Iterable[Entry]) -> Registry:
    """The registry with the exemptions that people entered for organisations that it has."""
    joined = _joined(registry.exemptions, newest(entries).values(), Exemption)
    found = tuple(one for one in joined if one.organisation in registry.organisation_by_id)
    return registry if found == registry.exemptions else replace(registry, exemptions=found)


def _joined(filed: Iterable[E], entries: Iterable[Entry], of: type[E]) -> list[E]:
    """What the files say about subjects that nobody entered anything about, then what was entered."""
    kind = {EnteredValue: EntryKind.VALUE, Fact: EntryKind.FACT, Exemption: EntryKind.EXEMPTION}[of]
    own = {one.subject: one for one in entries if one.kind is kind}
    entered = [_shown(one) for one in own.values()]
    return [one for one in filed if subject_of(one) not in own] + [one for one in entered if isinstance(one, of)]


def _shown(entry: Entry) -> Entered | None:
    """The value with its note and its evidence, where it has room for them."""
    value = entry.value
    if isinstance(value, EnteredValue):
        return replace(value, note=entry.note, evidence=entry.evidence)
    if isinstance(value, Fact):
        return replace(value, note=entry.note, evidence=entry.evidence)
    return value

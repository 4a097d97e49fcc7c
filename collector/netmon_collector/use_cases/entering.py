"""Entering what no file says: values of indicators, facts of the roadmap, exemptions; corrections are entries too."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Protocol

from netmon.config.entered import Entered as Written
from netmon.config.entered import Plain, entered_node
from netmon.config.registry import read_exemption
from netmon.config.roadmap_facts import read_entered_value, read_fact
from netmon.config.strict import Node, Source
from netmon.domain.entries import Entered, Entry, EntryKind, subject_of
from netmon.domain.registry import Exemption, Registry
from netmon.domain.roadmap import EnteredValue, EvidenceFile, Fact, Indicator, IndicatorSource, QuantityKind, Roadmap
from netmon.errors import ConfigError
from netmon_collector.errors import NotFoundError
from netmon_collector.use_cases.import_cells import number
from netmon_collector.use_cases.registry_cells import day, flag

MOST_EVIDENCE_BYTES = 10 * 1024 * 1024
MOST_TEXT = 2000
_MOST_NAME = 200
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFile:
    """A file as somebody handed it over."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry before it has its number; `filed` is what stands about its subject without any entry."""

    kind: EntryKind
    subject: str
    value: Entered | None
    entered_by: str
    document: str
    note: str | None = None
    evidence: GivenFile | None = None
    filed: Entered | None = None

    @property
    def evidence_file(self) -> EvidenceFile | None:
        """What is known of the file that proves it."""
        given = self.evidence
        if given is None:
            return None
        digest = hashlib.sha256(given.content).hexdigest()
        return EvidenceFile(name=given.name, sha256=digest, size_bytes=len(given.content))


class EntryStore(Protocol):
    """What entering needs; entries and files are only ever added."""

    def add_entries(self, new: Sequence[NewEntry], *, at: datetime) -> Sequence[Entry]:
        """Add what stands otherwise so far, all in one transaction with the audit log; answers what was added."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an entry is checked against: all that holds today. `measuring_since` is of the measured indicator."""

    roadmap: Roadmap
    registry: Registry
    today: date
    measuring_since: date | None = None


def new_value(fields: Fields, known: Known, *, file: str = "", line: int = 1) -> EnteredValue:
    """The value of an indicator: `indicator`, `territory` unless it is the roadmap's own, `at`, `document`,
    `author_role`, and `numerator` with `denominator` or `value_percent`; `author_role_en` and `illustrative` may be.

    Raises ConfigError, whose `key` is the field that is wrong.
    """
    node = _node(fields, file, line)
    indicators: dict[str, Indicator] = {one.id: one for one in known.roadmap.indicators}
    value = read_entered_value(node, indicators, known.roadmap.territory, known.registry.territory_by_id)
    _refuse_future(value.at, known, node)
    is_measured = indicators[value.indicator].source is IndicatorSource.MEASURED
    if is_measured and known.measuring_since is not None and value.at >= known.measuring_since:
        problem = f"netmon measures {value.indicator} since {known.measuring_since}"
        _fail(node, "at", problem, "enter values for days before that")
    return value


def new_fact(fields: Fields, known: Known, *, file: str = "", line: int = 1) -> Fact:
    """A fact about a result or an activity: `of`, `at`, `document`, `author_role`, and the quantities that the result
    asks for by their names, for anything else `done`. Raises ConfigError as above.
    """
    node = _node(fields, file, line)
    fact = read_fact(node, known.roadmap.subjects)
    _refuse_future(fact.at, known, node)
    return fact


def new_exemption(fields: Fields, known: Known, *, file: str = "", line: int = 1) -> Exemption:
    """An exemption: `organisation`, `reason`, `document`, `approver_role`, `from`, and `to`, the first day on which it
    no longer holds; `reason_en` and `approver_role_en` may be. Raises ConfigError as above.
    """
    node = _node(fields, file, line)
    exemption = read_exemption(node, known.registry.organisation_by_id)
    if exemption.during.start is None:
        _fail(node, "from", "is missing", "write the day on which the exemption begins")
    return exemption


READERS: Mapping[EntryKind, Callable[..., Entered]] = {
    EntryKind.VALUE: new_value,
    EntryKind.FACT: new_fact,
    EntryKind.EXEMPTION: new_exemption,
}


def enter(
    kind: EntryKind,
    fields: Fields,
    *,
    known: Known,
    store: EntryStore,
    at: datetime,
    entered_by: str | None = None,
    evidence: GivenFile | None = None,
) -> Entry | None:
    """Enter one thing, or correct it: the newest entry about a subject holds, and nothing is overwritten.

    `fields` are those of the kind's reader above and `note`; `entered_by` is the role of who enters, else the role that
    the entry names. Answers None where just this stands already. Raises ConfigError.
    """
    new = prepared(kind, fields, known, entered_by=entered_by, evidence=evidence)
    return next(iter(store.add_entries([new], at=at)), None)


def prepared(
    kind: EntryKind,
    fields: Fields,
    known: Known,
    *,
    entered_by: str | None = None,
    evidence: GivenFile | None = None,
    file: str = "",
    line: int = 1,
) -> NewEntry:
    """An entry that is checked and only has to be stored. Raises ConfigError."""
    note = fields.get("note", "").strip() or None
    value = READERS[kind]({key: text for key, text in fields.items() if key != "note"}, known, file=file, line=line)
    subject = subject_of(value)
    return NewEntry(
        kind=kind,
        subject=subject,
        value=value,
        entered_by=entered_by or _role(value),
        document=value.document,
        note=note,
        evidence=None if evidence is None else _checked(evidence, file, line),
        filed=standing(kind, subject, known),
    )


def take_back(
    kind: EntryKind,
    subject: str,
    *,
    known: Known,
    store: EntryStore,
    at: datetime,
    document: str,
    entered_by: str | None = None,
    note: str | None = None,
) -> Entry | None:
    """Leave nothing in the place of what stands about a subject (`subject_of`), be it entered or filed.

    Raises NotFoundError where nothing stands, ConfigError without a document.
    """
    stands = standing(kind, subject, known)
    if stands is None:
        raise NotFoundError(f"nothing stands about '{subject}'; netmon-collector roadmap log shows what was entered")
    if not document.strip():
        raise ConfigError("document: is empty; name what this stands on", key="document")
    new = NewEntry(
        kind=kind,
        subject=subject,
        value=None,
        entered_by=entered_by or _role(stands),
        document=document,
        note=note,
        filed=stands,
    )
    return next(iter(store.add_entries([new], at=at)), None)


def standing(kind: EntryKind, subject: str, known: Known) -> Entered | None:
    """What holds about a subject."""
    of_kind: Mapping[EntryKind, Collection[Entered]] = {
        EntryKind.VALUE: known.roadmap.entered_values,
        EntryKind.FACT: known.roadmap.facts,
        EntryKind.EXEMPTION: known.registry.exemptions,
    }
    return next((one for one in of_kind[kind] if subject_of(one) == subject), None)


def _role(value: Entered) -> str:
    return value.approver_role.ru if isinstance(value, Exemption) else value.author_role.ru


_QUANTITIES = frozenset(one.value for one in QuantityKind)
_DAYS = frozenset({"at", "from", "to"})
_FLAGS = frozenset({"done", "illustrative"})
_COUNTS = frozenset({"numerator", "denominator", "value_percent"}) | _QUANTITIES
_MENDS = dict.fromkeys(_FLAGS, "write yes or no")
_BILINGUAL = frozenset({"author_role", "approver_role", "reason"})


def _node(fields: Fields, file: str, line: int) -> Node:
    """The fields as a file would write them: days, yes and no, and numbers as people write them in tables."""
    filled = {key: text.strip() for key, text in fields.items() if text.strip()}
    found: dict[str, Written] = {}
    quantities: dict[str, Written] = {}
    for key, text in filled.items():
        if len(text) > MOST_TEXT:
            Source(file, line, key).fail(f"is longer than {MOST_TEXT} characters", "shorten it")
        if key in _QUANTITIES:
            quantities[key] = _read(key, text, file, line)
        elif key in _BILINGUAL:
            found[key] = {"ru": text, "en": filled.get(f"{key}_en", text)}
        elif key.removesuffix("_en") not in _BILINGUAL:
            found[key] = _read(key, text, file, line)
    if quantities:
        found["quantities"] = quantities
    if "approver_role" not in filled:
        found.setdefault("illustrative", Plain("false"))
    return entered_node(found, file=file, line=line)


def _read(key: str, text: str, file: str, line: int) -> str:
    try:
        if key in _DAYS:
            return day(text).isoformat()
        if key in _FLAGS:
            return Plain("true" if flag(text) else "false")
        if key in _COUNTS:
            found = number(text)
            return Plain(text if found is None else f"{found:f}")
    except ValueError as error:
        problem, _, mend = str(error).partition(": ")
        Source(file, line, key).fail(problem, mend or _MENDS.get(key, "write a number"))
    return text


def _refuse_future(at: date, known: Known, node: Node) -> None:
    if at > known.today:
        _fail(node, "at", f"{at} is in the future", "enter what has come about")


def _fail(node: Node, key: str, problem: str, mend: str) -> None:
    Source(node.source.file, node.source.line, key).fail(problem, mend)


def _checked(given: GivenFile, file: str, line: int) -> GivenFile:
    place = Source(file, line, "evidence")
    name = PurePath(given.name.replace("\\", "/")).name[-_MOST_NAME:]
    if not name or not name.isprintable():
        place.fail("has no name that can be used", "give the file a plain name")
    if not given.content:
        place.fail(f"{name} is empty", "name the file that proves it")
    if len(given.content) > MOST_EVIDENCE_BYTES:
        place.fail(f"{name} is larger than {MOST_EVIDENCE_BYTES} bytes", "scan it smaller or split it")
    return GivenFile(name=name, content=given.content)

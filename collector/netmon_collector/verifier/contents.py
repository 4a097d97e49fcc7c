"""What an evidence pack encloses for recomputing the verdict, as values, and as the members under data/."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from netmon.domain.calendar import SchoolCalendar
from netmon.domain.identifiers import AgentId, LineId, TerritoryId
from netmon.domain.latency import LatencyWindow
from netmon.domain.measurement import Measurement
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.slot import Slot
from netmon.errors import WireError
from netmon.wire.canonical import Fields, canonical_json, parse_object
from netmon.wire.plain import plain, restored
from netmon_collector.errors import PackError
from netmon_collector.ports import Binding
from netmon_collector.verifier import members as names
from netmon_collector.verifier.archive import MOST_BYTES

VERSION = 1
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the pack is about; `revision` is 0 while the period is not closed.

    `as_of` is what `judge_period` takes: a slot counts when it was over by then.
    """

    v: int
    line: LineId
    territory: TerritoryId
    period: str
    as_of: datetime
    revision: int
    language: str
    netmon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedRecord:
    """A record as the agent sent it, with the two things that the collector knew besides."""

    agent: AgentId
    received_at: datetime
    record: Mapping[str, Any]

    @property
    def line(self) -> bytes:
        """The canonical bytes of the record, which are what is stored."""
        return canonical_json(self.record)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFact:
    """A measurement made elsewhere and imported: no record, no receipt, and it never decides."""

    filed_at: datetime
    measurement: Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedDelivery:
    """What a server delivered to another line: its signed receipt, and the rate in the steady part of the session."""

    rate_bps: int
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedLink:
    """The link of the closed period in its territory's chain, and the hash of every verdict that it stands on."""

    territory: TerritoryId
    period: str
    number: int
    revision: int
    closed_at: datetime
    policy_hash: str
    summary_hash: str
    root: str
    previous: str | None
    hash: str
    verdict_hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything that a verdict is recomputed from, and the verdict as it is printed.

    `registry` holds what concerns the line alone, `deliveries` what proves "below" and which outages were the line's.
    `policy_content` is the policy as it was stored: another netmon may have known more or fewer numbers.
    `verdict` is what closing stores of one: `printed`, `figures`, `period`.
    """

    about: About
    registry: Registry
    policy: Policy
    policy_content: Mapping[str, Any]
    calendar: SchoolCalendar | None
    bindings: tuple[Binding, ...]
    slots: tuple[Slot, ...]
    records: tuple[EnclosedRecord, ...]
    imported: tuple[ImportedFact, ...]
    windows: tuple[LatencyWindow, ...]
    deliveries: tuple[EnclosedDelivery, ...]
    verdict: Mapping[str, Any]
    closing: EnclosedLink | None

    @property
    def period(self) -> Period:
        return Period.parse(self.about.period)


_LISTS: Mapping[str, tuple[str, Any]] = {
    names.BINDINGS: ("bindings", Binding),
    names.SLOTS: ("slots", Slot),
    names.RECORDS: ("records", EnclosedRecord),
    names.IMPORTED: ("imported", ImportedFact),
    names.PROBES: ("windows", LatencyWindow),
    names.DELIVERIES: ("deliveries", EnclosedDelivery),
}


def data_members(contents: Contents) -> dict[str, bytes]:
    """The members under data/: JSON for people to read, JSON lines for what is many."""
    found = {
        names.ABOUT: _document(contents.about),
        names.REGISTRY: _document(contents.registry),
        names.POLICY: _document(contents.policy_content),
        names.CALENDAR: _document(contents.calendar),
        names.VERDICT: _document(contents.verdict),
        names.CLOSING: _document(contents.closing),
    }
    for name, (field, _) in _LISTS.items():
        found[name] = b"".join(canonical_json(_plain(one)) + b"\n" for one in getattr(contents, field))
    return found


def _document(value: object) -> bytes:
    return (json.dumps(plain(value), ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()


def _plain(value: object) -> object:
    """A record's own document is JSON already and must stay as it is."""
    if isinstance(value, EnclosedRecord):
        return {"agent": value.agent, "received_at": plain(value.received_at), "record": value.record}
    return plain(value)


def read_contents(members: Mapping[str, bytes]) -> Contents:
    """The contents of a pack's members. Raises PackError naming the member that cannot be read."""
    about = _value(members, names.ABOUT, About)
    if about.v != VERSION:
        raise PackError(f"{names.ABOUT}: version {about.v} is unknown; take a newer verifier")
    found = Contents(
        about=about,
        registry=_value(members, names.REGISTRY, Registry),
        policy=_value(members, names.POLICY, Policy),
        policy_content=_read(names.POLICY, lambda: parse_object(members[names.POLICY], limit=MOST_BYTES)),
        calendar=_value(members, names.CALENDAR, SchoolCalendar | None),
        verdict=_read(names.VERDICT, lambda: parse_object(members[names.VERDICT], limit=MOST_BYTES)),
        closing=_value(members, names.CLOSING, EnclosedLink | None),
        **{field: tuple(_values(members, name, of)) for name, (field, of) in _LISTS.items()},
    )
    _check(found)
    return found


def _check(contents: Contents) -> None:
    """What `restored` cannot see: that the parts speak of one line and one period."""
    about = contents.about
    _read(names.ABOUT, lambda: contents.period)
    if about.line not in contents.registry.line_by_id:
        raise PackError(f"{names.REGISTRY}: has no line '{about.line}'")
    if contents.registry.locality_of(about.line).territory != about.territory:
        raise PackError(f"{names.REGISTRY}: line '{about.line}' is not of '{about.territory}'")
    for slot in contents.slots:
        if slot.line != about.line:
            raise PackError(f"{names.SLOTS}: slot '{slot.id}' is another line's")


def _value(members: Mapping[str, bytes], name: str, kind: Any) -> Any:
    if members[name].strip() == b"null":
        return _read(name, lambda: restored(kind, None))
    return _read(name, lambda: restored(kind, parse_object(members[name], limit=MOST_BYTES)))


def _values(members: Mapping[str, bytes], name: str, kind: Any) -> Iterator[Any]:
    for number, line in enumerate(members[name].splitlines(), start=1):
        yield _read(f"{name}, line {number}", partial(_one, kind, line))


def _one(kind: Any, line: bytes) -> Any:
    document = parse_object(line, limit=MOST_BYTES)
    if kind is not EnclosedRecord:
        return restored(kind, document)
    fields = Fields(document, "record")
    found = EnclosedRecord(
        agent=AgentId(fields.text("agent")),
        received_at=fields.time("received_at"),
        record=fields.raw("record"),  # type: ignore[arg-type]  # reread looks at it
    )
    fields.finish()
    return found


def _read(where: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except (WireError, ValueError) as error:
        raise PackError(f"{where}: {error}") from error

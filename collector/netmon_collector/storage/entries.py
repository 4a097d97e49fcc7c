"""What people entered, in the database: added within the transaction that also writes the audit log."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, select

from netmon.domain.audit import AuditKind, Change
from netmon.domain.entries import Entered, Entry, EntryKind
from netmon.domain.registry import Exemption
from netmon.domain.roadmap import EnteredValue, EvidenceFile, Fact
from netmon.wire.canonical import canonical_json, content_hash
from netmon.wire.plain import plain, restored
from netmon_collector.storage import registry_tables as tables
from netmon_collector.storage.audit import write_audit
from netmon_collector.storage.database import hold
from netmon_collector.storage.entry_tables import entry, evidence_file
from netmon_collector.storage.evidence_tables import entered_share
from netmon_collector.storage.part import Part
from netmon_collector.storage.registry_writing import exemption_row
from netmon_collector.storage.upsert import insert_new, put
from netmon_collector.use_cases.entering import NewEntry

ENTRIES = "entries"  # who enters something and who brings other files wait for each other
_TYPES: Mapping[EntryKind, type[Entered]] = {
    EntryKind.VALUE: EnteredValue,
    EntryKind.FACT: Fact,
    EntryKind.EXEMPTION: Exemption,
}
_AUDIT: Mapping[EntryKind, AuditKind] = {
    EntryKind.VALUE: AuditKind.ENTERED_VALUE,
    EntryKind.FACT: AuditKind.FACT,
    EntryKind.EXEMPTION: AuditKind.EXEMPTION,
}
_ALL = (
    select(entry, evidence_file.c.size_bytes)
    .outerjoin(evidence_file, evidence_file.c.hash == entry.c.evidence_hash)
    .order_by(entry.c.number)
)


class EntriesPart(Part):
    """What use_cases/entering.py writes, and what of it is in force."""

    def add_entries(self, new: Sequence[NewEntry], *, at: datetime) -> Sequence[Entry]:
        """Add what stands otherwise so far, all in one transaction with the audit log; answers what was added."""
        added: list[Entry] = []
        changes: list[Change] = []
        with self._database.write() as connection:
            hold(connection, ENTRIES)
            number = connection.execute(select(func.max(entry.c.number))).scalar_one() or 0
            for one in new:
                before = _newest(connection, one)
                if _stands(before, one):
                    continue
                number += 1
                add = _entry(number, at, one)
                _insert(connection, add, one)
                _show(connection, one)
                added.append(add)
                changes.append(_change(add, one, before))
            if changes:
                write_audit(connection, changes)
        return added

    def last_entry(self) -> int:
        """The number of the last entry, 0 before any."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.max(entry.c.number))).scalar_one() or 0)

    def entries(self, *, subject: str | None = None, after: int = 0, limit: int | None = None) -> Sequence[Entry]:
        """Every entry in its order, of one subject where it is named."""
        wanted = _ALL.where(entry.c.number > after)
        if subject is not None:
            wanted = wanted.where(entry.c.subject == subject)
        with self._database.read() as connection:
            return [_read(row) for row in connection.execute(wanted.limit(limit))]

    def evidence(self, sha256: str) -> bytes | None:
        """The file that proves an entry."""
        wanted = select(evidence_file.c.content).where(evidence_file.c.hash == sha256)
        with self._database.read() as connection:
            return connection.execute(wanted).scalar_one_or_none()


def entries_in(connection: Connection) -> Sequence[Entry]:
    """Every entry, within a transaction of somebody else's."""
    return [_read(row) for row in connection.execute(_ALL)]


def share_row(one: EnteredValue) -> dict[str, object]:
    """An entered value as the row of what is in force."""
    return {
        "territory_id": one.territory,
        "indicator_id": one.indicator,
        "at": one.at,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "counted": one.counted,
        "document": one.document,
        "author_role_ru": one.author_role.ru,
        "author_role_en": one.author_role.en,
        "illustrative": one.illustrative,
    }


def _newest(connection: Connection, one: NewEntry) -> Row[Any] | None:
    same = and_(entry.c.kind == one.kind, entry.c.subject == one.subject)
    return connection.execute(select(entry).where(same).order_by(entry.c.number.desc()).limit(1)).one_or_none()


def _content(value: Entered | None) -> str | None:
    return None if value is None else canonical_json(plain(value)).decode()


def _stands(before: Row[Any] | None, one: NewEntry) -> bool:
    if before is None:
        return False
    proof = one.evidence_file
    new = (_content(one.value), one.note, None if proof is None else proof.sha256)
    return new == (before.content, before.note, before.evidence_hash)


def _entry(number: int, at: datetime, one: NewEntry) -> Entry:
    return Entry(
        number=number,
        at=at,
        kind=one.kind,
        subject=one.subject,
        value=one.value,
        entered_by=one.entered_by,
        document=one.document,
        note=one.note,
        evidence=one.evidence_file,
    )


def _insert(connection: Connection, add: Entry, one: NewEntry) -> None:
    proof = add.evidence
    if one.evidence is not None and proof is not None:
        row = {"hash": proof.sha256, "size_bytes": proof.size_bytes, "stored_at": add.at}
        insert_new(connection, evidence_file, [{**row, "content": one.evidence.content}])
    values = {
        "number": add.number,
        "kind": add.kind,
        "subject": add.subject,
        "at": add.at,
        "entered_by": add.entered_by,
        "document": add.document,
        "note": add.note,
        "evidence_name": None if proof is None else proof.name,
        "evidence_hash": None if proof is None else proof.sha256,
        "content": _content(add.value),
    }
    connection.execute(insert(entry), values)


def _show(connection: Connection, one: NewEntry) -> None:
    """Bring the tables of what is in force, which SQL readers see, to what the entry says."""
    value = one.value if one.value is not None else one.filed
    if isinstance(value, EnteredValue):
        _show_share(connection, value, stands=one.value is not None)
    elif isinstance(value, Exemption):
        _show_exemption(connection, value, stands=one.value is not None)


def _show_share(connection: Connection, value: EnteredValue, *, stands: bool) -> None:
    found, row = entered_share.c, share_row(value)
    if stands:
        put(connection, entered_share, [row])
        return
    same = (found[name] == row[name] for name in ("territory_id", "indicator_id", "at"))
    connection.execute(delete(entered_share).where(*same))


def _show_exemption(connection: Connection, value: Exemption, *, stands: bool) -> None:
    found, start = tables.exemption.c, value.during.start
    same = and_(
        found.organisation_id == value.organisation,
        found.document == value.document,
        found.valid_from.is_(None) if start is None else found.valid_from == start,
    )
    connection.execute(delete(tables.exemption).where(same))
    if stands:
        last = connection.execute(select(func.max(found.ordinal))).scalar_one()
        row = exemption_row(0 if last is None else last + 1, value)
        connection.execute(insert(tables.exemption), row)


def _change(add: Entry, one: NewEntry, before: Row[Any] | None) -> Change:
    stood = one.filed if before is None else _value(before)
    subject = one.subject
    if one.kind is EntryKind.EXEMPTION:
        subject = subject.split(" ", 1)[0]  # as the log says it of the registry's file
    return Change(
        at=add.at,
        actor=add.entered_by,
        kind=_AUDIT[one.kind],
        subject=subject,
        before=_hash(stood),
        after=_hash(one.value),
        document=add.document,
    )


def _hash(value: Entered | None) -> str | None:
    """As the log says it of what the files say."""
    if value is None:
        return None
    return content_hash(plain(share_row(value) if isinstance(value, EnteredValue) else value))


def _value(row: Row[Any]) -> Entered | None:
    if row.content is None:
        return None
    found: Entered = restored(_TYPES[row.kind], json.loads(row.content))
    return found


def _read(row: Row[Any]) -> Entry:
    proof = None
    if row.evidence_hash is not None:
        proof = EvidenceFile(name=row.evidence_name, sha256=row.evidence_hash, size_bytes=row.size_bytes)
    return Entry(
        number=row.number,
        at=row.at,
        kind=row.kind,
        subject=row.subject,
        value=_value(row),
        entered_by=row.entered_by,
        document=row.document,
        note=row.note,
        evidence=proof,
    )

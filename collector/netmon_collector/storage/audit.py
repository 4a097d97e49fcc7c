"""The audit log in the database: entries are added within the transaction that makes the change, and never changed."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select

from netmon.domain.audit import AuditEntry, AuditKind, Change
from netmon_collector.storage.closing_tables import audit_entry
from netmon_collector.storage.database import hold
from netmon_collector.storage.part import Part

_LOG = "audit"


class AuditPart(Part):
    """Who changed what."""

    def audit_page(self, *, after: int, limit: int) -> Sequence[tuple[AuditEntry, str]]:
        """At most `limit` entries after a number."""
        wanted = select(audit_entry).where(audit_entry.c.number > after).order_by(audit_entry.c.number).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
        return [(_entry(row), row.hash) for row in rows]

    def audit_newest(
        self, *, kind: AuditKind | None, sought: str, before: int | None, limit: int
    ) -> Sequence[tuple[AuditEntry, str]]:
        """At most `limit` entries before a number, the newest first; `sought` stands in who or about what."""
        wanted = select(audit_entry).order_by(audit_entry.c.number.desc()).limit(limit)
        if kind is not None:
            wanted = wanted.where(audit_entry.c.kind == kind)
        if sought:
            found = audit_entry.c
            columns = (found.actor, found.subject, found.document)
            wanted = wanted.where(or_(*(one.contains(sought, autoescape=True) for one in columns)))
        if before is not None:
            wanted = wanted.where(audit_entry.c.number < before)
        with self._database.read() as connection:
            return [(_entry(row), row.hash) for row in connection.execute(wanted)]


def write_audit(connection: Connection, changes: Iterable[Change]) -> None:
    """Add changes to the log, within a write; writers wait for each other, so that the chain has no fork."""
    hold(connection, _LOG)
    last = connection.execute(select(audit_entry).order_by(audit_entry.c.number.desc()).limit(1)).one_or_none()
    number, previous = (0, None) if last is None else (last.number, last.hash)
    rows = []
    for change in changes:
        number += 1
        entry = AuditEntry(number=number, change=change, previous=previous)
        rows.append(
            {
                "number": number,
                "at": change.at,
                "actor": change.actor,
                "kind": change.kind,
                "subject": change.subject,
                "before": change.before,
                "after": change.after,
                "document": change.document,
                "previous": previous,
                "hash": entry.hash,
            }
        )
        previous = entry.hash
    if rows:
        connection.execute(insert(audit_entry), rows)


def _entry(row: Row[Any]) -> AuditEntry:
    change = Change(
        at=row.at,
        actor=row.actor,
        kind=row.kind,
        subject=row.subject,
        before=row.before,
        after=row.after,
        document=row.document,
    )
    return AuditEntry(number=row.number, change=change, previous=row.previous)

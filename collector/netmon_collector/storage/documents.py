"""The registry and every version of every file that a verdict depends on."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, insert, select

from netmon.domain.audit import Change
from netmon.domain.coverage import EnteredShare
from netmon.domain.entries import registry_with, values_with
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.registry import Registry, Text
from netmon.domain.roadmap import EnteredValue
from netmon_collector.errors import RegistryError
from netmon_collector.ports import Document
from netmon_collector.storage import registry_tables as tables
from netmon_collector.storage.audit import write_audit
from netmon_collector.storage.database import hold
from netmon_collector.storage.decisions import entered_changes, exemption_changes, file_changes
from netmon_collector.storage.entries import ENTRIES, entries_in, share_row
from netmon_collector.storage.evidence_tables import binding, entered_share, record, slot
from netmon_collector.storage.part import Part
from netmon_collector.storage.registry_reading import read_registry
from netmon_collector.storage.registry_writing import write_registry
from netmon_collector.storage.upsert import insert_new

_FILES = "files"  # collectors that start together bring the same files


class DocumentsPart(Part):
    """What people decided: the registry, the policy, the calendar, the roadmap."""

    def registry(self) -> Registry:
        with self._database.read() as connection:
            return read_registry(connection)

    def documents_in_force(self) -> Mapping[str, Document]:
        """What holds now, by kind; empty before anything was decided."""
        with self._database.read() as connection:
            hashes = _hashes_in_force(connection)
            rows = connection.execute(select(tables.document).where(tables.document.c.hash.in_(hashes.values()))).all()
        return {
            row.kind: Document(kind=row.kind, hash=row.hash, content=row.content)
            for row in rows
            if hashes.get(row.kind) == row.hash
        }

    def put_in_force(
        self,
        documents: Collection[Document],
        *,
        registry: Registry,
        entered: Collection[EnteredValue],
        at: datetime,
        actor: str | None = None,
    ) -> Collection[str]:
        """Make these documents hold in one transaction; answers the kinds that changed.

        With its document the registry becomes `registry`, with the roadmap's the entered values become `entered`, each
        with what people entered since.
        Raises RegistryError when a line that was planned, bound or measured would be gone.
        """
        with self._database.read() as connection:  # a writer would wait, and most find nothing to do
            if not _changed(connection, documents):
                return ()
        with self._database.write() as connection:
            hold(connection, _FILES, ENTRIES)
            changed = {one.kind: one for one in _changed(connection, documents)}
            said = list(file_changes(changed.values(), _hashes_in_force(connection), at=at, actor=actor))
            since = entries_in(connection)
            if "registry" in changed:
                _refuse_to_drop(connection, {line.id for line in registry.lines})
                now = registry_with(registry, since)
                said += exemption_changes(read_registry(connection).exemptions, now.exemptions, at=at)
                write_registry(connection, now)
            if "roadmap" in changed:
                said += _replace_entered(connection, values_with(entered, since), at)
            for document in changed.values():
                _put_in_force(connection, document, at)
            write_audit(connection, said)
        return tuple(changed)

    def hash_in_force(self, kind: str) -> str | None:
        """Of what holds now; None where nothing was ever decided."""
        with self._database.read() as connection:
            return _hashes_in_force(connection).get(kind)

    def document(self, kind: str, content_hash: str) -> Document | None:
        """A version that was in force at some time."""
        found = tables.document.c
        wanted = select(tables.document).where(found.kind == kind, found.hash == content_hash)
        with self._database.read() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else Document(kind=row.kind, hash=row.hash, content=row.content)

    def entered_shares(self, indicator: str, territory: TerritoryId) -> Sequence[EnteredShare]:
        found = entered_share.c
        wanted = select(entered_share).where(found.indicator_id == indicator, found.territory_id == territory)
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(found.at)).all()
        return [
            EnteredShare(
                at=row.at,
                numerator=row.numerator,
                denominator=row.denominator,
                document=row.document,
                author_role=Text(ru=row.author_role_ru, en=row.author_role_en),
                illustrative=row.illustrative,
            )
            for row in rows
        ]


def _changed(connection: Connection, documents: Collection[Document]) -> Collection[Document]:
    hashes = _hashes_in_force(connection)
    return [one for one in documents if hashes.get(one.kind) != one.hash]


def _hashes_in_force(connection: Connection) -> Mapping[str, str]:
    use = tables.document_use.c
    newest = select(use.kind, func.max(use.number).label("number")).group_by(use.kind).subquery()
    is_newest = and_(use.kind == newest.c.kind, use.number == newest.c.number)
    rows = connection.execute(select(use.kind, use.hash).select_from(tables.document_use.join(newest, is_newest)))
    return {row.kind: row.hash for row in rows}


def _replace_entered(connection: Connection, values: Collection[EnteredValue], at: datetime) -> Sequence[Change]:
    rows = [share_row(one) for one in values]
    before = [dict(row._mapping) for row in connection.execute(select(entered_share))]
    connection.execute(delete(entered_share))
    insert_new(connection, entered_share, rows)
    return list(entered_changes(before, rows, at=at))


def _put_in_force(connection: Connection, document: Document, at: datetime) -> None:
    row = {"kind": document.kind, "hash": document.hash, "content": document.content, "recorded_at": at}
    insert_new(connection, tables.document, [row])
    use = tables.document_use
    last = connection.execute(select(func.max(use.c.number)).where(use.c.kind == document.kind)).scalar_one()
    number = 1 if last is None else last + 1
    connection.execute(insert(use), {"kind": document.kind, "number": number, "hash": document.hash, "since": at})


def _refuse_to_drop(connection: Connection, kept: set[LineId]) -> None:
    gone = sorted(set(connection.execute(select(tables.line.c.id)).scalars()) - kept)
    for line in gone:
        for table, what in ((binding, "an agent"), (slot, "planned slots"), (record, "records")):
            if connection.execute(select(table.c.line_id).where(table.c.line_id == line).limit(1)).first():
                raise RegistryError(f"line '{line}' has {what} and cannot be dropped; close it with 'to'")

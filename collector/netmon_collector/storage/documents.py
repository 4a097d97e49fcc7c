"""The registry and every version of every file that a verdict depends on."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from netmon.domain.coverage import EnteredShare
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.registry import Registry, Text
from netmon.domain.roadmap import EnteredValue
from netmon_collector.errors import RegistryError
from netmon_collector.ports import Document
from netmon_collector.storage import registry_tables as tables
from netmon_collector.storage.database import hold
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

    def sync_registry(self, registry: Registry, document: Document, *, at: datetime) -> bool:
        """Make this the registry; answers whether anything changed.

        Raises RegistryError when a line that was planned, bound or measured would be gone.
        """
        if self._is_in_force(document):
            return False
        with self._database.write() as connection:
            hold(connection, _FILES)
            if _hash_in_force(connection, document.kind) == document.hash:
                return False
            _refuse_to_drop(connection, {line.id for line in registry.lines})
            write_registry(connection, registry)
            _put_in_force(connection, document, at)
        return True

    def sync_document(self, document: Document, *, at: datetime) -> bool:
        """Remember which version of a file is in force since when; answers whether it changed."""
        if self._is_in_force(document):
            return False
        with self._database.write() as connection:
            hold(connection, _FILES)
            if _hash_in_force(connection, document.kind) == document.hash:
                return False
            _put_in_force(connection, document, at)
        return True

    def _is_in_force(self, document: Document) -> bool:
        """Asked before writing: every command brings the store up to date, and most find it so."""
        with self._database.read() as connection:
            return _hash_in_force(connection, document.kind) == document.hash

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

    def replace_entered(self, values: Collection[EnteredValue]) -> None:
        """Make these the values that people entered."""
        rows = [
            {
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
            for one in values
        ]
        with self._database.write() as connection:
            hold(connection, _FILES)
            connection.execute(delete(entered_share))
            insert_new(connection, entered_share, rows)


def _hash_in_force(connection: Connection, kind: str) -> str | None:
    use = tables.document_use.c
    latest = select(use.hash).where(use.kind == kind).order_by(use.number.desc()).limit(1)
    return connection.execute(latest).scalar_one_or_none()


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

"""A flat table merged into the registry: all of it or nothing, and every contradiction with its line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from netmon.domain.identifiers import TerritoryId
from netmon.domain.registry import Registry
from netmon.errors import DomainError
from netmon_collector.errors import TableError
from netmon_collector.use_cases.import_text import Row, Table, read_table
from netmon_collector.use_cases.registry_cells import EXTERNAL_ID, KINDS, ORGANISATION, READERS, Kind
from netmon_collector.use_cases.registry_merge import Facts, merged

Key = tuple[Any, ...]


@dataclass(slots=True)
class _Collected:
    """The facts that the rows give, each with the line that gave it, and what is wrong with the rows."""

    columns: tuple[str, ...]
    facts: dict[Kind, dict[Key, dict[str, tuple[object, int]]]] = field(
        default_factory=lambda: {one: {} for one in KINDS}
    )
    wrong: list[str] = field(default_factory=list)


def merge_table(data: bytes, registry: Registry) -> Registry:
    """The registry with what the table says.

    What the table does not name stays. A cell that is empty adds nothing to what another row says of the same fact.
    Raises TableError with every line that is wrong: then nothing of the table is used.
    """
    table = read_table(data)
    columns = _columns(table)
    found = _Collected(columns)
    for row in table.rows[1:]:
        _collect(row, found)
    if found.wrong:
        raise TableError(f"nothing was imported; {found.wrong[0]}", lines=found.wrong)
    facts = {kind: Facts(columns=_of(kind, columns), entries=entries) for kind, entries in found.facts.items()}
    try:
        return merged(registry, facts, territory=_only_district(registry))
    except DomainError as error:
        raise TableError(f"nothing was imported; {error}") from error


def _columns(table: Table) -> tuple[str, ...]:
    columns = tuple(cell.strip().lower() for cell in table.rows[0].cells)
    for column in columns:
        if column not in READERS and not (column.startswith(EXTERNAL_ID) and column != EXTERNAL_ID):
            known = ", ".join([*READERS, f"{EXTERNAL_ID}NAME"])
            raise TableError(f"line {table.rows[0].line}: unknown column '{column}'; known: {known}")
    for column in columns:
        if columns.count(column) > 1:
            raise TableError(f"line {table.rows[0].line}: two columns are called '{column}'; keep one of the two")
    return columns


def _of(kind: Kind, columns: Iterable[str]) -> frozenset[str]:
    """The columns of the table that a kind of fact consists of."""
    is_organisation = kind is ORGANISATION
    return frozenset(one for one in columns if one in kind.fields or (is_organisation and one.startswith(EXTERNAL_ID)))


def _collect(row: Row, found: _Collected) -> None:
    if len(row.cells) != len(found.columns):
        found.wrong.append(f"line {row.line}: has {len(row.cells)} cells where the heading has {len(found.columns)}")
        return
    cells = _read(row, found)
    for kind in KINDS:
        if any(cells.get(column) is None for column in kind.key[: kind.needed]):
            continue
        key = tuple(cells.get(column) for column in kind.key)
        known = found.facts[kind].setdefault(key, {})
        for column in sorted(_of(kind, found.columns) & cells.keys()):
            before, where = known.setdefault(column, (cells[column], row.line))
            if before != cells[column]:
                what = f"'{cells[column]}' of {kind.key[0]} '{key[0]}' contradicts '{before}' on line {where}"
                found.wrong.append(f"line {row.line}: {column}: {what}")
        known.setdefault("", (None, row.line))  # where the fact was first given


def _read(row: Row, found: _Collected) -> Mapping[str, object]:
    cells: dict[str, object] = {}
    for column, cell in zip(found.columns, row.cells, strict=True):
        text = cell.strip()
        if not text:
            continue
        try:
            cells[column] = READERS.get(column, str)(text)
        except ValueError as error:
            found.wrong.append(f"line {row.line}: {column}: {error}")
    return cells


def _only_district(registry: Registry) -> TerritoryId | None:
    """The territory that new rows are in when they do not say: the only one that contains no other."""
    parents = {one.parent for one in registry.territories}
    leaves = [one.id for one in registry.territories if one.id not in parents]
    return leaves[0] if len(leaves) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryChange:
    """An entity that an import adds, or of which it changes these fields; `kind` is the registry's name of its kind."""

    kind: str
    id: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"~ {self.kind}: {self.id}: {', '.join(self.fields)}" if self.fields else f"+ {self.kind}: {self.id}"


def differences(before: Registry, after: Registry) -> Sequence[RegistryChange]:
    """What an import changes, in the registry's order; as text one entity a line: + is new, ~ is another one."""
    found: list[RegistryChange] = []
    for kind in ("localities", "providers", "organisations", "sites", "lines"):
        known = {one.id: one for one in getattr(before, kind)}
        for one in getattr(after, kind):
            old = known.get(one.id)
            fields = () if old is None else _changed(old, one)
            if old is None or fields:
                found.append(RegistryChange(kind=kind, id=one.id, fields=fields))
    return found


def _changed(old: Any, new: Any) -> tuple[str, ...]:
    return tuple(key for key in new.__dataclass_fields__ if getattr(new, key) != getattr(old, key))

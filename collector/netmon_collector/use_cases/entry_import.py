"""A table of values and facts of the roadmap: all of it or nothing, and every line that is wrong with its number."""

from collections.abc import Callable, Sequence

from netmon.domain.entries import EntryKind
from netmon.domain.roadmap import QuantityKind
from netmon.errors import ConfigError
from netmon_collector.errors import TableError
from netmon_collector.use_cases.entering import GivenFile, Known, NewEntry, prepared
from netmon_collector.use_cases.import_cells import is_missing
from netmon_collector.use_cases.import_text import Row, read_table

COLUMNS = (
    "of",
    "at",
    "territory",
    "numerator",
    "denominator",
    "value_percent",
    "done",
    *(one.value for one in QuantityKind),
    "document",
    "author_role",
    "author_role_en",
    "illustrative",
    "note",
    "evidence",
)
_INDICATOR = "indicator-"
ReadEvidence = Callable[[str], GivenFile]


def understand_entries(data: bytes, known: Known, *, read_evidence: ReadEvidence) -> Sequence[NewEntry]:
    """What the rows say; `of` names an indicator, a result or an activity, `evidence` a file for `read_evidence`.

    Raises TableError with every line that is wrong: then nothing of the table is used.
    """
    table = read_table(data)
    columns = _columns(table.rows[0])
    found: list[NewEntry] = []
    wrong: list[str] = []
    seen: dict[tuple[EntryKind, str], int] = {}
    for row in table.rows[1:]:
        try:
            new = _entry(row, columns, known, read_evidence)
        except (ConfigError, ValueError) as error:
            wrong.append(f"line {row.line}: {error}")
            continue
        before = seen.setdefault((new.kind, new.subject), row.line)
        if before != row.line:
            wrong.append(f"line {row.line}: line {before} is about {new.subject} too; keep one of the two")
        found.append(new)
    if wrong:
        raise TableError(f"nothing was imported; {wrong[0]}", lines=wrong)
    return found


def _columns(heading: Row) -> tuple[str, ...]:
    columns = tuple(cell.strip().lower() for cell in heading.cells)
    for column in columns:
        if column not in COLUMNS:
            raise TableError(f"line {heading.line}: unknown column '{column}'; known: {', '.join(COLUMNS)}")
        if columns.count(column) > 1:
            raise TableError(f"line {heading.line}: two columns are called '{column}'; keep one of the two")
    if "of" not in columns:
        raise TableError(f"line {heading.line}: has no column 'of'; it names the indicator, result or activity")
    return columns


def _entry(row: Row, columns: Sequence[str], known: Known, read_evidence: ReadEvidence) -> NewEntry:
    if len(row.cells) != len(columns):
        raise ValueError(f"has {len(row.cells)} cells where the heading has {len(columns)}")
    cells = {name: cell.strip() for name, cell in zip(columns, row.cells, strict=True) if not is_missing(cell)}
    name = cells.pop("evidence", None)
    is_value = cells.get("of", "").startswith(_INDICATOR)
    if is_value:
        cells["indicator"] = cells.pop("of")
    return prepared(
        EntryKind.VALUE if is_value else EntryKind.FACT,
        cells,
        known,
        evidence=None if name is None else read_evidence(name),
    )

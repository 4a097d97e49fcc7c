"""What became of a table of facts and values."""

from dataclasses import dataclass

from netmon_collector.use_cases.entry_import import COLUMNS


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    """`problems` name the lines that are wrong: then nothing was entered. `added` is None before anything was."""

    problems: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    added: int | None = None
    columns: tuple[str, ...] = COLUMNS

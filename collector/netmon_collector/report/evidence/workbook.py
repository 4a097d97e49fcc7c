"""The tables of a pack as one workbook."""

from collections.abc import Mapping

from netmon_collector.report.workbook import Sheet, workbook
from netmon_collector.verifier.phrases import speaker
from netmon_collector.verifier.tables import Table
from netmon_collector.verifier.titles import titles_of


def tables_workbook(tables: Mapping[str, Table], language: str) -> bytes:
    """A sheet for each table, by the table's name; the same tables are the same bytes."""
    say = speaker(language)
    return workbook(Sheet(name=name, titles=titles_of(table, say), rows=table.rows) for name, table in tables.items())

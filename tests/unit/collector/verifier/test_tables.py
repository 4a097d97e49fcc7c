"""Tables as a Russian spreadsheet opens them."""

from datetime import datetime

import pytest

from netmon_collector.verifier.tables import Cell, Table, csv_text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (12, "12"),
        (12.5, "12,5"),
        ("=1+1", "'=1+1"),
        ("@sum", "'@sum"),
        ("-2", "'-2"),
        ("+2", "'+2"),
        (-2, "-2"),
        ("line-01", "line-01"),
        (datetime(2026, 11, 23, 10, 0, 0, 5000), "2026-11-23 10:00:00.005"),  # noqa: DTZ001
    ],
)
def test_a_cell_is_text_that_no_spreadsheet_runs(cell: Cell, text: str) -> None:
    assert csv_text(cell) == text


def test_a_table_is_a_csv_of_a_russian_spreadsheet() -> None:
    table = Table(("name", "rate"), (("школа; дом 2", 1.5), (None, 2.0)))
    assert table.csv().decode("utf-8") == '\ufeffname;rate\r\n"школа; дом 2";1,5\r\n;2,0\r\n'

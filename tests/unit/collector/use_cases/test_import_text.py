"""Files of rows: encodings, delimiters, what is no table."""

import pytest

from netmon_collector.errors import TableError
from netmon_collector.use_cases.import_text import MOST_BYTES, read_table

RUSSIAN = "время;скорость\n20.11.2026 10:00;93,46\n"


@pytest.mark.parametrize(("encoding", "name"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp1251", "Windows-1251")])
def test_a_file_is_read_in_each_usual_encoding(encoding: str, name: str) -> None:
    table = read_table(RUSSIAN.encode(encoding))
    assert (table.encoding, table.rows[0].cells) == (name, ("время", "скорость"))


@pytest.mark.parametrize("data", [RUSSIAN.encode("utf-16"), b"\xff\xfe\x00", b"PK\x03\x04\x14\x00", b"a,b\n\x98\x00"])
def test_an_unknown_encoding_is_refused(data: bytes) -> None:
    with pytest.raises(TableError, match="is neither UTF-8 nor Windows-1251 text; save it as CSV in UTF-8"):
        read_table(data)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" , \n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(TableError, match="is empty"):
        read_table(data)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(TableError, match="split it"):
        read_table(b"a" * (MOST_BYTES + 1))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_cuts_all_lines_alike(delimiter: str) -> None:
    text = "\n".join(delimiter.join(cells) for cells in (("time", "down"), ("10:00", "1"), ("11:00", "2")))
    assert read_table(text.encode()).delimiter == delimiter


def test_a_decimal_comma_is_no_delimiter() -> None:
    table = read_table(b"time;down;up\n1;93,4;5,1\n2;94;6\n")
    assert (table.delimiter, table.rows[1].cells) == (";", ("1", "93,4", "5,1"))


def test_a_delimiter_that_was_given_is_used() -> None:
    assert read_table(b"1|2\n", delimiter="|").rows[0].cells == ("1", "2")


def test_rows_know_their_lines_and_empty_ones_are_left_out() -> None:
    table = read_table(b'a,b\r\n\r\n1,"2\n3"\r\n4,5\r\n')
    assert [(row.line, row.cells) for row in table.rows] == [(1, ("a", "b")), (4, ("1", "2\n3")), (5, ("4", "5"))]


def test_a_cell_beyond_all_measure_is_one_line() -> None:
    with pytest.raises(TableError, match="line 1: is no row of a table"):
        read_table(b"a" * 200_000)

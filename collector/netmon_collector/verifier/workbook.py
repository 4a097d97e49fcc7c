"""The cells of a workbook, read with the standard library alone: what is in tables.xlsx is held against the data."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from xml.etree import ElementTree

from netmon_collector.errors import PackError

_MOST_PART_BYTES = 64 * 1024 * 1024  # unpacked, of one part
_MOST_PARTS = 64
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LETTERS = 26

Value = str | float | None
Sheet = Sequence[Sequence[Value]]


def read_workbook(data: bytes) -> Mapping[str, Sheet]:
    """The sheets by name: rows of texts and numbers, None for an empty cell. Raises PackError."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if len(archive.infolist()) > _MOST_PARTS:
                raise PackError(f"has more than {_MOST_PARTS} parts")
            return dict(_sheets(archive))
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, IndexError, EOFError, OSError) as error:
        raise PackError(f"is no workbook ({error})") from error
    except (NotImplementedError, RuntimeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise PackError(f"is no workbook ({error})") from error


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, Sheet]]:
    texts = _shared_texts(archive)
    relations = _part(archive, "xl/_rels/workbook.xml.rels")
    targets = {one.attrib["Id"]: one.attrib["Target"] for one in relations}
    for sheet in _part(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        content = _part(archive, f"xl/{targets[sheet.attrib[_RELATION]]}")
        yield sheet.attrib["name"], [_row(row, texts) for row in content.iter(f"{_MAIN}row")]


def _shared_texts(archive: zipfile.ZipFile) -> Sequence[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return ()
    found = _part(archive, "xl/sharedStrings.xml").iter(f"{_MAIN}si")
    return ["".join(text.text or "" for text in one.iter(f"{_MAIN}t")) for one in found]


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with archive.open(name) as file:
        data = file.read(_MOST_PART_BYTES + 1)
    if len(data) > _MOST_PART_BYTES:
        raise PackError(f"has a part longer than {_MOST_PART_BYTES // 1024**2} MiB")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:  # what spreadsheets never write and bombs are made of
        raise PackError("has a document type, which no workbook has")
    return ElementTree.fromstring(data)  # noqa: S314 - without a document type there are no entities


def _row(row: ElementTree.Element, texts: Sequence[str]) -> Sequence[Value]:
    found: list[Value] = []
    for cell in row.iter(f"{_MAIN}c"):
        column = _column(cell.attrib["r"])
        if column < len(found) or column > 1000:
            raise PackError("has its cells out of order")
        found += [None] * (column - len(found))
        found.append(_value(cell, texts))
    return found


def _value(cell: ElementTree.Element, texts: Sequence[str]) -> Value:
    value = cell.find(f"{_MAIN}v")
    if cell.find(f"{_MAIN}f") is not None:
        raise PackError(f"has a formula in {cell.attrib['r']}")
    if cell.attrib.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{_MAIN}t"))
    if value is None or value.text is None:
        return None
    return texts[int(value.text)] if cell.attrib.get("t") == "s" else float(value.text)


def _column(reference: str) -> int:
    """The number of a column from 0, of a reference like AB12."""
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1

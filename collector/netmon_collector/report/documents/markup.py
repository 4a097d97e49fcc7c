"""The source of a template: text with a mark at the beginning of a line, from which a .docx is built.

A line is a paragraph; its first character says what kind::

    # name of the document      ## heading        ^ centred       > right-aligned
    * item of a list            ~ small note      | left | right  (without borders, <br> ends a line)
    {%p if ... %}               a tag of docxtpl, which takes its paragraph away
    [table 6 10 : line in lines]   widths in centimetres; rows follow, cells between |, ! begins a heading row; with a
                                   loop the last row is repeated
    [box]                       a frame around the paragraphs that follow
    [signatures]                a role a line
    [end]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_CELL = "|"


class Style(StrEnum):
    TITLE = "#"
    HEADING = "##"
    CENTRED = "^"
    RIGHT = ">"
    ITEM = "*"
    NOTE = "~"
    TAG = "{%p"
    BODY = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    style: Style
    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of two columns without borders: who writes, and to whom."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with borders; with a `loop` ("line in lines") its last row is repeated."""

    widths_cm: tuple[float, ...]
    heads: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    loop: str | None


@dataclass(frozen=True, slots=True)
class Box:
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    roles: tuple[str, ...]


Block = Paragraph | Columns | Grid | Box | Signatures


def blocks_of(source: str) -> Iterator[Block]:
    """The blocks of a source. Raises ValueError with the number of a line that belongs nowhere."""
    lines = iter(enumerate(source.splitlines(), start=1))
    columns: list[tuple[str, ...]] = []
    for number, line in lines:
        text = line.strip()
        if text.startswith(_CELL):
            columns.append(_cells(text[1:]))
            continue
        if columns:
            yield Columns(tuple(columns))
            columns = []
        if text.startswith("["):
            yield _group(text, number, lines)
        elif text:
            yield _paragraph(text)
    if columns:
        yield Columns(tuple(columns))


def _paragraph(text: str) -> Paragraph:
    for style in (Style.TAG, Style.HEADING, Style.TITLE, Style.CENTRED, Style.RIGHT, Style.ITEM, Style.NOTE):
        if style is Style.TAG and text.startswith(style):
            return Paragraph(style, text)
        if text.startswith(f"{style.value} "):
            return Paragraph(style, text[len(style.value) :].strip())
    return Paragraph(Style.BODY, text)


def _group(opening: str, number: int, lines: Iterator[tuple[int, str]]) -> Block:
    """What stands between [name ...] and [end]."""
    found: list[str] = []
    for _, line in lines:
        if line.strip() == "[end]":
            break
        if line.strip():
            found.append(line.strip())
    else:
        raise ValueError(f"line {number}: {opening} has no [end]")
    name, _, rest = opening.strip("[]").partition(" ")
    if name == "table":
        return _grid(rest, found)
    if name == "box":
        return Box(tuple(_paragraph(line) for line in found))
    if name == "signatures":
        return Signatures(tuple(found))
    raise ValueError(f"line {number}: [{name}] is unknown")


def _grid(settings: str, lines: list[str]) -> Grid:
    widths, _, loop = settings.partition(":")
    return Grid(
        widths_cm=tuple(float(width) for width in widths.split()),
        heads=tuple(_cells(line[1:]) for line in lines if line.startswith("!")),
        rows=tuple(_cells(line) for line in lines if not line.startswith("!")),
        loop=loop.strip() or None,
    )


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.split(_CELL))

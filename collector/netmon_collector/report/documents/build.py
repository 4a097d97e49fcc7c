"""From the source of a template to a .docx for docxtpl, in the style of Russian official documents.

Margins, type and spacing follow ГОСТ Р 7.0.97-2016 (20/10 mm at the sides became 30/15, as files are bound).
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from netmon_collector.report.documents.archive import repacked
from netmon_collector.report.documents.markup import (
    Block,
    Box,
    Columns,
    Grid,
    Paragraph,
    Signatures,
    Style,
    blocks_of,
)

_FONT = "Times New Roman"
_CREATED = datetime(2020, 1, 1)  # noqa: DTZ001 - the format knows no zones
_TEXT_CM = 16.5
_ALIGN = {
    Style.TITLE: WD_ALIGN_PARAGRAPH.CENTER,
    Style.CENTRED: WD_ALIGN_PARAGRAPH.CENTER,
    Style.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
    Style.BODY: WD_ALIGN_PARAGRAPH.JUSTIFY,
    Style.ITEM: WD_ALIGN_PARAGRAPH.JUSTIFY,
    Style.HEADING: WD_ALIGN_PARAGRAPH.LEFT,
    Style.NOTE: WD_ALIGN_PARAGRAPH.LEFT,
    Style.TAG: WD_ALIGN_PARAGRAPH.LEFT,
}
_LINE = "_" * 18


def build_docx(source: str, *, signature_words: tuple[str, str]) -> bytes:
    """The template of a source; `signature_words` stand under the lines to sign on."""
    document = Document()
    _lay_out(document)
    for block in blocks_of(source):
        _add(document, block, signature_words)
    properties = document.core_properties
    properties.created = properties.modified = _CREATED
    properties.author = properties.last_modified_by = "netmon"
    written = BytesIO()
    document.save(written)
    return repacked(written.getvalue())


def _lay_out(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(2)
    section.different_first_page_header_footer = True
    _number_pages(section.header.paragraphs[0])
    _type(document.styles["Normal"], Pt(12))
    grid = document.styles.add_style("NetmonCell", WD_STYLE_TYPE.PARAGRAPH)
    grid.base_style = document.styles["Normal"]
    _type(grid, Pt(10))


def _type(style: Any, size: Any) -> None:
    style.font.name, style.font.size = _FONT, size
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), _FONT)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.line_spacing = 1.0


def _number_pages(paragraph: Any) -> None:
    """The number of the page, above the text from the second page on."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        part = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _add(document: Any, block: Block, signature_words: tuple[str, str]) -> None:
    match block:
        case Paragraph():
            _write(document.add_paragraph(), block)
        case Columns():
            _columns(document, block)
        case Grid():
            _grid(document, block)
        case Box():
            _box(document, block)
        case Signatures():
            _signatures(document, block, signature_words)


def _write(paragraph: Any, block: Paragraph) -> None:
    paragraph.alignment = _ALIGN[block.style]
    shape = paragraph.paragraph_format
    run = paragraph.add_run(block.text)
    if block.style in (Style.TITLE, Style.HEADING):
        run.bold = True
        shape.keep_with_next = True
        shape.space_before, shape.space_after = Pt(10), Pt(4)
    if block.style is Style.TITLE:
        run.font.size = Pt(14)
    if block.style is Style.NOTE:
        run.font.size = Pt(9)
        shape.space_before = Pt(4)
    if block.style is Style.BODY:
        shape.first_line_indent, shape.space_after = Cm(1.25), Pt(4)
    if block.style is Style.ITEM:
        run.text = f"– {block.text}"
        shape.left_indent, shape.first_line_indent, shape.space_after = Cm(1.25), Cm(-0.5), Pt(3)


def _columns(document: Any, block: Columns) -> None:
    """Requisites on the left, the addressee on the right."""
    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    for row in block.rows:
        cells = table.add_row().cells
        for cell, text, width in zip(cells, row, (_TEXT_CM / 2 - 0.5, _TEXT_CM / 2 + 0.5), strict=False):
            cell.width = Cm(width)
            first, *others = text.split("<br>")
            cell.paragraphs[0].add_run(first.strip())
            for line in others:
                cell.add_paragraph().add_run(line.strip())
    document.add_paragraph()


def _grid(document: Any, block: Grid) -> None:
    columns = len(block.widths_cm)
    table = document.add_table(rows=0, cols=columns)
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, block.widths_cm, strict=True):
        column.width = Cm(width)
    for row in block.heads:
        _repeat_on_pages(_row(table, row, block.widths_cm, bold=True))
    *fixed, last = block.rows
    for row in fixed:
        _row(table, row, block.widths_cm)
    if block.loop is not None:
        _row(table, (f"{{%tr for {block.loop} %}}",), block.widths_cm)
    _row(table, last, block.widths_cm)
    if block.loop is not None:
        _row(table, ("{%tr endfor %}",), block.widths_cm)
    document.add_paragraph().paragraph_format.line_spacing = 0.6


def _row(table: Any, texts: Sequence[str], widths_cm: Sequence[float], *, bold: bool = False) -> Any:
    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for number, (cell, width) in enumerate(zip(row.cells, widths_cm, strict=True)):
        cell.width = Cm(width)
        paragraph = cell.paragraphs[0]
        paragraph.style = "NetmonCell"
        if number < len(texts):
            paragraph.add_run(texts[number]).bold = bold
        if bold:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return row


def _repeat_on_pages(row: Any) -> None:
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(head)


def _box(document: Any, block: Box) -> None:
    table = document.add_table(rows=1, cols=1)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    cell = table.rows[0].cells[0]
    for number, one in enumerate(block.paragraphs):
        _write(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), one)
    cell.add_paragraph()
    document.add_paragraph()


def _signatures(document: Any, block: Signatures, words: tuple[str, str]) -> None:
    table = document.add_table(rows=0, cols=3)
    table.autofit = False
    for role in block.roles:
        lines = (role, _LINE, _LINE), ("", f"({words[0]})", f"({words[1]})")
        for number, texts in enumerate(lines):
            cells = table.add_row().cells
            for cell, text, width in zip(cells, texts, (7.0, 4.5, 5.0), strict=True):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                run = paragraph.add_run(text)
                run.font.size = Pt(12) if number == 0 else Pt(8)
                paragraph.paragraph_format.keep_with_next = True
                paragraph.paragraph_format.space_before = Pt(14) if number == 0 else Pt(0)

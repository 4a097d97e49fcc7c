"""Templates of documents: ours can always be filled, a district's that cannot is one line and loses no document."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from netmon.errors import ConfigError
from netmon_collector.report.documents.archive import repacked
from netmon_collector.report.documents.checking import check_templates
from netmon_collector.report.documents.fill import fill, fill_document
from netmon_collector.report.documents.markup import Grid, Paragraph, Style, blocks_of
from netmon_collector.report.documents.samples import LISTS, TEXTS, sample
from netmon_collector.report.documents.templates import MOST_BYTES, Kind, Template, own_template, template_name
from netmon_collector.wording.language import Language

EACH = [(kind, language) for kind in Kind for language in Language]


def text_of(data: bytes) -> str:
    """Everything that a reader of the document reads."""
    document = Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def changed(kind: Kind, before: str, after: str) -> bytes:
    """Our Russian template with one text in its body replaced, as somebody edits it."""
    with zipfile.ZipFile(BytesIO(own_template(kind, Language.RU).data)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    body = parts["word/document.xml"].decode()
    assert before in body
    parts["word/document.xml"] = body.replace(before, after, 1).encode()
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


def a_district(folder: Path, kind: Kind, data: bytes) -> Path:
    path = folder / template_name(kind, Language.RU)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("kind", "language"), EACH)
@pytest.mark.parametrize("empty", [False, True])
def test_our_templates_ask_for_no_field_that_there_is_not(kind: Kind, language: Language, empty: bool) -> None:
    text = text_of(fill(own_template(kind, language), sample(kind, empty=empty)))
    assert "{{" not in text
    assert "{%" not in text


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_our_templates_use_every_text(kind: Kind, language: Language) -> None:
    fields = sample(kind, empty=False) | {name: f"<{name}&>" for name in TEXTS[kind]}
    text = text_of(fill(own_template(kind, language), fields))
    unused = {name for name in TEXTS[kind] if f"<{name}&>" not in text}
    assert unused <= {"hashes", "made_on"}  # a letter is dated by hand, one to schools proves nothing


@pytest.mark.parametrize("language", list(Language))
def test_the_act_says_what_it_is_not(language: Language) -> None:
    said = {
        Language.RU: "результаты мониторинга, не поверенное средство измерений",
        Language.EN: "results of monitoring, not of a verified measuring instrument",
    }
    text = text_of(fill(own_template(Kind.ACT, language), sample(Kind.ACT, empty=False)))
    assert said[language] in text
    assert text.count("____") > 6


def test_the_same_fields_are_the_same_bytes() -> None:
    fields = sample(Kind.NOTE, empty=False)
    assert fill(own_template(Kind.NOTE, Language.RU), fields) == fill(own_template(Kind.NOTE, Language.RU), fields)
    data = own_template(Kind.NOTE, Language.RU).data
    assert repacked(data) == data


def test_rows_are_repeated(tmp_path: Path) -> None:
    fields = sample(Kind.ACT, empty=False) | {"results": [{"name": f"n{one}", "value": f"v{one}"} for one in range(30)]}
    text = text_of(fill(own_template(Kind.ACT, Language.RU), fields))
    assert all(f"n{one}" in text and f"v{one}" in text for one in range(30))


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("{{ period }}", "{{ perod }}", "the field 'perod' is unknown; docs/documents.md lists the fields"),
        ("{{ row.value }}", "{{ row.valeu }}", "the field 'valeu' is unknown; docs/documents.md lists the fields"),
        ("{{ outcome }}", "{{ outcome ", "a tag is broken ("),
        ("{%tr endfor %}", "{%tr endif %}", "a tag is broken ("),
        ("{{ outcome }}", "{{ 1 + outcome }}", "cannot be filled ("),
        ("{{ outcome }}", "{{ outcome.__class__.__mro__ }}", "cannot be filled ("),
        ("<w:body>", "<w:body", "is no .docx ("),
    ],
)
def test_a_template_that_cannot_be_filled_is_one_line_and_the_document_is_made(
    tmp_path: Path, before: str, after: str, problem: str
) -> None:
    path = a_district(tmp_path, Kind.ACT, changed(Kind.ACT, before, after))
    fields = sample(Kind.ACT, empty=False)

    found = fill_document(Kind.ACT, Language.RU, fields, folder=tmp_path)
    assert found.problem is not None
    assert found.problem.startswith(f"{path}: {problem}")
    assert "\n" not in found.problem
    assert found.data == fill(own_template(Kind.ACT, Language.RU), fields)
    with pytest.raises(ConfigError) as raised:
        check_templates(tmp_path)
    assert str(raised.value).startswith(f"{path}: ")


@pytest.mark.parametrize("data", [b"", b"not a document", b"PK\x03\x04"])
def test_what_is_no_docx_is_one_line(tmp_path: Path, data: bytes) -> None:
    path = a_district(tmp_path, Kind.NOTE, data)
    found = fill_document(Kind.NOTE, Language.RU, sample(Kind.NOTE, empty=False), folder=tmp_path)
    assert found.problem is not None
    assert found.problem.startswith(f"{path}: is no .docx (")


def test_a_template_beyond_the_limit_is_one_line(tmp_path: Path) -> None:
    path = a_district(tmp_path, Kind.NOTE, b"\0" * (MOST_BYTES + 1))
    found = fill_document(Kind.NOTE, Language.RU, sample(Kind.NOTE, empty=False), folder=tmp_path)
    assert found.problem == f"{path}: is longer than 10 MiB; make its pictures smaller"


def test_a_districts_template_is_taken(tmp_path: Path) -> None:
    a_district(tmp_path, Kind.ACT, changed(Kind.ACT, "АКТ", "ПРОТОКОЛ"))
    found = fill_document(Kind.ACT, Language.RU, sample(Kind.ACT, empty=False), folder=tmp_path)
    assert found.problem is None
    assert "ПРОТОКОЛ" in text_of(found.data)
    assert check_templates(tmp_path) == 1
    # another language has none of the district's
    own = fill_document(Kind.ACT, Language.EN, sample(Kind.ACT, empty=False), folder=tmp_path)
    assert own.data == fill(own_template(Kind.ACT, Language.EN), sample(Kind.ACT, empty=False))


def test_a_template_of_another_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "acts.docx").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"acts\.docx: is no template; call it one of act\.en\.docx, "):
        check_templates(tmp_path)
    with pytest.raises(ConfigError, match="is no folder"):
        check_templates(tmp_path / "nowhere")


def test_what_is_put_in_is_text_whatever_it_looks_like() -> None:
    fields = sample(Kind.ACT, empty=False) | {"reason": "<w:p>{{ fingerprint }} & 'so'"}
    assert "<w:p>{{ fingerprint }} & 'so'" in text_of(fill(own_template(Kind.ACT, Language.RU), fields))


def test_a_template_without_tags_is_a_document() -> None:
    plain = Document()
    plain.add_paragraph("Приказ")
    written = BytesIO()
    plain.save(written)
    assert text_of(fill(Template("a", written.getvalue()), {})) == "Приказ"


def test_a_source_is_blocks() -> None:
    found = list(blocks_of("# A\n\ntext\n[table 6 10 : row in rows]\n! B | C\n{{ row.a }} | {{ row.b }}\n[end]\n"))
    assert found == [
        Paragraph(Style.TITLE, "A"),
        Paragraph(Style.BODY, "text"),
        Grid((6.0, 10.0), (("B", "C"),), (("{{ row.a }}", "{{ row.b }}"),), "row in rows"),
    ]


@pytest.mark.parametrize(("source", "problem"), [("a\n[box]\nb", "line 2: "), ("[frame]\n[end]", "line 1: ")])
def test_a_source_that_is_none_says_where(source: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{problem}"):
        list(blocks_of(source))


def test_every_list_of_a_template_has_a_sample() -> None:
    assert LISTS.keys() == TEXTS.keys() == set(Kind)

"""Documents over a simulated district: every figure is the domain's, and the commands write them."""

import json
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from netmon.domain.identifiers import LineId, OrganisationId, ProviderId, TerritoryId
from netmon.domain.period import Period
from netmon_collector.cli.run import run
from netmon_collector.errors import NotFoundError
from netmon_collector.report.content.words import Words
from netmon_collector.report.documents.fill import fill_document
from netmon_collector.report.documents.note import analytical_note
from netmon_collector.report.documents.samples import LISTS, TEXTS
from netmon_collector.report.documents.summary_fields import note_fields, provider_fields, schools_fields
from netmon_collector.report.documents.templates import Kind
from netmon_collector.report.evidence.documents import pack_documents
from netmon_collector.report.evidence.gather import gather
from netmon_collector.report.evidence.pack import make_pack
from netmon_collector.services import Services
from netmon_collector.use_cases.summary import summarise
from netmon_collector.verifier import members as names
from netmon_collector.verifier.archive import read_archive, write_archive
from netmon_collector.verifier.keys import PublicKeys
from netmon_collector.verifier.phrases import speaker
from netmon_collector.verifier.verification import verify
from netmon_collector.wording.language import Language
from tests.support.commands import run_collector
from tests.support.packs import tampered
from tests.support.store import CollectorFiles

TODAY, DEADLINE = date(2026, 11, 20), date(2026, 12, 4)
WEEK = Period.parse("2026-W46")


def text_of(data: bytes) -> str:
    document = Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def whole_pack(services: Services, language: str, period: Period = WEEK) -> bytes:
    contents = gather(services.gather_inputs(now=services.clock.now(), language=language), LineId("line-16"), period)
    keys = {one.id: one.public_key.hex() for one in services.settings.servers.values()}
    documents = pack_documents(None, pytest.fail)
    return make_pack(contents, verifiers=services.verifiers, public_keys=keys, documents=documents)


@pytest.fixture(scope="module")
def pack(services: Services) -> bytes:
    return whole_pack(services, "ru")


@pytest.fixture(scope="module")
def words(services: Services) -> Words:
    inputs = services.summary_inputs(TerritoryId("district"), now=services.clock.now())
    return Words(summary=summarise(inputs, WEEK), language=Language.RU)


def test_a_whole_pack_agrees_and_is_the_same_bytes_again(services: Services, pack: bytes, keys: PublicKeys) -> None:
    assert verify(pack, keys=keys, say=speaker("ru")).agrees
    assert whole_pack(services, "ru") == pack


def test_act_and_readme_say_the_figures_of_the_domain(pack: bytes) -> None:
    members = read_archive(pack)
    counts = json.loads(members[names.VERDICT])["figures"]["counts"]
    printed = json.loads(members[names.VERDICT])["printed"]
    docx = text_of(members["act.docx"])
    pdf = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(members["act.pdf"])).pages).split())
    for text in (docx, pdf):
        assert names.fingerprint(members) in text
        assert "не поверенное средство измерений" in text
        assert "Не соответствует" in text
        assert f"ниже предела или при перерыве связи {counts['failed']}" in text.replace("\n", " ")
    assert counts["failed"] == printed["fail"] > 0
    for sentence in printed["explanation"]["ru"].split(". ")[:2]:
        assert sentence.split(": ", 1)[-1].rstrip(".").lower() in docx.lower()
    readme = members["README.ru.txt"].decode("utf-8-sig")
    assert names.fingerprint(members) in readme
    assert all(f"{name} " in readme for name in ("outcome", "unproven", "server_unreachable", "receipt_text"))


def test_the_workbook_has_typed_cells_a_frozen_header_and_filters(pack: bytes) -> None:
    book = load_workbook(BytesIO(read_archive(pack)[names.WORKBOOK]))
    assert book.sheetnames == list(names.TABLES)
    sheet = book["slots"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref is not None
    row = {sheet.cell(1, column + 1).value: cell.value for column, cell in enumerate(sheet[2])}
    assert row["Исход"] in ("pass", "fail", "excluded", "not_counted")
    assert row["Запланирован на, местное время"].year == 2026
    assert all(cell.data_type != "f" for of in book for cells in of.iter_rows() for cell in cells)


def test_the_drawings_are_pictures(pack: bytes) -> None:
    members = read_archive(pack)
    assert all(members[name].startswith(b"\x89PNG") for name in names.DOCUMENTS if name.endswith(".png"))


def test_an_english_pack_has_an_english_act(services: Services, keys: PublicKeys) -> None:
    members = read_archive(whole_pack(services, "en"))
    assert "Does not comply" in text_of(members["act.docx"])
    assert verify(whole_pack(services, "en"), keys=keys, say=speaker("ru")).agrees


def test_a_period_without_a_planned_measurement_has_a_pack_too(services: Services, keys: PublicKeys) -> None:
    found = verify(whole_pack(services, "ru", Period.parse("2026-11-14")), keys=keys, say=speaker("ru"))  # a Saturday
    assert found.agrees
    assert found.contents is not None
    assert found.contents.verdict["printed"]["basis"] == "no_slots"


def test_fields_and_samples_name_the_same(words: Words) -> None:
    """So that check-config tries a template with what it will get."""
    provider = next(one.provider.id for one in words.summary.failing_lines if one.provider is not None)
    found = {
        Kind.NOTE: note_fields(words, TODAY),
        Kind.SCHOOLS: schools_fields(words, TODAY, organisation=None, deadline=DEADLINE),
        Kind.PROVIDER: provider_fields(words, TODAY, provider=ProviderId(provider), line=None, deadline=DEADLINE),
    }
    for kind, fields in found.items():
        spare = {"hashes"} if kind is Kind.SCHOOLS else set()
        assert set(fields) == {*TEXTS[kind], *LISTS[kind]} | spare
        for name, wanted in LISTS[kind].items():
            for item in fields[name]:  # type: ignore[attr-defined]
                assert set(item) == set(wanted) if wanted else isinstance(item, str)


def test_the_note_says_every_failing_line_once(words: Words) -> None:
    text = text_of(analytical_note(words.summary, Language.RU, made_on=TODAY, folder=None).data)
    failing = words.summary.failing_lines
    assert len(failing) > 2
    for line in failing:
        counts = line.verdict.figures.counts if line.verdict.figures is not None else None
        assert counts is not None
        assert text.count(f"(канал {line.id})") == 1
        assert f"{counts.passed} из {counts.decided}" in text
    coverage = words.summary.coverage
    assert f"{coverage.numerator} из {coverage.denominator}" in text


def test_a_letter_to_a_provider_names_its_lines_and_no_others(words: Words) -> None:
    of = {one.provider.id: one for one in words.summary.failing_lines if one.provider is not None}
    for provider, line in of.items():
        fields = provider_fields(words, TODAY, provider=ProviderId(provider), line=None, deadline=DEADLINE)
        text = text_of(fill_document(Kind.PROVIDER, Language.RU, fields, folder=None).data)
        assert line.contract is not None
        assert f"№ {line.contract.number}" in text
        assert "04.12.2026" in text
        assert f"evidence-{line.id}-2026-W46-r1.zip" in text
        assert not any(f"(канал {other.id})" in text for key, other in of.items() if key != provider)


def test_there_is_nothing_to_write_to_a_provider_whose_lines_comply(words: Words) -> None:
    with pytest.raises(NotFoundError, match="has nothing that fails in 2026-W46"):
        provider_fields(words, TODAY, provider=ProviderId("nobody"), line=None, deadline=DEADLINE)
    with pytest.raises(NotFoundError, match="has no organisation 'school-99'"):
        schools_fields(words, TODAY, organisation=OrganisationId("school-99"), deadline=DEADLINE)


# The commands: one run as installed, the others in this process, which is quicker.


@pytest.fixture(scope="module")
def config(services: Services) -> str:
    return str(Path(services.settings.database.removeprefix("sqlite:///")).parent / "collector.yaml")


Ran = tuple[int, str, str]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def ran(*arguments: str | Path) -> Ran:
        code = run([*map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


def a_key_file(folder: Path, keys: PublicKeys) -> Path:
    file = folder / "server.pub"
    file.write_text("\n".join(one for known in keys.by_server.values() for one in known) + "\n", encoding="ascii")
    return file


def test_the_command_writes_a_pack_and_checks_one(
    command: Callable[..., Ran], config: str, keys: PublicKeys, tmp_path: Path
) -> None:
    asked = ("--line", "line-16", "--period", "2026-W46", "--lang", "ru", "--config", config)
    code, out, err = command("evidence", *asked, "--out", tmp_path)
    assert (code, err) == (0, "")
    pack, key = Path(out.strip()), a_key_file(tmp_path, keys)
    assert pack.name == "evidence-line-16-2026-W46-r1.zip"
    done = run_collector("evidence", "--verify", pack, "--public-key", key, "--lang", "ru", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "ИТОГ: всё, что напечатано в пакете, следует из его данных."
    pack.write_bytes(tampered(pack.read_bytes(), names.table_member("slots"), b"fail", b"pass"))
    code, out, err = command("evidence", "--verify", pack, "--public-key", key, "--lang", "ru")
    assert (code, err, out.count("НЕ СОВПАДАЕТ")) == (1, "", 1)
    assert "строка " in out
    assert 'в пакете "pass", по данным "fail"' in out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "name --line, --period and --out, or a pack to --verify"),
        (("--verify", "a.zip"), "--verify needs --public-key FILE: a key that the pack brings proves nothing"),
        (("--verify", "a.zip", "--line", "l"), "--verify stands without --line, --period, --revision and --out"),
        (("--verify", "a.zip", "--public-key", "b"), "b: cannot be read (No such file or directory)"),
        (("--line", "l", "--period", "2026-13", "--out", "."), "--period: "),
        (("--line", "line-99", "--period", "2026-W46", "--out", "."), "the registry has no line 'line-99'"),
    ],
)
def test_what_the_command_cannot_use_is_one_line(
    command: Callable[..., Ran], config: str, arguments: tuple[str, ...], problem: str
) -> None:
    code, out, err = command("evidence", *arguments, "--config", config)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"netmon-collector: {problem}")


def test_the_commands_write_documents_and_templates(command: Callable[..., Ran], config: str, tmp_path: Path) -> None:
    code, out, _ = command("documents", "templates", "--out", tmp_path)
    assert (code, len(out.splitlines())) == (0, 8)
    code, _, err = command("documents", "templates", "--out", tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    asked = ("--kind", "act", "--line", "line-16", "--period", "2026-W46", "--lang", "ru", "--config", config)
    code, out, err = command("document", *asked, "--out", tmp_path)
    assert (code, err) == (0, "")
    assert "АКТ" in text_of(Path(out.strip()).read_bytes())


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--kind", "act"), "--kind act needs --line ID"),
        (("--kind", "letter-provider"), "--kind letter-provider needs --provider ID"),
        (("--kind", "note", "--line", "line-01"), "--line does not go with --kind note; leave it out"),
        (("--kind", "note", "--deadline", "soon"), "--deadline: 'soon' is no day; write YYYY-MM-DD"),
        (("--kind", "note", "--territory", "x"), "--territory: the registry has no territory 'x'"),
    ],
)
def test_what_a_document_cannot_be_made_of_is_one_line(
    command: Callable[..., Ran], config: str, arguments: tuple[str, ...], problem: str
) -> None:
    asked = ("--period", "2026-W46", "--out", ".", "--config", config)
    assert command("document", *arguments, *asked) == (2, "", f"netmon-collector: {problem}\n")


def test_a_broken_template_of_the_district_loses_no_document(command: Callable[..., Ran], tmp_path: Path) -> None:
    config = CollectorFiles(tmp_path).write(extra="documents: {templates: mine}\n")
    command("documents", "templates", "--out", tmp_path / "mine")
    code, out, _ = command("check-config", "--config", config)
    assert (code, f"{tmp_path / 'mine'}: 8 templates of documents can be filled" in out) == (0, True)
    broken = tmp_path / "mine" / "note.ru.docx"
    with zipfile.ZipFile(broken) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"{{ policy }}", b"{{ polisy }}")
    broken.write_bytes(write_archive(parts, compression=zipfile.ZIP_DEFLATED))
    problem = f"{broken}: the field 'polisy' is unknown; docs/documents.md lists the fields"
    assert command("check-config", "--config", config) == (2, "", f"netmon-collector: {problem}\n")
    asked = ("--kind", "note", "--period", "2026-11", "--territory", "district", "--lang", "ru", "--config", config)
    code, out, err = command("document", *asked, "--out", tmp_path)
    assert code == 2
    assert problem in err
    assert "АНАЛИТИЧЕСКАЯ СПРАВКА" in text_of(Path(out.strip()).read_bytes())

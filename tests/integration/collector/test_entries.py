"""What people enter beside the files: the newest entry holds, nothing is overwritten, everything is in the log."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from netmon.domain.audit import AuditKind, first_broken_entry
from netmon.domain.entries import EntryKind
from netmon.domain.identifiers import IndicatorId, OrganisationId, TerritoryId
from netmon.domain.roadmap import EvidenceFile
from netmon.domain.roadmap_state import ActivityStatus, ResultStatus
from netmon.errors import ConfigError, NetmonError
from netmon_collector.app import open_services
from netmon_collector.cli.run import run
from netmon_collector.configuration import sync
from netmon_collector.errors import NotFoundError
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.storage.backup import restore_backup, write_backup
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import migrate
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.entering import MOST_EVIDENCE_BYTES, GivenFile
from netmon_collector.use_cases.roadmap import roadmap_at
from tests.support.entries import EXEMPTION, FACT, VALUE
from tests.support.store import NOW, CollectorFiles, FakeClock

DISTRICT = TerritoryId("district")
SCAN = GivenFile(name="приказ.pdf", content=b"%PDF-1.7 order")
VALUE_SUBJECT = "indicator-1 district 2019-12-31"


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    with closing(Database(database_url)) as database:
        migrate(database)
    config = CollectorFiles(tmp_path).write()
    config.write_text(config.read_text("utf-8").replace("sqlite:///netmon.db", database_url), encoding="utf-8")
    with open_services(config, FakeClock()) as found:
        yield found


def _log(services: Services) -> list[tuple[AuditKind, str, str | None, str | None, str]]:
    page = services.store.audit_page(after=0, limit=1000)
    assert first_broken_entry(page) is None
    files = {AuditKind.REGISTRY, AuditKind.POLICY, AuditKind.CALENDAR, AuditKind.ROADMAP, AuditKind.RECIPIENTS}
    changes = [entry.change for entry, _ in page if entry.change.kind not in files]
    return [(one.kind, one.subject, one.before, one.after, one.actor) for one in changes]


def _shares(services: Services) -> list[tuple[date, int]]:
    return [(one.at, one.numerator) for one in services.store.entered_shares("indicator-1", DISTRICT)]


def test_a_corrected_value_holds_and_both_stay_in_the_store_and_in_the_log(services: Services) -> None:
    first = services.enter(EntryKind.VALUE, VALUE, evidence=SCAN)
    second = services.enter(EntryKind.VALUE, {**VALUE, "numerator": "4", "note": "пересчитано"})
    assert first is not None
    assert second is not None
    assert (first.number, second.number, first.subject) == (1, 2, VALUE_SUBJECT)
    assert services.enter(EntryKind.VALUE, {**VALUE, "numerator": "4", "note": "пересчитано"}) is None
    assert _shares(services) == [(date(2019, 12, 31), 4)]
    held = services.roadmap.entered_at(IndicatorId("indicator-1"), DISTRICT, date(2019, 12, 31))
    assert held is not None
    assert (held.numerator, held.note, held.evidence) == (4, "пересчитано", None)
    assert [one.value for one in services.store.entries(subject=VALUE_SUBJECT)] == [first.value, second.value]
    kind = AuditKind.ENTERED_VALUE
    said = _log(services)
    assert [one[:2] + one[4:] for one in said] == [(kind, VALUE_SUBJECT, "специалист")] * 2
    assert said[0][2] is None
    assert said[1][2] == said[0][3] != said[1][3]


def test_a_fact_decides_its_result_and_an_activity_is_done(services: Services) -> None:
    services.enter(EntryKind.FACT, FACT, evidence=SCAN)
    done = {key: FACT[key] for key in ("at", "document", "author_role")} | {"of": "activity-1.1.1", "done": "да"}
    services.enter(EntryKind.FACT, done)
    inputs = services.indicator_inputs(DISTRICT, now=NOW)
    found = roadmap_at(date(2020, 12, 31), services.roadmap, inputs)
    [state] = [state for result, state in found.results if result.id == "result-1.4"]
    assert state.status is ResultStatus.MET
    assert state.fact is not None
    assert state.fact.evidence == EvidenceFile(
        name=SCAN.name, sha256=sha256(SCAN.content).hexdigest(), size_bytes=len(SCAN.content)
    )
    assert services.store.evidence(state.fact.evidence.sha256) == SCAN.content
    [activity] = [state for one, state in found.activities if one.id == "activity-1.1.1"]
    assert (activity.status, activity.late) == (ActivityStatus.DONE, True)


def test_an_exemption_that_somebody_entered_is_one_of_the_registry(services: Services) -> None:
    services.enter(EntryKind.EXEMPTION, EXEMPTION, entered_by="администратор")
    assert services.registry.exemption_of(OrganisationId("school-01"), date(2026, 11, 23)) is not None
    assert services.store.registry().exemptions == services.registry.exemptions
    services.enter(EntryKind.EXEMPTION, {**EXEMPTION, "to": "2026-11-01"})
    assert services.registry.exemption_of(OrganisationId("school-01"), date(2026, 11, 23)) is None
    assert services.registry.exemption_of(OrganisationId("school-01"), date(2026, 10, 31)) is not None
    services.take_back(EntryKind.EXEMPTION, "school-01 2026-09-01 Приказ № 7", document="Приказ № 8")
    assert services.registry.exemptions == services.store.registry().exemptions == ()
    assert [(one[0], one[1], one[4]) for one in _log(services)] == [
        (AuditKind.EXEMPTION, "school-01", "администратор"),
        (AuditKind.EXEMPTION, "school-01", "председатель комитета"),
        (AuditKind.EXEMPTION, "school-01", "председатель комитета"),
    ]


def test_what_was_entered_stands_above_the_files_whatever_they_say_later(services: Services) -> None:
    services.enter(EntryKind.VALUE, VALUE)
    services.enter(EntryKind.EXEMPTION, EXEMPTION)
    files = services.files
    [entered] = services.roadmap.entered_values
    filed = replace(entered, numerator=9)
    other = replace(files, roadmap=replace(files.roadmap, entered_values=(filed,)))
    sync(other, services.store, at=NOW)
    assert _shares(services) == [(date(2019, 12, 31), 3)]
    services.take_back(EntryKind.VALUE, VALUE_SUBJECT, document="Письмо № 2")
    assert _shares(services) == []
    assert services.roadmap.entered_values == ()


def test_another_collector_knows_it_after_its_next_look(services: Services) -> None:
    other = Services(settings=services.settings, store=services.store, files=services.files, clock=services.clock)
    assert other.roadmap.facts == ()
    services.enter(EntryKind.FACT, FACT)
    other.refresh()
    assert other.roadmap.facts == services.roadmap.facts != ()


def test_evidence_has_a_limit_and_is_kept_once(services: Services) -> None:
    for content, message in ((b"", "is empty"), (b"x" * (MOST_EVIDENCE_BYTES + 1), "is larger than 10485760 bytes")):
        with pytest.raises(ConfigError, match=message):
            services.enter(EntryKind.VALUE, VALUE, evidence=GivenFile(name="a", content=content))
    services.enter(EntryKind.VALUE, VALUE, evidence=SCAN)
    services.enter(EntryKind.FACT, FACT, evidence=GivenFile(name="../../etc/копия.pdf", content=SCAN.content))
    kept = [one.evidence for one in services.store.entries()]
    assert [one.name for one in kept if one is not None] == ["приказ.pdf", "копия.pdf"]
    with services.store.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM evidence_file")).scalar_one() == 1


def test_there_is_nothing_to_take_back_where_nothing_stands(services: Services) -> None:
    with pytest.raises(NotFoundError, match="nothing stands about 'activity-1 2020-01-01'"):
        services.take_back(EntryKind.FACT, "activity-1 2020-01-01", document="Письмо")
    services.enter(EntryKind.VALUE, VALUE)
    with pytest.raises(ConfigError, match="document: is empty"):
        services.take_back(EntryKind.VALUE, VALUE_SUBJECT, document=" ")


@pytest.mark.parametrize("table", ["entry", "evidence_file"])
def test_the_database_lets_nobody_change_what_was_entered(services: Services, table: str) -> None:
    services.enter(EntryKind.VALUE, VALUE, evidence=SCAN)
    with (
        pytest.raises((NetmonError, DBAPIError), match="append-only"),
        services.store.database.write() as connection,
    ):
        connection.execute(text(f"DELETE FROM {table}"))


def test_a_backup_has_the_entries_and_their_files(services: Services, tmp_path: Path) -> None:
    services.enter(EntryKind.VALUE, VALUE, evidence=SCAN)
    write_backup(services.store.database, tmp_path / "backup.gz", at=NOW)
    with closing(Database(f"sqlite:///{tmp_path / 'restored.db'}")) as restored:
        restore_backup(restored, tmp_path / "backup.gz")
        store = SqlStore(restored)
        assert store.entries() == services.store.entries()
        assert store.evidence(sha256(SCAN.content).hexdigest()) == SCAN.content


def test_no_value_is_entered_for_what_netmon_measures(services: Services) -> None:
    clock = services.clock
    assert isinstance(clock, FakeClock)
    known = services.known()
    assert known.measuring_since is None
    Jobs(services).plan()
    clock.at += timedelta(days=30)
    with pytest.raises(ConfigError, match="netmon measures indicator-1 since 2026-11-2") as raised:
        services.enter(EntryKind.VALUE, {**VALUE, "at": "2026-12-10"})
    assert raised.value.key == "at"
    assert services.enter(EntryKind.VALUE, VALUE) is not None


TABLE = (
    "of;at;numerator;denominator;value_percent;done;document;author_role;evidence\n"
    "indicator-3;31.12.2021;;;40,5;;Отчёт;специалист;scan.pdf\n"
    "activity-1.1.2;2020-09-25;;;;да;Протокол;специалист;N/A\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    CollectorFiles(tmp_path).write()
    (tmp_path / "scan.pdf").write_bytes(SCAN.content)
    (tmp_path / "table.csv").write_bytes(TABLE.encode("cp1251"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_table_is_entered_as_a_whole_or_not_at_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = ["--config", str(folder / "collector.yaml")]
    rows = "value indicator-3 district 2021-12-31\nfact activity-1.1.2 2020-09-25\n"
    for arguments, last in (
        (["table.csv", "--dry-run"], "nothing was entered: a dry run\n"),
        (["table.csv"], "entered 2; 0 stood already\n"),
        (["table.csv"], "entered 0; 2 stood already\n"),
    ):
        assert run(["roadmap", "import", *arguments, *config]) == 0
        assert capsys.readouterr().out == rows + last
    wrong = TABLE + "indicator-3;31.12.2021;;;41;;Отчёт;специалист;\nindicator-9;;;;;;;;nowhere.pdf\n"
    (folder / "wrong.csv").write_text(wrong, encoding="utf-8")
    assert run(["roadmap", "import", "wrong.csv", *config]) == 2
    shown = capsys.readouterr()
    assert shown.out == (
        "line 4: line 2 is about indicator-3 district 2021-12-31 too; keep one of the two\n"
        "line 5: evidence: nowhere.pdf cannot be read (No such file or directory); check the path\n"
    )
    assert shown.err.startswith("netmon-collector: wrong.csv: nothing was imported; line 4: ")
    assert run(["roadmap", "log", *config]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_commands_enter_correct_and_take_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = ["--config", str(folder / "collector.yaml")]
    said = ["--document", "Приказ № 1", "--role", "специалист"]
    fact = ["roadmap", "fact", "result-1.4", "--at", "2020-12-25", *said]
    assert run([*fact, "--quantity", "children=110", "--quantity", "general_schools_percent=6", *config]) == 0
    value = ["roadmap", "value", "indicator-1", "--at", "2019-12-31", "--numerator", "3", "--denominator", "17", *said]
    assert run([*value, "--evidence", "scan.pdf", *config]) == 0
    exempt = ["registry", "exempt", "school-01", "--from", "2026-09-01", "--reason", "ремонт", *said]
    assert run([*exempt, *config]) == 0
    assert run(["roadmap", "take-back", "value", VALUE_SUBJECT, "--document", "Письмо", *config]) == 0
    digest = sha256(SCAN.content).hexdigest()
    assert run(["roadmap", "evidence", digest, "--out", "kept.pdf", *config]) == 0
    assert (folder / "kept.pdf").read_bytes() == SCAN.content
    assert capsys.readouterr().out.splitlines() == [
        "1: fact result-1.4 2020-12-25",
        f"2: value {VALUE_SUBJECT}",
        "3: exemption school-01 2026-09-01 Приказ № 1",
        f"4: took back value {VALUE_SUBJECT}",
        f"kept.pdf: {len(SCAN.content)} bytes",
    ]
    assert run(["roadmap", "evidence", digest, "--out", "kept.pdf", *config]) == 3
    assert run(["roadmap", "evidence", "00", "--out", "other.pdf", *config]) == 2
    assert run(["roadmap", "fact", "result-1.4", "--at", "2020-12-25", "--quantity", "children", *said, *config]) == 2
    assert run(["roadmap", "--at", "2020-12-31", "--lang", "ru", *config]) == 0
    assert "Приказ № 1" in capsys.readouterr().out

"""netmon-collector registry export and import: one table, the file replaced as a whole, the one before kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.commands import run_collector
from tests.support.store import CollectorFiles

NEW = (
    "organisation;organisation_name_ru;external_ids.inn;site;locality;address_ru;line;role;provider;provider_name_ru;"
    "contract_number;rate_mbps;price_rub_month;contract_from\n"
    "0071.10;Школа № 3;007700000001;site-03;town;Адрес;line-03;main;rt;Провайдер;П-1;99,5;4500;01.09.2025\n"
)
CHANGES = "+ providers: rt\n+ organisations: 0071.10\n+ sites: site-03\n+ lines: line-03\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    CollectorFiles(tmp_path).write().rename(tmp_path / "netmon.yaml")
    (tmp_path / "new.csv").write_bytes(NEW.encode("cp1251"))
    return tmp_path


def _lines(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "netmon.db")) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM line")}


def test_a_dry_run_shows_what_would_change_and_changes_nothing(folder: Path) -> None:
    before = (folder / "registry.yaml").read_bytes()
    done = run_collector("registry", "import", "new.csv", "--dry-run", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{CHANGES}nothing was changed: a dry run\n"
    assert (folder / "registry.yaml").read_bytes() == before
    assert not (folder / "netmon.db").exists()


def test_an_import_replaces_the_file_keeps_the_old_one_and_reaches_the_store(folder: Path) -> None:
    before = (folder / "registry.yaml").read_bytes()
    done = run_collector("registry", "import", "new.csv", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(CHANGES)
    [kept] = folder.glob("registry.yaml.*.bak")
    assert kept.read_bytes() == before
    assert _lines(folder) == {"line-01", "line-02", "line-03"}
    assert "line-03\tsite-03\tmain\t0071.10\n" in run_collector("registry", "list", folder=folder).stdout
    again = run_collector("registry", "import", "new.csv", folder=folder)
    assert (again.returncode, again.stdout) == (0, "nothing to change\n")
    assert len(list(folder.glob("registry.yaml*"))) == 2


def test_what_is_exported_is_imported_without_a_change(folder: Path) -> None:
    run_collector("registry", "import", "new.csv", folder=folder)
    exported = run_collector("registry", "export", folder=folder)
    assert (exported.returncode, exported.stderr) == (0, "")
    assert "007700000001" in exported.stdout
    (folder / "all.csv").write_text(exported.stdout, encoding="utf-8")
    done = run_collector("registry", "import", "all.csv", folder=folder)
    assert (done.returncode, done.stdout) == (0, "nothing to change\n")


def test_a_table_with_a_mistake_is_not_imported_in_part(folder: Path) -> None:
    before = (folder / "registry.yaml").read_bytes()
    bad = NEW + "school-01;;;;;;line-03;main;rt;;П-2;fast;x;2026-01-01\n"
    (folder / "bad.csv").write_text(bad, encoding="utf-8")
    done = run_collector("registry", "import", "bad.csv", folder=folder)
    assert done.returncode == 2
    assert done.stdout == ("line 3: rate_mbps: 'fast' is not a number\nline 3: price_rub_month: 'x' is not a number\n")
    assert done.stderr == (
        "netmon-collector: bad.csv: nothing was imported; line 3: rate_mbps: 'fast' is not a number\n"
    )
    assert (folder / "registry.yaml").read_bytes() == before
    assert list(folder.glob("*.bak")) == []


def test_the_registry_that_netmon_ships_is_not_written_to(folder: Path) -> None:
    config = folder / "netmon.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("registry: registry.yaml\n", ""), encoding="utf-8")
    done = run_collector("registry", "import", "new.csv", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("netmon-collector: netmon.yaml: has no registry of its own; write 'registry: FILE'")
    assert done.stderr.count("\n") == 1


def test_a_table_that_cannot_be_read_is_one_line(folder: Path) -> None:
    done = run_collector("registry", "import", "nowhere.csv", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "netmon-collector: nowhere.csv: cannot be read (No such file or directory); "
        "check the path and its permissions\n"
    )

"""The installed command netmon-collector: exit codes, one line for every failure, nothing started by bad input."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from netmon.config.defaults import default_file
from tests.support.invalid_files import FOLDER, expected_message
from tests.support.store import CollectorFiles

COMMAND = str(Path(sys.executable).with_name("netmon-collector"))
_LONG_S = 60


def _run(
    *arguments: str, folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command with no configuration but what is given: not this machine's, not the last demo's."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("NETMON_", "LISTEN_"))}
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env={**clean, "XDG_STATE_HOME": str(folder / "state"), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=_LONG_S,
        check=False,
    )


def _set_schema(folder: Path, revision: str) -> None:
    with closing(sqlite3.connect(folder / "netmon.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a collector's files, its configuration named as commands look for it."""
    CollectorFiles(tmp_path).write().rename(tmp_path / "netmon.yaml")
    return tmp_path


def test_check_config_reads_every_file_and_starts_nothing(folder: Path) -> None:
    done = _run("check-config", folder=folder)
    assert done.returncode == 0
    assert "2 organisations, 2 lines, 1 measurement servers, policy policy-2026-1" in done.stdout
    assert not (folder / "netmon.db").exists()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("registry", "invalid-registry-two-lines-one-id.yaml"),
        ("registry", "invalid-registry-unknown-key.yaml"),
        ("registry", "invalid-registry-locality-unknown.yaml"),
        ("registry", "invalid-registry-overlapping-contracts.yaml"),
        ("registry", "invalid-registry-identifier-unquoted.yaml"),
        ("policy", "invalid-policy-share-text.yaml"),
        ("policy", "invalid-policy-thresholds-overlap.yaml"),
        ("calendar", "invalid-calendar-years-overlap.yaml"),
        ("roadmap", "invalid-roadmap-target-year-missing.yaml"),
        ("roadmap", "invalid-roadmap-identifier-unquoted.yaml"),
    ],
)
def test_a_mistake_in_any_file_is_one_line_and_starts_nothing(folder: Path, kind: str, name: str) -> None:
    config = folder / "netmon.yaml"
    text = re.sub(rf"^{kind}: .*\n", "", config.read_text(encoding="utf-8"), flags=re.MULTILINE)
    config.write_text(f"{text}{kind}: {FOLDER / name}\n", encoding="utf-8")
    done = _run("serve" if kind == "registry" else "check-config", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"netmon-collector: {expected_message(name)}\n"
    assert not (folder / "netmon.db").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["fly"], 2, "No such command 'fly'."),
        ([], 2, "Missing command."),
        (["serve", "--fast"], 2, "No such option: --fast"),
        (["enrolment-code"], 2, "Missing argument 'LINE_ID'."),
        (
            ["enrolment-code", "line-99"],
            2,
            "the registry has no line 'line-99'; netmon-collector registry list shows them",
        ),
        (
            ["serve", "--config", "nowhere.yaml"],
            2,
            "nowhere.yaml: cannot be read (No such file or directory); check the path and its permissions",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line_and_an_exit_code(
    folder: Path, arguments: list[str], code: int, message: str
) -> None:
    done = _run(*arguments, folder=folder)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", f"netmon-collector: {message}\n")


def test_without_a_configuration_every_place_is_named(tmp_path: Path) -> None:
    done = _run("registry", "list", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("netmon-collector: no configuration: none of netmon.yaml, ")
    assert done.stderr.count("\n") == 1


def test_the_environment_names_a_configuration(folder: Path) -> None:
    elsewhere = folder / "elsewhere.yaml"
    (folder / "netmon.yaml").rename(elsewhere)
    done = _run("check-config", folder=folder, environment={"NETMON_CONFIG": str(elsewhere)})
    assert (done.returncode, str(elsewhere) in done.stdout) == (0, True)


def test_an_enrolment_code_is_printed_alone_so_that_programs_can_use_it(folder: Path) -> None:
    done = _run("enrolment-code", "line-01", folder=folder)
    assert done.returncode == 0
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\n", done.stdout)
    assert done.stderr.startswith("for line line-01, once, until ")


def test_the_registry_is_listed_line_by_line(folder: Path) -> None:
    done = _run("registry", "list", folder=folder)
    assert done.stdout == "line-01\tsite-01\tmain\tschool-01\nline-02\tsite-02\tmain\tschool-02\n"


def test_an_old_schema_stops_the_collector_until_it_is_migrated(folder: Path) -> None:
    assert _run("migrate", folder=folder).stdout == (
        "the schema was new, it is current\nnew in force: registry, policy, calendar, roadmap, recipients\n"
    )
    assert _run("migrate", folder=folder).stdout == "the schema was current, it is current\n"
    _set_schema(folder, "9999")
    for command in ("serve", "migrate"):
        done = _run(command, folder=folder)
        assert done.returncode == 3
        assert done.stderr == (
            "netmon-collector: the database's schema is unknown to this netmon; "
            "install the newer one that wrote it, or name another\n"
        )
    _set_schema(folder, "0001")
    done = _run("serve", folder=folder)
    assert done.returncode == 3
    assert done.stderr == "netmon-collector: an older netmon made this database; run netmon-collector migrate\n"


def test_a_calendar_that_ended_is_told_before_it_matters(folder: Path) -> None:
    calendar = yaml.safe_load(default_file("calendar.yaml").read_text(encoding="utf-8"))
    for one in calendar["calendars"]:
        one["school_years"] = one["school_years"][:1]
    (folder / "calendar.yaml").write_text(yaml.safe_dump(calendar, allow_unicode=True), encoding="utf-8")
    with (folder / "netmon.yaml").open("a", encoding="utf-8") as file:
        file.write("calendar: calendar.yaml\n")
    done = _run("check-config", folder=folder)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert f"{folder / 'calendar.yaml'}: the calendar of district does not cover 20" in done.stderr
    assert done.stderr.endswith("; enter the school year\n")


def test_who_only_asks_changes_nothing_and_says_that_the_files_differ(folder: Path) -> None:
    before = _run("registry", "list", folder=folder)
    registry = folder / "registry.yaml"
    registry.write_text(registry.read_text(encoding="utf-8").replace('"line-02"', '"line-03"'), encoding="utf-8")
    for asked in (("registry", "list"), ("judge", "--period", "2026-11"), ("indicator",), ("roadmap",)):
        done = _run(*asked, folder=folder)
        assert done.stderr == (
            "not in force yet: what the files say about registry; "
            "run netmon-collector migrate or restart the collector\n"
        )
    assert _run("enrolment-code", "line-03", folder=folder).returncode == 2
    assert _run("registry", "list", folder=folder).stdout == before.stdout
    assert _run("migrate", folder=folder).stdout.endswith("new in force: registry\n")
    after = _run("registry", "list", folder=folder)
    assert (after.stdout, after.stderr) == (before.stdout.replace("line-02", "line-03"), "")


def test_a_database_that_cannot_be_used_is_said_in_one_line(folder: Path) -> None:
    (folder / "netmon.db").write_bytes(b"this is no database, and it is long enough to be looked at as one" * 20)
    done = _run("serve", folder=folder)
    assert done.returncode == 3
    assert done.stderr == "netmon-collector: the database cannot be used: file is not a database\n"


def test_the_version_is_shown(folder: Path) -> None:
    done = _run("--version", folder=folder)
    assert re.fullmatch(r"netmon-collector \d+\.\d+\.\d+\n", done.stdout)

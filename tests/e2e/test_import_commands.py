"""netmon-collector import: what is shown, stored once, refused with its line; exit codes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.commands import run_collector
from tests.support.store import CollectorFiles

SPEEDTEST = """\
Server ID,Sponsor,Server Name,Timestamp,Distance,Ping,Download,Upload,Share,IP Address
1234,Provider,Town,2025-11-20T07:00:00.000000Z,5.1,12.5,93460000.25,45100000.5,,192.0.2.7
1234,Provider,Town,2025-11-20T08:00:00.000000Z,5.1,12.5,0,45100000.5,,192.0.2.7
1234,Provider,Town,2025-11-20T09:00:00.000000Z,5.1,12.5,N/A,45100000.5,,192.0.2.7
"""
UNDERSTOOD = """\
speedtest-cli, UTF-8, comma, times without a zone in Europe/Moscow
line 2: 2025-11-20 10:00:00+03:00  download 93.46 Mbit/s  upload 45.10 Mbit/s
line 4: 2025-11-20 12:00:00+03:00  upload 45.10 Mbit/s
refused: line 3: download: 0 is zero: a measurement that failed is left empty
2 lines understood, 1 refused
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    CollectorFiles(tmp_path).write().rename(tmp_path / "netmon.yaml")
    (tmp_path / "speedtest.csv").write_text(SPEEDTEST, encoding="utf-8")
    return tmp_path


def _stored(folder: Path) -> list[tuple[str, str, int, str]]:
    with closing(sqlite3.connect(folder / "netmon.db")) as connection:
        wanted = "SELECT line_id, direction, rate_bps, receipt FROM measurement ORDER BY filed_at, direction"
        return list(connection.execute(wanted))


def test_a_dry_run_shows_the_first_rows_as_understood_and_stores_nothing(folder: Path) -> None:
    done = run_collector("import", "speedtest.csv", "--line", "line-01", "--dry-run", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{UNDERSTOOD}nothing was stored: a dry run\n"
    assert _stored(folder) == []


def test_good_lines_are_kept_bad_ones_said_and_the_same_file_again_stores_nothing(folder: Path) -> None:
    done = run_collector("import", "speedtest.csv", "--line", "line-01", folder=folder)
    assert (done.returncode, done.stdout) == (0, f"{UNDERSTOOD}stored 3 measurements; 0 were there already\n")
    again = run_collector("import", "speedtest.csv", "--line", "line-01", folder=folder)
    assert (again.returncode, again.stdout) == (0, f"{UNDERSTOOD}stored 0 measurements; 3 were there already\n")
    assert _stored(folder) == [
        ("line-01", "down", 93_460_000, "receipt_absent"),
        ("line-01", "up", 45_100_000, "receipt_absent"),
        ("line-01", "up", 45_100_000, "receipt_absent"),
    ]


def test_any_table_is_imported_by_mapping_unit_zone_and_delimiter(folder: Path) -> None:
    (folder / "table.csv").write_bytes("Дата|Скорость\n20.11.2025 10:00|93,46\n".encode("cp1251"))
    options = ["--map", "timestamp=1,download=2", "--unit", "Mbit/s", "--time-zone", "Asia/Yekaterinburg"]
    options += ["--delimiter", "|"]
    done = run_collector("import", "table.csv", "--line", "line-02", *options, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "table, Windows-1251, |, times without a zone in Asia/Yekaterinburg\n" in done.stdout
    assert "line 2: 2025-11-20 08:00:00+03:00  download 93.46 Mbit/s\n" in done.stdout
    assert _stored(folder) == [("line-02", "down", 93_460_000, "receipt_absent")]


def test_a_table_without_a_heading_is_imported(folder: Path) -> None:
    (folder / "table.csv").write_text("2025-11-20 10:00;93,46\n", encoding="utf-8")
    options = ["--map", "timestamp=1,download=2", "--unit", "Mbit/s", "--no-header"]
    done = run_collector("import", "table.csv", "--line", "line-02", *options, folder=folder)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "stored 1 measurements; 0 were there already")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["speedtest.csv"], "Missing option '--line'."),
        (
            ["speedtest.csv", "--line", "line-99"],
            "the registry has no line 'line-99'; netmon-collector registry list shows them",
        ),
        (
            ["nowhere.csv", "--line", "line-01"],
            "nowhere.csv: cannot be read (No such file or directory); check the path and its permissions",
        ),
        (
            ["speedtest.csv", "--line", "line-01", "--time-zone", "Moscow"],
            "--time-zone: 'Moscow' is no time zone; write one such as Europe/Moscow",
        ),
        (
            ["speedtest.csv", "--line", "line-01", "--map", "speed=1"],
            "--map: 'speed=1' is unknown; write timestamp=N, download=N, upload=N, server=N",
        ),
        (
            ["speedtest.csv", "--line", "line-01", "--delimiter", "::"],
            "--delimiter: '::' is no delimiter; write one character, or tab",
        ),
        (
            ["binary.csv", "--line", "line-01"],
            "binary.csv: is neither UTF-8 nor Windows-1251 text; save it as CSV in UTF-8",
        ),
        (["empty.csv", "--line", "line-01"], "empty.csv: is empty; nothing to import"),
        (
            ["other.csv", "--line", "line-01"],
            "other.csv: is no table of speedtest-cli, Ookla's CLI or netmon; "
            "say --map timestamp=1,download=2 and --unit",
        ),
        (
            ["bad.csv", "--line", "line-01"],
            "bad.csv: has no line that can be used; line 2: download: 200000000000 bit/s is above 100 Gb/s: "
            "is the unit right?",
        ),
    ],
)
def test_what_cannot_be_imported_is_one_line_and_exit_code_2(folder: Path, arguments: list[str], message: str) -> None:
    (folder / "binary.csv").write_bytes(b"PK\x03\x04\x14\x00\x06\x00")
    (folder / "empty.csv").write_bytes(b"")
    (folder / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    heading, row, *_ = SPEEDTEST.splitlines()
    (folder / "bad.csv").write_text(f"{heading}\n{row.replace('93460000.25', '200000000000')}\n", encoding="utf-8")
    done = run_collector("import", *arguments, folder=folder)
    assert (done.returncode, done.stderr) == (2, f"netmon-collector: {message}\n")
    if (folder / "netmon.db").exists():
        assert _stored(folder) == []

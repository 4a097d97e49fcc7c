"""Import: the tables that are known, any other by mapping; bad lines are said, good ones kept, nothing decides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from netmon.domain.audit import AuditKind, Change
from netmon.domain.measurement import Direction, Measurement, Reason, ReceiptState, ResultKind
from netmon_collector.errors import TableError
from netmon_collector.ports import ImportedMeasurement
from netmon_collector.use_cases.import_cells import Unit
from netmon_collector.use_cases.import_layouts import Column
from netmon_collector.use_cases.import_rows import ImportOptions
from netmon_collector.use_cases.importing import Understood, store_imported, understand
from netmon_collector.web.api.tables import measurements_csv
from tests.support.domain import LINE, MEGABIT, a_measurement

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPTIONS = ImportOptions(line=LINE, zone=ZoneInfo("Europe/Moscow"))
HEADING = "Server ID,Sponsor,Server Name,Timestamp,Distance,Ping,Download,Upload,Share,IP Address"
ROW = "1234,Провайдер,Город,2026-11-20T07:00:00.000000Z,5.1,12.5,93460000.25,45100000.5,,192.0.2.7"
OOKLA = (
    '"server name","server id","idle latency","idle jitter","packet loss","download","upload","download bytes",'
    '"upload bytes","share url"'
)
OOKLA_ROW = '"Provider - Town","1234","5.1","0.2","0","11682500","5637500","93460000","45100000",""'


def _understand(text: str | bytes, options: ImportOptions = OPTIONS) -> Understood:
    return understand(text.encode() if isinstance(text, str) else text, options, now=NOW)


def _rates(found: Understood) -> list[tuple[Direction, int | None]]:
    return [(one.direction, one.rate_bps) for one in found.measurements]


BOTH = [(Direction.DOWN, 93_460_000), (Direction.UP, 45_100_000)]


@pytest.mark.parametrize("text", [f"{HEADING}\n{ROW}\n", f"{ROW}\n", f"\ufeff{HEADING}\r\n{ROW}\r\n"])
def test_speedtest_clis_table_is_known_with_and_without_its_heading(text: str) -> None:
    found = _understand(text)
    assert found.layout == "speedtest-cli"
    assert _rates(found) == BOTH
    assert {one.started_at for one in found.measurements} == {datetime(2026, 11, 20, 7, tzinfo=UTC)}
    assert {(one.server, one.method) for one in found.measurements} == {("1234", "imported:speedtest-cli")}


def test_the_eight_columns_of_older_speedtest_clis_are_known() -> None:
    assert _rates(_understand(ROW.rsplit(",", 2)[0] + "\n")) == BOTH


def test_ooklas_table_has_bytes_per_second_and_needs_a_time() -> None:
    with pytest.raises(TableError, match="has no column with the time of the measurements; say --map timestamp=N"):
        _understand(f"{OOKLA}\n{OOKLA_ROW}\n")
    found = _understand(f'"timestamp",{OOKLA}\n"2026-11-20 10:00:00",{OOKLA_ROW}\n')
    assert (found.layout, _rates(found)) == ("ookla", BOTH)
    named = replace(OPTIONS, mapping={Column.TIMESTAMP: "1"})
    assert _rates(_understand(f'"taken",{OOKLA}\n"2026-11-20 10:00:00",{OOKLA_ROW}\n', named)) == BOTH


def test_any_table_is_read_by_its_mapping_unit_and_zone() -> None:
    options = replace(
        OPTIONS,
        zone=ZoneInfo("Asia/Yekaterinburg"),
        mapping={Column.TIMESTAMP: "дата", Column.DOWNLOAD: "3"},
        unit=Unit.MEGABIT,
    )
    found = _understand("Школа;Дата;Скорость\nШкола 1;20.11.2026 10:00;93,46\n".encode("cp1251"), options)
    assert (found.layout, found.table.encoding, _rates(found)) == ("table", "Windows-1251", BOTH[:1])
    assert next(found.measurements).started_at == datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize("has_heading", [True, False])
def test_a_first_line_that_is_a_measurement_is_no_heading(has_heading: bool) -> None:
    options = replace(
        OPTIONS,
        mapping={Column.TIMESTAMP: "1", Column.DOWNLOAD: "2"},
        unit=Unit.MEGABIT,
        has_heading=has_heading,
    )
    assert len(_understand("2026-11-20 10:00,93\n2026-11-20 11:00,94\n", options).lines) == 2


@pytest.mark.parametrize(
    ("mapping", "unit", "why"),
    [
        ({}, None, "is no table of speedtest-cli, Ookla's CLI or netmon; say --map timestamp=1,download=2 and --unit"),
        ({Column.DOWNLOAD: "2"}, Unit.BIT, "has no column with the time"),
        ({Column.TIMESTAMP: "1"}, Unit.BIT, "has no column with a rate; say --map download=N or upload=N"),
        ({Column.TIMESTAMP: "1", Column.DOWNLOAD: "2"}, None, "say --unit bit/s, bytes/s or Mbit/s"),
        ({Column.TIMESTAMP: "1", Column.DOWNLOAD: "3"}, Unit.BIT, "has no column 3: its first line has 2"),
        ({Column.TIMESTAMP: "0", Column.DOWNLOAD: "2"}, Unit.BIT, "has no column 0"),
        ({Column.TIMESTAMP: "when", Column.DOWNLOAD: "2"}, Unit.BIT, "has no column 'when' in its heading"),
    ],
)
def test_a_table_that_is_not_described_enough_is_refused(
    mapping: dict[Column, str], unit: Unit | None, why: str
) -> None:
    with pytest.raises(TableError, match=why):
        _understand("time,down\n2026-11-20 10:00,93\n", replace(OPTIONS, mapping=mapping, unit=unit))


def test_bad_lines_are_listed_with_their_numbers_and_good_ones_are_kept() -> None:
    def row(down: str, up: str = "1000000", at: str = "2026-11-20T07:00:00Z") -> str:
        return f"1,a,b,{at},1,1,{down},{up},,"

    rows = [row("93460000.25"), row("0"), row("-1"), row("2e11"), row("fast"), row("N/A", "N/A"), row("1", at="soon")]
    found = _understand("\n".join([HEADING, *rows, "Cannot retrieve speedtest configuration", row("N/A"), row("")]))
    assert [(one.line, one.text) for one in found.refused] == [
        (3, "download: 0 is zero: a measurement that failed is left empty"),
        (4, "download: -1 is negative"),
        (5, "download: 2e11 bit/s is above 100 Gb/s: is the unit right?"),
        (6, "download: 'fast' is not a number"),
        (7, "has no rate: nothing was measured"),
        (8, "'soon' is not a time; write 2026-11-23 10:00:00 or 23.11.2026 10:00"),
        (9, "has 1 cells where the first line has 10"),
    ]
    assert [(line.line, len(line.measurements)) for line in found.lines] == [(2, 2), (10, 1), (11, 1)]


def test_decimal_commas_that_were_not_quoted_are_refused_and_not_guessed() -> None:
    options = replace(OPTIONS, mapping={Column.TIMESTAMP: "1", Column.DOWNLOAD: "2"}, unit=Unit.MEGABIT)
    found = _understand("time,down\n2026-11-20 10:00,93,46\n2026-11-20 11:00,94\n", options)
    assert [one.text for one in found.refused] == ["has 3 cells where the first line has 2"]


def test_an_hour_that_came_twice_is_kept_and_noted() -> None:
    options = replace(
        OPTIONS,
        zone=ZoneInfo("Europe/Berlin"),
        mapping={Column.TIMESTAMP: "1", Column.DOWNLOAD: "2"},
        unit=Unit.MEGABIT,
    )
    found = _understand("time,down\n2025-10-26 02:30,93\n2026-03-29 02:30,94\n", options)
    assert [(one.line, "came twice" in one.text) for one in found.notes] == [(2, True)]
    assert [(one.line, "does not exist" in one.text) for one in found.refused] == [(3, True)]


def test_what_was_imported_never_decides() -> None:
    for one in _understand(f"{HEADING}\n{ROW}\n").measurements:
        assert (one.slot, one.receipt, one.time_trusted) == (None, ReceiptState.ABSENT, False)
        assert (one.decision, one.kind) == (None, ResultKind.RATE)


def test_netmons_own_table_comes_back_without_slot_and_receipt() -> None:
    none = replace(
        a_measurement(),
        kind=ResultKind.NONE,
        reason=Reason.SERVER_BUSY,
        rate_bps=None,
        goodput_bps=None,
        decision=None,
    )
    originals = [a_measurement(), none]
    found = list(_understand(measurements_csv(originals)).measurements)
    assert found == [
        replace(
            one,
            line=LINE,
            slot=None,
            method=f"imported:{one.method}",
            receipt=ReceiptState.ABSENT,
            time_trusted=False,
        )
        for one in originals
    ]


def test_a_unit_beside_netmons_own_table_is_a_contradiction() -> None:
    with pytest.raises(TableError, match="leave --unit out"):
        _understand(measurements_csv([a_measurement()]), replace(OPTIONS, unit=Unit.BYTE))


class _Store:
    """Keeps what is new, as the real one does."""

    def __init__(self) -> None:
        self.rows: dict[int, Measurement] = {}
        self.changes: list[Change] = []

    def add_imported(self, rows: Sequence[ImportedMeasurement], change: Change) -> int:
        new = {row.number: row.measurement for row in rows if row.number not in self.rows}
        self.rows |= new
        self.changes.append(change)
        return len(new)


def test_the_same_rows_are_stored_once_whatever_file_they_come_in() -> None:
    store = _Store()

    def stored(text: str) -> int:
        return store_imported(_understand(text), data=text.encode(), name="a.csv", store=store, at=NOW)

    assert stored(f"{HEADING}\n{ROW}\n{ROW}\n") == 2
    assert stored(f"{ROW}\n") == 0
    assert stored(f"{ROW.replace('93460000', str(50 * MEGABIT))}\n") == 1
    assert {(one.kind, one.subject, one.document) for one in store.changes} == {(AuditKind.IMPORT, LINE, "a.csv")}

"""Questions about months and years from the day aggregates of a whole country."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, text

from benchmarks.store.figures import median
from benchmarks.store.ingest import engine
from netmon.domain.identifiers import LineId
from netmon_collector.storage.day_tables import line_day
from netmon_collector.storage.store import SqlStore
from tests.support.store import NOW, a_new_store

_FIRST = date(2026, 1, 1)
_SCHOOL_DAYS = 21  # of a month
_REGION = 1200  # lines of a region: a country of 100,000 has some ninety
_REPEATS = 9
_CHUNK = 20_000


def measure(name: str, lines: int, months: Sequence[int]) -> Mapping[str, Any]:
    """Medians in milliseconds, with so many months of history behind."""
    found: dict[str, Any] = {"lines": lines}
    with tempfile.TemporaryDirectory() as temporary, engine(name, Path(temporary)) as (url, _):
        store = a_new_store(url)
        filled = 0
        for count in sorted(months):
            while filled < count:
                _fill_month(store, lines, filled)
                filled += 1
            _settle(store)
            found |= {f"{key}_ms_of_{count}_months": value for key, value in _ask(store, lines).items()}
        store.database.close()
    return found


def _line(number: int) -> LineId:
    return LineId(f"line-{number:06d}")


def _days(month: int) -> list[date]:
    return [_FIRST + timedelta(days=30 * month + number) for number in range(_SCHOOL_DAYS)]


def _fill_month(store: SqlStore, lines: int, month: int) -> None:
    """A school month of every line, as the job would have left it."""
    fixed: dict[str, Any] = {
        "line_down": 0,
        "excluded": 2,
        "excluded_by_reason": '{"undecided": 2}',
        "working_s": 36_000.0,
        "up_s": 35_900.0,
        "down_s": 100.0,
        "median_bps": 95_000_000,
        "computed_at": NOW,
    }
    for day in _days(month):
        for first in range(0, lines, _CHUNK):
            rows = [
                {
                    "line_id": _line(number),
                    "day": day,
                    "passed": 9 - number % 3,
                    "failed": number % 3,
                    "strict_passed": 8,
                    "input_hash": f"{number:032x}{day:%Y%m%d}",
                    **fixed,
                }
                for number in range(first, min(lines, first + _CHUNK))
            ]
            with store.database.write() as connection:
                _insert(connection, rows)


def _insert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """As fast as the engine takes it: this is not what is measured."""
    if connection.dialect.name == "sqlite":
        connection.execute(insert(line_day), list(rows))
        return
    names = [column.name for column in line_day.columns]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY line_day ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def _settle(store: SqlStore) -> None:
    with store.database.engine.connect() as connection:
        if store.database.is_embedded:
            connection.execute(text("ANALYZE"))
        else:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE line_day"))


def _ask(store: SqlStore, lines: int) -> Mapping[str, float]:
    region = [_line(number) for number in range(lines // 2, min(lines, lines // 2 + _REGION))]
    one, month, year = [region[len(region) // 2]], _days(0), (_FIRST, _FIRST + timedelta(days=365))
    return {
        "regions_month": _timed(lambda: store.day_totals(region, month[0], month[-1])),
        "regions_year": _timed(lambda: store.day_totals(region, *year)),
        "lines_month": _timed(lambda: store.day_totals(one, month[0], month[-1])),
        "lines_days": _timed(lambda: store.day_hashes(one[0], month[0], month[-1])),
    }


def _timed(ask: Callable[[], object]) -> float:
    def once() -> float:
        started = time.perf_counter()
        assert ask()
        return (time.perf_counter() - started) * 1000

    return round(median([once() for _ in range(_REPEATS)]), 2)

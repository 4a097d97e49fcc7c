"""Ingest through a whole collector, beside the same rows in bare batches into the same engine."""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select

from benchmarks.store.reports import Fleet, requests
from netmon_collector.storage.database import Database
from netmon_collector.storage.evidence_tables import measurement, record, slot_report
from netmon_collector.storage.store import SqlStore
from tests.support.postgres import a_cluster
from tests.support.reporting import CollectorProcess, collector_processes, stored
from tests.support.store import a_new_store

_BATCH = 500
_TABLES = (record, measurement, slot_report)
Figures = Mapping[str, Any]


@contextmanager
def engine(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    """The URLs of two empty databases of an engine, as durable as in production."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'collector.db'}", f"sqlite:///{folder / 'bare.db'}"
        return
    with a_cluster("shared_buffers=256MB", "max_wal_size=2GB") as cluster:
        yield cluster.new_database(), cluster.new_database()


@dataclass(frozen=True, slots=True)
class Load:
    """A load generator's share: which requests, over how many connections, how eagerly."""

    requests: Sequence[bytes]
    connections: int
    pause_s: float = 0.0


def send(collector: CollectorProcess, loads: Sequence[Load], folder: Path, *, seconds: float = 600) -> list[Figures]:
    """Let the generators go at the same time; what each got."""
    with ExitStack() as stack:
        running = []
        for number, load in enumerate(loads):
            file = folder / f"load{number}"
            file.write_bytes(pickle.dumps(list(load.requests)))
            options = [str(collector.port), str(file), str(load.connections), str(load.pause_s), str(seconds)]
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.store.load", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            running.append(stack.enter_context(process))
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(process.communicate()[0]) for process in running]


def measure(name: str, fleet: Fleet, reports: int, connections: int) -> Figures:
    """Reports of two records, as fast as they are answered; then their rows, bare."""
    with tempfile.TemporaryDirectory() as temporary, engine(name, Path(temporary)) as (url, bare_url):
        folder = Path(temporary)
        store = a_new_store(url)
        fleet.enrol(store)
        with collector_processes(folder, url) as (collector,):
            send(collector, [Load(requests(fleet, 200, first=fleet.count // 2), 4)], folder)  # warm
            before = stored(store)[1]
            cpu = collector.cpu_s()
            (found,) = send(collector, [Load(requests(fleet, reports, agents=fleet.count // 2), connections)], folder)
            cpu = collector.cpu_s() - cpu
        keys, records, measurements = stored(store)
        rows = _rows(store)
        bare_s = _bare(bare_url, rows)
        store.database.close()
    new = records - before
    per_report = sum(map(len, rows.values())) / (records / 2)
    rows_per_s = new / 2 * per_report / found["took_s"]
    bare_per_s = sum(map(len, rows.values())) / bare_s
    return {
        **found,
        "reports_per_s": found["requests"] / found["took_s"],
        "collector_cpu_s": cpu,
        "lost": found["stored"] - new,
        "doubled": records - len(keys) + measurements - records // 2,
        "rows_per_s": rows_per_s,
        "bare_rows_per_s": bare_per_s,
        "ratio": rows_per_s / bare_per_s,
    }


def _rows(store: SqlStore) -> Mapping[Table, list[dict[str, Any]]]:
    with store.database.read() as connection:
        return {table: [dict(row) for row in connection.execute(select(table)).mappings()] for table in _TABLES}


def _bare(url: str, rows: Mapping[Table, list[dict[str, Any]]]) -> float:
    """Seconds for the rows in batches of one table each, a transaction a batch, with nothing around them."""
    store = a_new_store(url)
    database: Database = store.database
    started = time.perf_counter()
    for table, of_table in rows.items():
        for number in range(0, len(of_table), _BATCH):
            with database.write() as connection:
                connection.execute(insert(table), of_table[number : number + _BATCH])
    took = time.perf_counter() - started
    database.close()
    return took


def measure_backfill(name: str, fleet: Fleet, seconds: float) -> Figures:
    """The many at a steady pace, alone and then while one in twenty brings a hundred records at a time."""
    many, few = fleet.count * 19 // 20, fleet.count // 20
    with tempfile.TemporaryDirectory() as temporary, engine(name, Path(temporary)) as (url, _):
        folder = Path(temporary)
        store = a_new_store(url)
        fleet.enrol(store)
        with collector_processes(folder, url) as (collector,):
            steady = requests(fleet, 6000, agents=many)
            pace = Load(steady[:2000], 19, pause_s=0.2)
            send(collector, [Load(steady[5900:], 4)], folder)
            (alone,) = send(collector, [pace], folder, seconds=seconds)
            bulk = Load(requests(fleet, 400, per_report=100, first=many, agents=few), 1)
            beside, backfill = send(
                collector, [Load(steady[2000:4000], 19, pause_s=0.2), bulk], folder, seconds=seconds
            )
        store.database.close()
    return {
        "alone_p50_ms": alone["p50_ms"],
        "alone_p99_ms": alone["p99_ms"],
        "beside_p50_ms": beside["p50_ms"],
        "beside_p99_ms": beside["p99_ms"],
        "p99_ratio": beside["p99_ms"] / alone["p99_ms"],
        "backfill_records_per_s": backfill["stored"] / backfill["took_s"],
        "statuses": beside["statuses"] | {f"backfill {key}": value for key, value in backfill["statuses"].items()},
    }

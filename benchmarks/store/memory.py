"""What a collector holds in memory when its database knows very many agents."""

import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.store.ingest import Load, engine, send
from benchmarks.store.reports import Fleet, a_fleet, requests
from netmon_collector.storage.evidence_tables import agent, binding
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.enrolment import token_hash
from tests.support.reporting import collector_processes
from tests.support.store import a_new_store

_CHUNK = 5000
_REPORTS = 12_000  # each of another agent: more than any table in memory keeps


def measure(name: str, known: int) -> Mapping[str, Any]:
    """Resident megabytes after the start and after reports of many of them."""
    fleet = a_fleet(known)
    with tempfile.TemporaryDirectory() as temporary, engine(name, Path(temporary)) as (url, _):
        folder = Path(temporary)
        store = a_new_store(url)
        _enrol(store, fleet)
        store.database.close()
        with collector_processes(folder, url) as (collector,):
            started = collector.resident_bytes()
            (sent,) = send(collector, [Load(requests(fleet, min(known, _REPORTS)), 32)], folder)
            after = collector.resident_bytes()
    return {"known": known, "started_mb": started / 1e6, "after_mb": after / 1e6, "statuses": sent["statuses"]}


def _enrol(store: SqlStore, fleet: Fleet) -> None:
    since = fleet.since - timedelta(days=1)
    for first in range(0, fleet.count, _CHUNK):
        numbers = range(first, min(fleet.count, first + _CHUNK))
        agents = [
            {
                "id": fleet.agent(one),
                "token_hash": token_hash(f"token {one}"),
                "software": "bench",
                "enrolled_at": since,
            }
            for one in numbers
        ]
        bindings = [{"agent_id": fleet.agent(one), "since": since, "line_id": fleet.line(one)} for one in numbers]
        with store.database.write() as connection:
            connection.execute(insert(agent), agents)
            connection.execute(insert(binding), bindings)

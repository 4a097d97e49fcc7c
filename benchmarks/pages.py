"""Pages: how long each takes beside the health check of the same collector, what it weighs, and the collector's memory.

A district of 17 organisations with so many weeks of history, then a territory with so many organisations, whose lines
were planned and measured for a week.
"""

import argparse
import gzip
import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from netmon.domain.identifiers import LineId
from netmon_collector.app import open_services
from netmon_collector.jobs import Jobs
from netmon_collector.services import Services
from netmon_collector.storage.evidence_tables import measurement
from netmon_collector.storage.records import measurement_row
from netmon_collector.web.server import open_socket
from tests.support.collector import RunningCollector, serving
from tests.support.domain import a_measurement
from tests.support.running_district import a_running_district
from tests.support.store import NOW, CollectorFiles, FakeClock

_REPEATS = 15
_WEEK = timedelta(days=7)
_CHUNK = 5_000
_DISTRICT = ("", "organisations/", "organisations/school-01/", "providers/", "lines/line-03/", "fleet/", "roadmap/")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="make bench-pages", description=__doc__)
    parser.add_argument("--weeks", type=int, default=40)
    parser.add_argument("--organisations", type=int, default=1000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary, a_running_district(Path(temporary), weeks=options.weeks) as found:
        _measure(found, f"{options.weeks} weeks of 17 organisations", _DISTRICT)
    _many(options.organisations)


def _many(number: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        config = CollectorFiles(Path(temporary)).write(registry=_registry(number))
        clock = FakeClock(NOW)
        with open_services(config, clock) as services:
            Jobs(services).plan()
            _fill(services, number)
            clock.go_on(_WEEK.total_seconds())
            Jobs(services).aggregate()
            listening = open_socket("127.0.0.1", 0)
            with serving(services, [listening]):
                found = RunningCollector(services, clock, listening.getsockname()[1])
                pages = ("", "organisations/", "organisations/school-0001/", "providers/", "lines/line-0001/", "fleet/")
                _measure(found, f"a week of {number} organisations", pages)


def _registry(number: int) -> str:
    """One town; a school and a line in each building; two providers."""
    rows = [
        "version: 1",
        "territories:",
        '  - {id: "district", kind: district, name: {ru: "Район", en: "District"}, time_zone: Europe/Moscow}',
        "localities:",
        '  - {id: "town", territory: "district", name: {ru: "Город", en: "Town"}, types: [{type: rural}]}',
        "providers:",
        *(f'  - {{id: "provider-{one}", name: {{ru: "Провайдер {one}", en: "Provider {one}"}}}}' for one in "ab"),
        "organisations:",
    ]
    names = [f"{one:04}" for one in range(1, number + 1)]
    rows += [
        f'  - {{id: "school-{one}", territory: "district", name: {{ru: "Школа {one}", en: "School {one}"}}}}'
        for one in names
    ]
    rows.append("sites:")
    for one in names:
        contract = f'{{provider: "provider-{"ab"[int(one) % 2]}", number: "{one}", rate_mbps: 100, from: 2025-01-01}}'
        rows += [
            f'  - id: "site-{one}"',
            '    locality: "town"',
            f'    address: {{ru: "Школьная ул., д. {one}", en: "School street {one}"}}',
            f'    organisations: [{{id: "school-{one}"}}]',
            "    lines:",
            f'      - id: "line-{one}"',
            "        role: main",
            f"        contracts: [{contract}]",
        ]
    return "\n".join(rows) + "\n"


def _fill(services: Services, number: int) -> None:
    """A measurement in every slot of a week; every fifth line is slow."""
    lines = [LineId(f"line-{one:04}") for one in range(1, number + 1)]
    slots = services.store.slots(lines, NOW, NOW + _WEEK)
    rows = [
        {
            "line_id": slot.line,
            "agent_id": f"agent-{slot.line}",
            "stream": "main",
            "sequence": place,
            **measurement_row(a_measurement(slot, mbps=30 if int(slot.line[-4:]) % 5 == 0 else 90), slot.starts_at),
        }
        for place, slot in enumerate(slots, start=1)
    ]
    with services.store.database.write() as connection:
        for first in range(0, len(rows), _CHUNK):
            connection.execute(insert(measurement), rows[first : first + _CHUNK])
    _print(what=f"{number} organisations", measurements=len(rows))


def _measure(collector: RunningCollector, what: str, pages: Sequence[str]) -> None:
    port = collector.port
    _, alone, _ = _times(port, "healthz")
    _print(what=what, page="healthz", median_ms=alone, load=os.getloadavg()[0], rss_mb=_rss_mb())
    for page in pages:
        first, median, body = _times(port, page)
        packed = len(gzip.compress(body))
        _print(
            page=f"/{page}",
            first_ms=first,
            median_ms=median,
            beside_healthz=median / alone,
            kb=len(body) / 1000,
            packed_kb=packed / 1000,
        )
    _print(what=what, page="afterwards", rss_mb=_rss_mb())


def _times(port: int, page: str) -> tuple[float, float, bytes]:
    """Milliseconds of the first request and of the median of the others, and what came."""
    took: list[float] = []
    body = b""
    for _ in range(_REPEATS + 1):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
            started = time.perf_counter()
            connection.request("GET", f"/{page}")
            answer = connection.getresponse()
            body = answer.read()
            took.append((time.perf_counter() - started) * 1000)
            if answer.status != http.HTTPStatus.OK:
                raise RuntimeError(f"/{page} answers {answer.status}")
    return took[0], sorted(took[1:])[_REPEATS // 2], body


def _rss_mb() -> float:
    """Of this process: the collector, and what the benchmark itself holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _print(**figures: object) -> None:
    shown = {key: round(value, 2) if isinstance(value, float) else value for key, value in figures.items()}
    sys.stdout.write(json.dumps(shown) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

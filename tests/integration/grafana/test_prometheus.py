"""Rules by promtool; every live panel on a real Prometheus that scrapes what the services really show."""

import json
import re
import socket
import subprocess
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.measurement import Direction, Mode, Reason
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.exposition import IngestState, LineState, MetricsState, render
from netmon_collector.measurement_server import metrics as server_metrics
from netmon_collector.use_cases.mail_queue import MailCounts
from tests.support.grafana import FOLDER, filled_promql, target, targets
from tests.support.waiting import wait_until
from tests.support.wire import a_receipt

RULES = FOLDER / "prometheus"
COVERAGE = Coverage(
    territory=TerritoryId("district"),
    at=date(2026, 11, 23),
    numerator=9,
    upper_numerator=12,
    denominator=17,
    target_percent=88,
    organisations=(),
)


def _promtool(*arguments: str) -> str:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.needs("promtool")
def test_promtool_takes_the_configuration_and_its_rules() -> None:
    _promtool("check", "config", str(RULES / "prometheus.yml"))
    _promtool("check", "rules", *map(str, sorted((RULES / "rules").glob("*.yml"))))


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("name", ["lines", "days", "services"])
def test_rules_fire_when_they_should_and_not_before(name: str) -> None:
    _promtool("test", "rules", str(RULES / "tests" / f"{name}.yml"))


def _collector_page() -> bytes:
    """Two lines: one well, one below its limit and silent for two hours."""
    now = datetime.now(UTC)
    well = LineState(
        line=LineId("line-01"),
        territory=TerritoryId("district"),
        up=True,
        outcome=VerdictOutcome.COMPLIANT,
        rate_bps=140_000_000,
        threshold_bps=100_000_000,
        limit_bps=95_000_000,
        last_seen=now,
    )
    silent = LineState(
        line=LineId("line-02"),
        territory=TerritoryId("district"),
        up=False,
        outcome=VerdictOutcome.NON_COMPLIANT,
        rate_bps=40_000_000,
        threshold_bps=100_000_000,
        limit_bps=95_000_000,
        last_seen=now - timedelta(hours=2),
    )
    done = {"planning": now - timedelta(minutes=5), "closing district": now}
    state = MetricsState(
        coverages=[COVERAGE],
        lines=[well, silent],
        ingest=IngestState(),
        version="0.1",
        jobs_done=done,
        mails=MailCounts(states={}, oldest=now, possibly_doubled=0),
    )
    return render(state)


def _server_page() -> bytes:
    """A server half of whose budget is in use, which counted a session and a refusal."""
    counts = server_metrics.Counts()
    counts.finished(a_receipt(direction=Direction.DOWN, mode=Mode.ESTIMATE))
    counts.refused(Reason.SERVER_BUSY)
    gauges: list[server_metrics.Sample] = [
        ("netmon_server_sessions_running", "gauge", "", 2.0),
        ("netmon_server_budget_bits_per_second", "gauge", "", 500e6),
        ("netmon_server_budget_in_use_bits_per_second", "gauge", "", 250e6),
        ("netmon_server_clock_synchronised", "gauge", "", 1.0),
        ("netmon_server_accept_failures_total", "counter", "", 0.0),
    ]
    return server_metrics.render([*gauges, *counts.samples()]).encode()


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = _collector_page() if self.path == "/collector" else _server_page()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Scrapes are not worth a line."""


class Prometheus:
    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1/query?"

    def ask(self, text: str) -> list[dict[str, Any]]:
        query = urllib.parse.urlencode({"query": text})
        try:
            with urllib.request.urlopen(self._url + query, timeout=10) as answer:
                found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        except OSError:
            return []
        return found

    def value(self, text: str) -> float:
        (found,) = self.ask(text)
        return float(found["value"][1])

    def panel(self, board: str, title: str, letter: str = "A") -> float:
        return self.value(
            filled_promql(target(board, title, letter).text, {"territory": "district", "line": "line-01"})
        )


def _configuration(port: int) -> dict[str, object]:
    def job(name: str, path: str) -> dict[str, object]:
        return {"job_name": name, "metrics_path": path, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}

    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES / "rules" / "*.yml")],
        "scrape_configs": [job("netmon-collector", "/collector"), job("netmon-server", "/server")],
    }


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder: Path = tmp_path_factory.mktemp("prometheus")
    pages = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    (folder / "prometheus.yml").write_text(json.dumps(_configuration(pages.server_address[1])), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            found = Prometheus(port)
            ready = "count(count_over_time(netmon:server_budget_used:ratio[1m]) >= 3 and on() netmon:indicator:ratio)"
            wait_until(lambda: bool(found.ask(ready)), within_s=60)
            yield found
        finally:
            process.kill()
            pages.shutdown()
            pages.server_close()


@pytest.mark.needs("prometheus")
def test_every_live_query_finds_something_and_figures_are_the_domains(prometheus: Prometheus) -> None:
    every = list(targets("prometheus"))
    chosen = {"territory": "district", "line": "line-01"}
    empty = [str(one) for one in every if not prometheus.ask(filled_promql(one.text, chosen))]
    assert (len(every) > 12, empty) == (True, [])
    share = COVERAGE.numerator / COVERAGE.denominator
    assert prometheus.panel("district", "Сейчас") == pytest.approx(share)
    assert prometheus.panel("district", "Показатель сегодня", "B") == pytest.approx(12 / 17)
    assert prometheus.panel("district", "Показатель сегодня", "C") == 0.88
    assert prometheus.panel("district", "На связи сейчас") == 0.5
    assert prometheus.panel("fleet", "Линий на связи") == 1
    assert prometheus.panel("fleet", "Линий всего") == 2
    assert prometheus.panel("fleet", "Бюджет серверов") == 0.5
    assert prometheus.panel("organisation", "На связи") == 1
    assert prometheus.panel("district", "Молчат дольше часа") == pytest.approx(7200, abs=60)
    below = {one["metric"]["line"]: one["value"][1] for one in prometheus.ask("netmon:line_below_limit:bool")}
    assert below == {"line-01": "0", "line-02": "1"}


def _named(text: str) -> set[str]:
    return set(re.findall(r"\bnetmon_\w+", text))


def test_rules_and_panels_name_only_series_that_exist() -> None:
    shown = _named(_collector_page().decode()) | _named(_server_page().decode())
    rules = [yaml.safe_load(path.read_text("utf-8")) for path in (RULES / "rules").glob("*.yml")]
    asked = [rule["expr"] for one in rules for group in one["groups"] for rule in group["rules"]]
    asked += [one.text for one in targets("prometheus")]
    assert {one for text in asked for one in _named(text)} - shown == set()


def test_every_alert_is_tested_by_name() -> None:
    alerts = yaml.safe_load((RULES / "rules" / "alerts.yml").read_text("utf-8"))
    tested = "".join(path.read_text("utf-8") for path in (RULES / "tests").glob("*.yml"))
    names = [rule["alert"] for group in alerts["groups"] for rule in group["rules"]]
    assert [name for name in names if name not in tested] == []

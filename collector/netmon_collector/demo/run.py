"""Running the demo: set the stage, let the programs measure for a minute, judge, compare with the shaper."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from netmon.clock import Clock
from netmon.config.defaults import default_file
from netmon.config.registry import read_registry
from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.registry import LineRole, Registry
from netmon.domain.slot import Slot
from netmon_collector.app import open_services, open_updated_services
from netmon_collector.demo.kernel_lines import CORE_ADDRESS
from netmon_collector.demo.outcome import ShownLine, shown_lines
from netmon_collector.demo.progress import Progress
from netmon_collector.demo.stage import (
    Stage,
    kernel_addresses,
    loopback_addresses,
    prepare_agent,
    prepare_collector,
    prepare_roadmap,
    prepare_server,
    script,
)
from netmon_collector.errors import DemoError
from netmon_collector.services import Services
from netmon_collector.use_cases.enrolment import grant_code
from netmon_collector.use_cases.indicator import indicator_at
from netmon_collector.use_cases.judging import judge_period

DISTRICT = TerritoryId("district")
_READY_S = 20.0
_REPORTS_S = 20.0
_TICK_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a run found."""

    lines: Sequence[ShownLine]
    indicator: Coverage
    registry: Registry
    policy_id: str


class Demo:
    """One run on one stage."""

    def __init__(
        self,
        stage: Stage,
        *,
        seed: int,
        page: socket.socket,
        kernel: bool,
        language: str,
        clock: Clock,
        progress: Progress,
    ) -> None:
        self._stage, self._seed, self._page, self._kernel = stage, seed, page, kernel
        self._language, self._clock, self._progress = language, clock, progress
        self.page_url = f"http://127.0.0.1:{page.getsockname()[1]}/"
        base = self.page_url.rstrip("/")
        self._addresses = kernel_addresses(CORE_ADDRESS) if kernel else loopback_addresses(base)
        self._agents: dict[str, subprocess.Popen[str]] = {}
        self._shaper: subprocess.Popen[str] | None = None

    @property
    def shaping(self) -> str:
        return "kernel" if self._kernel else "emulated"

    def set_up(self) -> None:
        """Configuration, lines, servers and one agent a line. Raises DemoError."""
        self._stage.clear()
        self._progress.setting_up()
        self._write_config()
        self._day = self._today()
        reached = self._start_shaper()
        with open_updated_services(self._stage.config, self._clock) as services:
            main = [line.id for line in services.registry.lines if line.role is LineRole.MAIN]
            codes = {
                line: grant_code(line, registry=services.registry, store=services.store, at=self._clock.now())[0]
                for line in main
            }
        self._start_servers()
        self._start_agents({line: how for line, how in reached.items() if not how.get("silent")}, codes)
        self._await_timetables()
        self._ask("cut")

    def _write_config(self) -> None:
        registry = default_file("registry.yaml").read_text(encoding="utf-8")
        if not self._kernel:  # the relay's lines have no interface of their own
            registry = "\n".join(line for line in registry.split("\n") if line.strip() != 'interface: "wan0"')
        (self._stage.folder / "registry.yaml").write_text(registry, encoding="utf-8")
        prepare_roadmap(self._stage, self._clock.now().date())
        public_key = prepare_server(self._stage, self._addresses)
        prepare_collector(
            self._stage, self._addresses, public_key=public_key, page=self.page_url, language=self._language
        )

    def _today(self) -> date:
        """The district's day, taken once: the lines are drawn and judged by the facts of the same one."""
        registry = read_registry(self._stage.folder / "registry.yaml")
        return self._clock.now().astimezone(registry.territory_by_id[DISTRICT].time_zone).date()

    def _start_shaper(self) -> Mapping[str, Mapping[str, object]]:
        registry, policy = self._stage.folder / "registry.yaml", default_file("policy-demo.yaml")
        command = [script("python"), "-m", "netmon_collector.demo.shaper", "--registry", str(registry)]
        command += ["--policy", str(policy), "--day", self._day.isoformat(), "--seed", str(self._seed)]
        if not self._kernel:
            command += ["--relay-to", f"{self._addresses.server_host}:{self._addresses.server_port}"]
        self._shaper = self._stage.start("shaper", command, talks=True)
        return self._heard()

    def _heard(self) -> Mapping[str, Mapping[str, object]]:
        """The shaper's next answer."""
        line = self._shaper.stdout.readline() if self._shaper is not None and self._shaper.stdout is not None else ""
        if not line:
            raise DemoError(f"the lines cannot be made: {self._stage.last_words('shaper')}")
        answer: Mapping[str, Mapping[str, object]] = json.loads(line)
        return answer

    def _ask(self, command: str) -> Mapping[str, Mapping[str, object]]:
        if self._shaper is None or self._shaper.stdin is None:
            raise DemoError("the shaper is not running")
        self._shaper.stdin.write(f"{command}\n")
        self._shaper.stdin.flush()
        return self._heard()

    def _start_servers(self) -> None:
        server = [script("netmon-server"), "serve", "--config", str(self._stage.folder / "server.yaml")]
        self._stage.start("server", server)
        self._wait_for("the measurement server", "server", self._server_listens)
        collector = [script("netmon-collector"), "serve", "--config", str(self._stage.config)]
        self._stage.start("collector", collector, environment={"LISTEN_FDS": "1"}, page=self._page)
        self._wait_for("the collector", "collector", self._collector_is_ready)

    def _server_listens(self) -> bool:
        try:
            address = (self._addresses.server_host, self._addresses.server_port)
            with socket.create_connection(address, timeout=1):
                return True
        except OSError:
            return False

    def _collector_is_ready(self) -> bool:
        try:
            with urlopen(f"{self._addresses.collector_url}/readyz", timeout=2) as answer:  # noqa: S310 - our own
                return int(answer.status) == 200
        except (URLError, HTTPException, OSError):
            return False

    def _wait_for(self, what: str, log: str, is_ready: Callable[[], bool]) -> None:
        deadline = self._clock.monotonic() + _READY_S
        while not is_ready():
            if self._clock.monotonic() > deadline:
                raise DemoError(f"{what} did not start: {self._stage.last_words(log)}")
            time.sleep(0.1)

    def _start_agents(self, reached: Mapping[str, Mapping[str, object]], codes: Mapping[LineId, str]) -> None:
        agent = script("netmon-agent")

        def enrol(line: str) -> tuple[str, Sequence[str], Path]:
            how = reached[line]
            port = how.get("port")
            settings, state = prepare_agent(
                self._stage, line, self._addresses, relay_port=None if port is None else int(str(port))
            )
            found = how.get("prefix")
            prefix = [str(word) for word in found] if isinstance(found, list) else []
            command = [*prefix, agent, "enrol", "--collector", self._addresses.collector_url]
            command += ["--code", codes[LineId(line)], "--state", str(state), "--allow-plain-http"]
            self._stage.run(f"enrolling {line}", command)
            return line, prefix, settings

        with ThreadPoolExecutor(max_workers=4) as pool:
            enrolled = list(pool.map(enrol, reached))
        for line, prefix, settings in enrolled:
            command = [*prefix, agent, "run", "--config", str(settings)]
            self._agents[line] = self._stage.start(line, command, group="agents")

    def _await_timetables(self) -> None:
        """A line may only die once its agent knows what to do, as one that was installed on a working line does."""
        known = [self._stage.folder / "agents" / line / "timetable.json" for line in self._agents]
        deadline = self._clock.monotonic() + _READY_S
        while not all(path.exists() for path in known):
            if self._clock.monotonic() > deadline:
                return
            time.sleep(0.1)

    def measure(self) -> Finished:
        """Wait for the slots of the first cycles, mend the dead line, wait for every account, judge."""
        with open_services(self._stage.config, self._clock) as services:
            as_of = self._end_of_slots(services)
            expected = self._expected_slots(services, as_of)
            while self._clock.now() < as_of:
                self._show_progress(services, expected, as_of)
                time.sleep(_TICK_S)
            self._ask("restore")
            self._await_reports(services, expected)
            return self._judge(services, as_of)

    def _end_of_slots(self, services: Services) -> datetime:
        """When the last slot of the first planned cycles is over."""
        rule = services.policy.timetable
        first = services.store.first_slot_at([line.id for line in services.registry.lines])
        if first is None or rule.ahead_cycles is None:
            raise DemoError("the collector planned no slots")
        zone = services.registry.territory_by_id[DISTRICT].time_zone
        as_of = first + rule.ahead_cycles * rule.cycle + rule.grace
        if as_of.astimezone(zone).date() != first.astimezone(zone).date():
            raise DemoError("the local day ends within the demo's two minutes; start it again after midnight")
        return as_of

    def _expected_slots(self, services: Services, as_of: datetime) -> Sequence[Slot]:
        start, end = Period.day(self._day).bounds(services.registry.territory_by_id[DISTRICT].time_zone)
        slots = services.store.slots([LineId(line) for line in self._agents], start, end)
        return [slot for slot in slots if slot.ends_at <= as_of]

    def _reported(self, services: Services, expected: Sequence[Slot]) -> set[str]:
        lines = {slot.line for slot in expected}
        start = min(slot.starts_at for slot in expected)
        reports = services.store.reports(lines, start, start + timedelta(hours=1))
        return {report.slot for report in reports}

    def _show_progress(self, services: Services, expected: Sequence[Slot], as_of: datetime) -> None:
        done = len(self._reported(services, expected) & {slot.id for slot in expected})
        self._progress.measured(done, len(expected), (as_of - self._clock.now()).total_seconds())

    def _await_reports(self, services: Services, expected: Sequence[Slot]) -> None:
        """Until every living agent has accounted for every slot, or the time is up."""
        deadline = self._clock.monotonic() + _REPORTS_S
        while self._clock.monotonic() < deadline:
            living = [slot for slot in expected if self._lives(slot.line)]
            if {slot.id for slot in living} <= self._reported(services, expected):
                return
            time.sleep(_TICK_S)

    def _lives(self, line: str) -> bool:
        return line not in self._agents or self._agents[line].poll() is None

    def _judge(self, services: Services, as_of: datetime) -> Finished:
        judgement = judge_period(
            DISTRICT,
            Period.day(self._day),
            evidence=services.store,
            registry=services.registry,
            policy=services.policy,
            calendars=services.calendars,
            as_of=as_of,
        )
        inputs = services.indicator_inputs(DISTRICT, now=as_of)
        drawn = self._ask("reveal")
        living = {line: self._lives(line) for line in self._agents}
        return Finished(
            lines=shown_lines(judgement, services.registry, drawn, day=self._day, living=living),
            indicator=indicator_at(self._day, inputs),
            registry=services.registry,
            policy_id=services.policy.id,
        )

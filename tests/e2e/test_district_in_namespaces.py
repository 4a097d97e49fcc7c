"""A district of three lines in namespaces of its own: everything that happens to devices happens, and the collector's
picture is right in every detail.

A collector with a CA of its own, two measurement servers and three agents run as installed. Slots follow each other
within seconds instead of an hour. One line is cut, one device is killed and comes back in 1970, one server dies, and
one disk is copied.
"""

import hashlib
import shutil
import signal
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.config.defaults import default_file
from netmon.domain.identifiers import LineId
from netmon.domain.slot import ExclusionReason, FailCause, JudgedSlot, Outcome
from netmon_collector.app import open_services
from netmon_collector.services import Services
from netmon_collector.use_cases.judging import judge_slots
from tests.lab.namespaces import Namespace, without_offloads
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.needs("netns", "faketime"), pytest.mark.quiet]
PYTHON = sys.executable
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("absent"))
COLLECTOR, SERVERS = "10.77.0.1", {"server-1": "10.77.0.1", "server-2": "10.77.0.2"}
FIRST, SECOND, THIRD = LINES = tuple(LineId(f"line-0{number}") for number in (1, 2, 3))
MBPS: Mapping[LineId, int] = {FIRST: 60, SECOND: 70, THIRD: 30}  # against a threshold of 50
CYCLE_S = 15
_LONG_S = 60.0


def _registry() -> str:
    rows = [
        "version: 1",
        "territories:",
        '  - {id: "district", kind: district, name: {ru: "Район", en: "District"}, time_zone: Europe/Moscow}',
        "localities:",
        '  - {id: "village", territory: "district", name: {ru: "Село", en: "Village"}, types: [{type: rural}]}',
        "providers: []",
        "organisations:",
        *(
            f'  - {{id: "school-{line[-2:]}", territory: "district", name: {{ru: "Школа", en: "School"}}}}'
            for line in LINES
        ),
        "sites:",
    ]
    for line in LINES:
        rows += [
            f'  - id: "site-{line[-2:]}"',
            '    locality: "village"',
            '    address: {ru: "Адрес", en: "Address"}',
            f'    organisations: [{{id: "school-{line[-2:]}"}}]',
            f'    lines: [{{id: "{line}", role: main, interface: wan0}}]',
        ]
    return "\n".join(rows) + "\n"


def _policy() -> str:
    """The demonstration's, with a slot every few seconds and nothing but decisions."""
    text = default_file("policy-demo.yaml").read_text(encoding="utf-8")
    text = text.replace("cycle_minutes: 0.5", f"cycle_minutes: {CYCLE_S / 60}").replace(
        "estimate: cycle", "estimate: never"
    )
    text = text.replace("ahead_cycles: 2", "ahead_cycles: 20")
    return text.replace("grace_minutes: 0.25", f"grace_minutes: {CYCLE_S / 120}")


@dataclass
class District:
    """The namespaces and the programs in them."""

    folder: Path
    core: Namespace
    places: Mapping[LineId, Namespace]
    running: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "collector.yaml"

    def command(self, *words: str | Path) -> str:
        """A command of the collector, to its end."""
        return self.core.run(PYTHON, "-m", "netmon_collector", *map(str, words), timeout_s=_LONG_S)

    def start(self, name: str, place: Namespace, *words: str | Path, prefix: Sequence[str] = ()) -> None:
        with (self.folder / f"{name}.log").open("a", encoding="utf-8") as log:
            self.running[name] = place.start([*prefix, PYTHON, "-m", *map(str, words)], stderr=log, stdout=log)

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        process = self.running.pop(name)
        process.send_signal(how)
        process.wait(_LONG_S)

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def start_agent(self, line: LineId, *, name: str | None = None, prefix: Sequence[str] = ()) -> None:
        of = name or line
        settings = self.folder / of / "agent.yaml"
        self.start(of, self.places[line], "netmon_agent", "run", "--config", settings, prefix=prefix)

    def set_link(self, line: LineId, state: str) -> None:
        self.core.ip(f"link set to-{line} {state}")
        if state == "up":  # the shaper stays, the way back does too
            self.core.ip(f"route replace 10.77.{line[-1]}.0/24 dev to-{line}")


@contextmanager
def a_district(folder: Path) -> Iterator[District]:
    with ExitStack() as stack:
        core = stack.enter_context(closing(Namespace()))
        places = {line: stack.enter_context(closing(Namespace(core))) for line in LINES}
        core.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.tcp_no_metrics_save=1")
        for address in sorted({COLLECTOR, *SERVERS.values()}):
            core.ip(f"addr add {address}/32 dev lo")
        for line, place in places.items():
            _connect(core, place, line)
        district = District(folder, core, places)
        try:
            yield district
        finally:
            for process in district.running.values():
                process.kill()
                process.wait()
            for path in sorted(folder.glob("*.log")):
                sys.stdout.write(f"--- {path.name}\n{path.read_text(encoding='utf-8')[-3000:]}")


def _connect(core: Namespace, place: Namespace, line: LineId) -> None:
    number, device = line[-1], f"to-{line}"
    core.ip(f"link add {device} type veth peer name wan0 netns {place.pid}")
    for namespace, end, address in ((core, device, f"10.77.{number}.1/24"), (place, "wan0", f"10.77.{number}.2/24")):
        without_offloads(namespace, end)
        namespace.ip(f"addr add {address} dev {end}")
        namespace.ip(f"link set {end} up txqueuelen 1000")
    place.ip(f"route add default via 10.77.{number}.1")
    rate = MBPS[line] * 1_000_000
    shaper = f"tbf rate {rate}bit burst {int(rate / 8 * 0.012)} limit {int(rate / 8 * 0.05) + 64 * 1024}"
    core.run("tc", "qdisc", "add", "dev", device, "root", *shaper.split())


def _start_servers(district: District) -> str:
    """Two measurement servers, each with keys of its own; their entries in collector.yaml."""
    rows = []
    for server, address in SERVERS.items():
        folder = district.folder / server
        folder.mkdir()
        keys = ("--signing-key-file", folder / "server.key", "--ticket-key-file", folder / "ticket.key")
        program = "netmon_collector.measurement_server"
        public_key = district.core.run(PYTHON, "-m", program, "keygen", *map(str, keys)).split()[-1]
        (folder / "server.yaml").write_text(
            f"id: {server}\nlisten: {address}:8377\nkeys: {{k: ticket.key}}\nsigning_key_file: server.key\n"
            "budget_mbps: 800\nstate: state\n",
            encoding="utf-8",
        )
        district.start(server, district.core, program, "serve", "--config", folder / "server.yaml")
        rows.append(
            f"  - {{id: {server}, host: {address}, port: 8377, budget_mbps: 800, public_key: '{public_key}', "
            f"ticket_keys: [{{id: k, file: {server}/ticket.key}}]}}"
        )
    return "\n".join(rows)


def _start_collector(district: District) -> str:
    """A collector that speaks TLS by its own CA; the fingerprint that is printed on the sheets."""
    folder = district.folder
    (folder / "registry.yaml").write_text(_registry(), encoding="utf-8")
    (folder / "policy.yaml").write_text(_policy(), encoding="utf-8")
    district.config.write_text(
        "database: sqlite:///netmon.db\nregistry: registry.yaml\npolicy: policy.yaml\n"
        "poll_s: 2\naccess: {public: true}\n"
        f"listen: ['{COLLECTOR}:8443']\npublic_url: https://{COLLECTOR}:8443/\n"
        f"tls: {{certificate: tls/collector.pem, key: tls/collector.key, ca: tls/ca.pem}}\n"
        f"probes: {{interval_s: 1, window_s: 5}}\nservers:\n{_start_servers(district)}\n",
        encoding="utf-8",
    )
    district.command("certificate", "init", "--host", COLLECTOR, "--out", folder / "tls")
    district.start("collector", district.core, "netmon_collector", "serve", "--config", district.config)
    wait_until(lambda: "listens on" in district.said("collector"))
    pem = (folder / "tls" / "ca.pem").read_text(encoding="ascii")
    return _fingerprint(pem)


def _fingerprint(pem: str) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def _enrol(district: District, line: LineId, ca_sha256: str) -> None:
    folder = district.folder / line
    folder.mkdir()
    (folder / "agent.yaml").write_text(
        f"state_dir: state\ncollector: https://{COLLECTOR}:8443\ninterface: wan0\n", encoding="utf-8"
    )
    code = district.command("enrolment-code", line, "--config", district.config).strip()
    words = ["enrol", "--collector", f"https://{COLLECTOR}:8443", "--code", code, "--ca-sha256", ca_sha256]
    words += ["--state", str(folder / "state")]
    district.places[line].run(PYTHON, "-m", "netmon_agent", *words, timeout_s=_LONG_S)


def _judged(services: Services, line: LineId, since: datetime) -> Sequence[JudgedSlot]:
    """The slots of a line that are over, each with its outcome."""
    now = services.clock.now()
    zone = services.registry.time_zone(line)
    slots = services.store.slots([line], since, now)
    return [
        judged
        for day in sorted({one.starts_at.astimezone(zone).date() for one in slots})
        for judged, _ in judge_slots(
            line,
            [one for one in slots if one.starts_at.astimezone(zone).date() == day],
            day,
            evidence=services.store,
            registry=services.registry,
            policy=services.policy,
            calendars=services.calendars,
            as_of=now,
        )
    ]


def _measured(services: Services, line: LineId, since: datetime, server: str | None = None) -> bool:
    """Whether a line was measured since an instant, by a server where one is named."""
    found = services.store.measurements([line], since, services.clock.now() + timedelta(minutes=1))
    return any(one.rate_bps is not None and server in (None, one.server) for one in found if one.started_at >= since)


def _await(condition: Callable[[], bool]) -> None:
    wait_until(condition, _LONG_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """When what happened."""

    began: datetime
    cut_at: datetime
    up_at: datetime
    dead_at: datetime
    ended_at: datetime


def test_whatever_happens_each_slot_has_one_right_outcome(tmp_path: Path) -> None:
    with a_district(tmp_path) as district:
        began = datetime.now(UTC)
        ca_sha256 = _start_collector(district)
        for line in LINES:
            _enrol(district, line, ca_sha256)
            district.start_agent(line)
        with open_services(district.config, SystemClock()) as services:
            _await(lambda: all(_measured(services, line, began) for line in LINES))
            story = _tell(district, services, began)
            _the_slots_are_whole(services, story)
            _the_cut_is_an_outage_of_the_second_line(services, story)
            _what_was_measured_in_1970_lies_where_it_was_measured(services, story)
            _the_third_line_is_below_and_nobody_blames_a_line_for_the_server(services, story)


def _tell(district: District, services: Services, began: datetime) -> Story:
    """The second line is cut for longer than a slot takes, the first device loses power and is in 1970 when it is back,
    somebody copies the third one's disk; then the first server dies."""
    cut_at = datetime.now(UTC)
    district.set_link(SECOND, "down")
    district.end(FIRST, signal.SIGKILL)
    faked = ("env", f"LD_PRELOAD={LIBRARY}", "FAKETIME=-20700d", "FAKETIME_DONT_FAKE_MONOTONIC=1")
    district.start_agent(FIRST, prefix=faked)
    shutil.copytree(district.folder / THIRD, district.folder / "clone")
    district.start_agent(THIRD, name="clone")
    threading.Event().wait(1.7 * CYCLE_S)  # nothing tells that a slot has passed on a line that is cut
    district.set_link(SECOND, "up")
    up_at = datetime.now(UTC)
    dead_at = datetime.now(UTC)
    district.end("server-1", signal.SIGKILL)
    _await(lambda: all(_measured(services, line, dead_at, "server-2") for line in (FIRST, SECOND)))
    _await(lambda: any(one.conflicts for one in services.store.known_agents() if one.line == THIRD))
    for line in (FIRST, SECOND):
        district.end(line)
    ended_at = datetime.now(UTC)
    listed = district.command("agent", "list", "--config", district.config)
    (cloned,) = [row.split("\t")[0] for row in listed.splitlines() if f"\t{THIRD}\t" in row]
    district.command("agent", "revoke", cloned, "--config", district.config)
    _await(lambda: all("enrol" in district.said(one) for one in (THIRD, "clone")))
    return Story(began=began, cut_at=cut_at, up_at=up_at, dead_at=dead_at, ended_at=ended_at)


def _over(services: Services, line: LineId, story: Story) -> Sequence[JudgedSlot]:
    """The slots of a line that everybody had time to account for."""
    return [one for one in _judged(services, line, story.began) if one.slot.ends_at < story.ended_at]


def _the_slots_are_whole(services: Services, story: Story) -> None:
    """Each planned slot has one outcome, and no device gave two accounts of one; of the line whose disk was copied two
    devices gave account, and what of it has numbers of its own is no conflict."""
    for line in LINES:
        found = [one.slot.id for one in _over(services, line, story)]
        planned = services.store.slots([line], story.began, story.ended_at)
        assert sorted(found) == sorted({one.id for one in planned if one.ends_at < story.ended_at})
        accounts = Counter(one.slot for one in services.store.reports([line], story.began, story.ended_at))
        assert max(accounts.values()) <= (2 if line == THIRD else 1)


def _the_cut_is_an_outage_of_the_second_line(services: Services, story: Story) -> None:
    slots = _over(services, SECOND, story)
    during = [one for one in slots if story.cut_at <= one.slot.starts_at and one.slot.ends_at <= story.up_at]
    lost = services.store.outages([SECOND], story.cut_at - timedelta(seconds=5), story.up_at)
    assert min(abs((one.started_at - story.cut_at).total_seconds()) for one in lost) < 5
    assert max(one.ended_at for one in lost) <= story.up_at + timedelta(seconds=5)
    assert {one.outcome for one in during} <= {Outcome.FAIL, Outcome.EXCLUDED}
    assert Outcome.PASS in {one.outcome for one in slots}


def _what_was_measured_in_1970_lies_where_it_was_measured(services: Services, story: Story) -> None:
    far = timedelta(days=30_000)
    found = services.store.measurements([FIRST], story.began - far, story.ended_at + far)
    assert all(story.began <= one.started_at <= story.ended_at for one in found)
    assert any(one.started_at > story.up_at for one in found)
    slots = _over(services, FIRST, story)
    assert {one.outcome for one in slots} <= {Outcome.PASS, Outcome.EXCLUDED}
    assert {one.exclusion for one in slots} <= {None, ExclusionReason.AGENT_OFF, ExclusionReason.SERVER_UNREACHABLE}


def _the_third_line_is_below_and_nobody_blames_a_line_for_the_server(services: Services, story: Story) -> None:
    third = _over(services, THIRD, story)
    assert any(one.cause is FailCause.BELOW_LIMIT and one.proof is not None for one in third)
    assert Outcome.PASS not in {one.outcome for one in third}
    settled = story.up_at + timedelta(seconds=CYCLE_S)
    after = [one for line in LINES for one in _over(services, line, story) if one.slot.starts_at > settled]
    assert FailCause.LINE_DOWN not in {one.cause for one in after}

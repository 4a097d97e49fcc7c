"""What else happens on a school's line, and what a measurement makes of it."""

import json
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.lab.network import PORT, SERVER_ADDRESS, Bucket, Lab, LineShape, build_emulator
from tests.lab.others import others
from tests.lab.programs import LabServer, measure
from tests.lab.test_lines import calmly

pytestmark = pytest.mark.needs("netns", "ethtool", "gcc", "tun")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_emulator(tmp_path_factory.mktemp("emulator"))


def test_a_token_bucket_is_named_with_both_its_rates(emulator: Path, tmp_path: Path) -> None:
    shape = LineShape(down_mbps=40, rtt_ms=10, bucket=Bucket(peak_mbps=200, bytes=20_000_000))
    with Lab(shape, emulator=emulator) as lab, LabServer(lab.server, tmp_path) as server:
        found = calmly(lab, server, "--method", "sustained", "--direction", "down")["down"]
    assert found["rate_bps"] == pytest.approx(shape.truth_down_bps, rel=0.03)
    assert found["detail"]["burst_bps"] == pytest.approx(200e6 * 1500 / 1514, rel=0.03)
    assert found["detail"]["bucket_bytes"] == pytest.approx(20e6, rel=0.1)
    assert found["bytes"] < 80_000_000


@pytest.mark.parametrize(("limit_share", "decision"), [(0.96, "below"), (1.04, "at_least")])
@pytest.mark.parametrize("udp", [True, False])
def test_decisions_hold_four_percent_from_the_limit(
    emulator: Path, tmp_path: Path, limit_share: float, decision: str, udp: bool
) -> None:
    rate = 50 * 0.95 * limit_share
    shape = LineShape(down_mbps=rate * 1514 / 1500, up_mbps=rate, rtt_ms=20)
    with Lab(shape, emulator=emulator) as lab, LabServer(lab.server, tmp_path) as server:
        answer = calmly(lab, server, "--threshold-mbps", "50", *([] if udp else ["--no-udp"]))
    assert {answer[direction]["decision"] for direction in ("down", "up")} == {decision}


def test_others_traffic_is_part_of_the_lines_rate(emulator: Path, tmp_path: Path) -> None:
    shape = LineShape(down_mbps=60, rtt_ms=10)
    with Lab(shape, emulator=emulator, lan=True) as lab, LabServer(lab.server, tmp_path) as server, others(lab, 20):
        found = calmly(lab, server, "--direction", "down")["down"]
    assert found["rate_bps"] == pytest.approx(shape.truth_down_bps, rel=0.03)
    assert found["background_bps"] == pytest.approx(20e6, rel=0.15)
    assert "background_seen" in found["flags"]


def test_beside_others_a_decision_sends_only_what_is_missing(emulator: Path, tmp_path: Path) -> None:
    shape = LineShape(down_mbps=60, rtt_ms=10)
    with Lab(shape, emulator=emulator, lan=True) as lab, LabServer(lab.server, tmp_path) as server, others(lab, 25):
        found = calmly(lab, server, "--direction", "down", "--threshold-mbps", "50")["down"]
    assert found["decision"] == "at_least"
    assert found["bytes"] < 0.35 * 50e6 / 8


_WATCH = """
import json, sys
from datetime import timedelta
from netmon.clock import SystemClock
from netmon.domain.measurement import Direction, Mode
from netmon.wire.timetable import PlannedSlot, TicketOffer
from netmon_agent.organic import OrganicTraffic
clock = SystemClock()
now = clock.now()
slot = PlannedSlot(
    id="slot", direction=Direction.DOWN, mode=Mode.DECISION, starts_at=now, ends_at=now + timedelta(minutes=10),
    threshold_bps=50_000_000, limit_bps=47_500_000, organic_s=3,
    offers=(TicketOffer(server="server", host="192.0.2.1", port=1, ticket="ticket"),),
)
organic = OrganicTraffic(clock)
organic.learn(slot, "wan0", json.loads(sys.argv[1]))
print(json.dumps(organic.proof(slot, "wan0")))
"""


@pytest.mark.parametrize(("mbps", "reached"), [(55, True), (20, False)])
def test_users_who_fill_the_line_save_the_router_a_test(tmp_path: Path, mbps: float, *, reached: bool) -> None:
    """A real decision on the idle line shows that the counters see it; then users download through the router."""
    with Lab(LineShape(down_mbps=60), lan=True) as lab, LabServer(lab.server, tmp_path) as server:
        tested = calmly(lab, server, "--direction", "down", "--threshold-mbps", "50")["down"]
        assert tested["decision"] == "at_least"
        with others(lab, mbps):
            found = json.loads(lab.agent.run(sys.executable, "-c", _WATCH, json.dumps(tested)))
    assert (found is not None) is reached
    if reached:
        assert found["rate_bps"] == pytest.approx(mbps * 1e6, rel=0.1)
        assert (found["kind"], found["reason"], found["bytes"]) == ("lower_bound", "organic", 0)


def test_without_bbr_loss_never_means_below(emulator: Path, tmp_path: Path) -> None:
    shape = LineShape(down_mbps=60, rtt_ms=40, loss_percent=1)
    words = ("--direction", "up", "--threshold-mbps", "50", "--congestion-control", "cubic", "--no-udp")
    with Lab(shape, emulator=emulator) as lab, LabServer(lab.server, tmp_path) as server:
        found = calmly(lab, server, *words)["up"]
    assert found["detail"]["congestion_control"] == "cubic"
    assert found["decision"] == "undecided"
    assert (found["kind"], found["reason"]) == ("lower_bound", "no_bbr_with_loss")


def test_a_line_that_never_settles_is_a_lower_bound(tmp_path: Path) -> None:
    """The provider's shaper jumps between 15 and 60 Mb/s several times a second."""
    with Lab(LineShape(down_mbps=60)) as lab, LabServer(lab.server, tmp_path) as server:
        done = threading.Event()
        jumping = threading.Thread(target=_jump, args=(lab, done))
        jumping.start()
        found = measure(lab.agent, server.key_file, "--direction", "down")["down"]
        done.set()
        jumping.join()
    assert (found["kind"], found["reason"]) == ("lower_bound", "not_converged")
    assert found["rate_bps"] < 60e6


def _jump(lab: Lab, done: threading.Event) -> None:
    rng, mbps = random.Random(4), 15
    while not done.wait(rng.uniform(0.1, 0.4)):
        mbps = 75 - mbps
        words = f"tbf rate {mbps}mbit burst 90000 limit 400000"
        lab.provider.run("tc", "qdisc", "change", "dev", "acc0", "root", *words.split())


def test_small_buffers_and_a_small_mtu_do_not_slow_the_line(tmp_path: Path) -> None:
    shape = LineShape(down_mbps=50, mtu=1280)
    with Lab(shape) as lab, LabServer(lab.server, tmp_path) as server:
        for namespace in (lab.agent, lab.server):
            namespace.run(
                "sysctl", "-qw", "net.ipv4.tcp_rmem=4096 131072 212992", "net.ipv4.tcp_wmem=4096 16384 212992"
            )
        answer = calmly(lab, server)
    for direction in ("down", "up"):
        assert answer[direction]["rate_bps"] == pytest.approx(shape.truth_down_bps, rel=0.02)


def test_a_proxy_in_the_school_is_seen_by_its_round_trips(emulator: Path, tmp_path: Path) -> None:
    relay = (
        "import select, socket, threading\n"
        "def pump(near):\n"
        f"    far = socket.create_connection(('{SERVER_ADDRESS}', {PORT})); other = {{near: far, far: near}}\n"
        "    while True:\n"
        "        for one in select.select([near, far], [], [])[0]:\n"
        "            data = one.recv(65536)\n"
        "            if not data: near.close(); far.close(); return\n"
        "            other[one].sendall(data)\n"
        f"listener = socket.create_server(('0.0.0.0', {PORT})); print('up', flush=True)\n"
        "while True: threading.Thread(target=pump, args=(listener.accept()[0],), daemon=True).start()\n"
    )
    with Lab(LineShape(down_mbps=50, rtt_ms=20), emulator=emulator) as lab, LabServer(lab.server, tmp_path) as server:
        proxy = lab.provider.start([sys.executable, "-c", relay], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert proxy.stdout is not None
        assert proxy.stdout.readline() == "up\n"
        found = measure(lab.agent, server.key_file, "--direction", "down", server=f"10.9.1.1:{PORT}")["down"]
        proxy.kill()
        proxy.communicate()
    assert found["path"] == "proxied"


def test_an_agent_that_gets_no_time_never_says_below(tmp_path: Path) -> None:
    """The agent is stopped for 60 of every 120 ms, as on a machine that is far too busy."""
    with Lab(LineShape(down_mbps=40)) as lab, LabServer(lab.server, tmp_path) as server:
        command = [sys.executable, "-m", "netmon_agent", "measure", "--server", f"{SERVER_ADDRESS}:{PORT}"]
        command += ["--ticket-key-file", str(server.key_file), "--threshold-mbps", "50", "--direction", "down"]
        agent = lab.agent.start([*command, "--no-udp", "--json"], stdout=subprocess.PIPE)
        done = threading.Event()
        starving = threading.Thread(target=_starve, args=(agent, done))
        starving.start()
        out, _ = agent.communicate(timeout=120)
        done.set()
        starving.join()
    assert '"decision": "undecided"' in out
    assert '"reason": "meter_cpu"' in out or '"reason": "sender_limited"' in out


def _starve(process: "subprocess.Popen[str]", done: threading.Event) -> None:
    while not done.wait(0.06):
        for stop in (signal.SIGSTOP, signal.SIGCONT):
            process.send_signal(stop)
            if stop is signal.SIGSTOP and done.wait(0.06):
                process.send_signal(signal.SIGCONT)
                return


def test_an_interface_that_vanishes_in_the_middle_is_gone_at_once(tmp_path: Path) -> None:
    with Lab(LineShape(down_mbps=40)) as lab, LabServer(lab.server, tmp_path) as server:
        pulling = threading.Thread(target=_pull_the_plug, args=(lab,))
        pulling.start()
        found = measure(lab.agent, server.key_file, "--direction", "down")["down"]
        pulling.join()
    assert (found["kind"], found["reason"]) == ("none", "interface_gone")
    assert found["duration_s"] < 3


def _pull_the_plug(lab: Lab) -> None:
    while True:
        rows = lab.provider.run("cat", "/proc/net/dev").splitlines()
        sent = next(row.split(":")[1].split()[8] for row in rows if row.strip().startswith("acc0:"))
        if int(sent) > 1_000_000:
            lab.provider.ip("link del acc0")
            return


def test_ipv6_alone_is_enough(tmp_path: Path) -> None:
    shape = LineShape(down_mbps=50)
    with Lab(shape) as lab:
        lab.agent.ip("addr add fd00:1::2/64 dev wan0 nodad")
        lab.provider.ip("addr add fd00:1::1/64 dev acc0 nodad")
        lab.provider.ip("addr add fd00:2::1/64 dev far0 nodad")
        lab.server.ip("addr add fd00:2::2/64 dev srv0 nodad")
        lab.provider.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
        lab.agent.ip("-6 route add default via fd00:1::1")
        lab.server.ip("-6 route add default via fd00:2::1")
        with LabServer(lab.server, tmp_path, listen=f"[::]:{PORT}") as server:
            answer = measure(lab.agent, server.key_file, server=f"[fd00:2::2]:{PORT}")
            decided = measure(lab.agent, server.key_file, "--threshold-mbps", "40", server=f"[fd00:2::2]:{PORT}")
    for direction in ("down", "up"):
        assert answer[direction]["rate_bps"] == pytest.approx(shape.truth_down_bps, rel=0.01)
        assert decided[direction]["decision"] == "at_least"
        assert decided[direction]["detail"]["transport"] == "udp"

"""A device with a second line: what is measured is the line that was named, or nothing."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lab.namespaces import Namespace, without_offloads
from tests.lab.network import PORT, SERVER_ADDRESS
from tests.lab.programs import LabServer, measure

pytestmark = pytest.mark.needs("netns", "ethtool")

PROBE = """
import socket, sys, time
from netmon_agent.latency.round import round_trips
interface = sys.argv[3] if len(sys.argv) > 3 else None
target = (socket.AF_INET, (sys.argv[1], int(sys.argv[2])))
found = round_trips({"server": target}, timeout_s=0.5, monotonic=time.monotonic, interface=interface)
print("lost" if found["server"] is None else "answered")
"""
SOURCE = """
import socket, sys
from netmon_agent.line.binding import bind_to
def refuse(connection, interface): raise PermissionError(1, "not permitted")
with socket.socket() as connection:
    bind_to(connection, sys.argv[1], to_device=refuse)
    print(connection.getsockname()[0])
"""


@dataclass(frozen=True)
class TwoLines:
    """`wan0` is the line, `lte0` the backup, which the default route prefers: the failover has happened."""

    device: Namespace
    world: Namespace

    def probe(self, *interface: str) -> str:
        return self.device.run(sys.executable, "-c", PROBE, SERVER_ADDRESS, str(PORT), *interface).strip()

    def backup_bytes(self) -> int:
        rows = self.device.run("cat", "/proc/net/dev").splitlines()
        fields = next(row for row in rows if row.strip().startswith("lte0:")).partition(":")[2].split()
        return int(fields[0]) + int(fields[8])


@pytest.fixture
def lines() -> Iterator[TwoLines]:
    with Namespace() as device, Namespace(device) as world:
        world.ip(f"addr add {SERVER_ADDRESS}/32 dev lo")
        for name, net, metric in (("wan0", "10.9.1", 200), ("lte0", "10.9.4", 100)):
            device.ip(f"link add {name} type veth peer name {name}-far netns {world.pid}")
            for namespace, end, host in ((device, name, 2), (world, f"{name}-far", 1)):
                without_offloads(namespace, end)
                namespace.ip(f"addr add {net}.{host}/24 dev {end}")
                namespace.ip(f"link set {end} up")
            device.ip(f"route add default via {net}.1 dev {name} metric {metric}")
        yield TwoLines(device, world)


def test_probes_go_over_the_named_line_though_the_route_prefers_another(lines: TwoLines, tmp_path: Path) -> None:
    with LabServer(lines.world, tmp_path):
        assert lines.probe("wan0") == "answered"
        lines.world.ip("link set wan0-far down")
        assert lines.probe() == "answered", "the backup carries everything else"
        assert lines.probe("wan0") == "lost", "and an outage of the line stays one"
        lines.device.ip("link del wan0")
        assert lines.probe("wan0") == "lost"


@pytest.mark.parametrize("words", [["--threshold-mbps", "20"], ["--threshold-mbps", "20", "--no-udp"]])
def test_no_byte_of_a_measurement_takes_the_backup(lines: TwoLines, tmp_path: Path, words: list[str]) -> None:
    with LabServer(lines.world, tmp_path) as server:
        before = lines.backup_bytes()
        answer = measure(lines.device, server.key_file, *words)
        assert lines.backup_bytes() - before < 2000, "neighbour discovery and no more"
    for direction in ("down", "up"):
        assert answer[direction]["decision"] == "at_least"
        assert answer[direction]["flags"] == []


def test_a_line_that_is_down_is_not_measured_over_the_backup(lines: TwoLines, tmp_path: Path) -> None:
    with LabServer(lines.world, tmp_path) as server:
        lines.world.ip("link set wan0-far down")
        down = measure(lines.device, server.key_file, "--direction", "down")["down"]
        lines.device.ip("link del wan0")
        gone = measure(lines.device, server.key_file, "--direction", "down")["down"]
    assert (down["kind"], down["reason"]) == ("none", "server_unreachable")
    assert (gone["kind"], gone["reason"]) == ("none", "interface_gone")


def test_where_the_kernel_refuses_the_interfaces_address_is_used(lines: TwoLines) -> None:
    assert lines.device.run(sys.executable, "-c", SOURCE, "wan0").strip() == "10.9.1.2"
    missing = subprocess.run(
        lines.device.command(sys.executable, "-c", SOURCE, "wan9"), capture_output=True, text=True, check=False
    )
    assert "InterfaceGoneError: the interface wan9 is gone or has no address" in missing.stderr


def test_the_first_global_address_of_an_interface_is_its_ipv6_source(tmp_path: Path) -> None:
    from netmon_agent.line.binding import source_address

    table = tmp_path / "if_inet6"
    table.write_text(
        "fe800000000000000000000000000001 02 40 20 80     wan0\n"
        "20010db8000000000000000000000007 02 40 00 80     wan0\n"
        "20010db8000000000000000000000008 03 40 00 80     lte0\n",
        encoding="ascii",
    )
    assert source_address("wan0", socket.AF_INET6, table=table) == "2001:db8::7"
    assert source_address("wan1", socket.AF_INET6, table=table) is None

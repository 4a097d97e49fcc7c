"""The whole page in namespaces of its own: cable, counters, gateway, and the exit code."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.namespaces import Namespace
from tests.support.agent_process import write_settings

pytestmark = pytest.mark.needs("netns")


@pytest.fixture
def device() -> Iterator[tuple[Namespace, Namespace]]:
    with Namespace() as device, Namespace(device) as router:
        device.ip(f"link add wan0 type veth peer name lan0 netns {router.pid}")
        for namespace, name, host in ((device, "wan0", 2), (router, "lan0", 1)):
            namespace.ip(f"addr add 10.9.1.{host}/24 dev {name}")
            namespace.ip(f"link set {name} up")
        device.ip("route add default via 10.9.1.1")
        yield device, router


def doctor(device: Namespace, settings: Path) -> tuple[int, list[str], str]:
    command = [sys.executable, "-m", "netmon_agent", "doctor", "--config", str(settings), "--lang", "en"]
    done = subprocess.run(device.command(*command), capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_the_page_of_a_device_whose_collector_is_silent(device: tuple[Namespace, Namespace], tmp_path: Path) -> None:
    settings = write_settings(tmp_path, "http://10.9.1.1:1", "interface: wan0\n")
    (tmp_path / "state").chmod(0o700)
    code, rows, said = doctor(device[0], settings)
    assert "ok         Gateway: 10.9.1.1 answers" in rows
    assert "ok         Counters: the interface's counters show our own bytes" in rows
    assert "note       Network card: wan0 does not say how fast it is" in rows
    assert any(row.startswith("problem    Collector: http://10.9.1.1:1 does not answer") for row in rows)
    assert rows[-1] == "Please let this device, 10.9.1.2, open TCP connections to 10.9.1.1, port 1."
    assert code == 3
    assert said.count("\n") == 1


def test_a_router_that_is_switched_off_and_a_cable_that_is_out(
    device: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    settings = write_settings(tmp_path, "http://10.9.1.1:1", "interface: wan0\n")
    device[1].ip("addr flush dev lan0")
    _, rows, _ = doctor(device[0], settings)
    assert "problem    Gateway: 10.9.1.1 does not answer" in rows
    device[1].ip("link set lan0 down")
    _, rows, _ = doctor(device[0], settings)
    assert "problem    Network card: the interface wan0 does not exist or has no link" in rows
    device[0].ip("route del default")
    _, rows, _ = doctor(device[0], settings)
    assert "problem    Gateway: there is no default route" in rows

"""The child with scapy on a way over three routers, one of which has a small MTU."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from netmon.wire.path_body import read_traces
from netmon_agent.path.diagnosis import CHILD_CODE
from tests.lab.namespaces import Namespace

pytest.importorskip("scapy")
pytestmark = pytest.mark.needs("netns")

T = TypeVar("T")
SERVER = "10.9.4.2"
MTU = 1400


def link(near: Namespace, far: Namespace, number: int) -> None:
    """A cable between two: 10.9.NUMBER.1 at the near end, .2 at the far one."""
    near.ip(f"link add r{number} type veth peer name l{number} netns {far.pid}")
    for namespace, name, host in ((near, f"r{number}", 1), (far, f"l{number}", 2)):
        namespace.ip(f"addr add 10.9.{number}.{host}/24 dev {name}")
        namespace.ip(f"link set {name} up")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def look(device: Namespace, server: str, interface: str = "") -> dict[str, Any]:
    """What the child finds from a device."""
    command = device.command(sys.executable, "-P", "-c", CHILD_CODE, server, "8377", interface)
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=80, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_hops_the_server_and_the_smallest_mtu_of_the_way_are_found() -> None:
    with contextlib.ExitStack() as stack:
        device = stack.enter_context(Namespace())
        way = [device, *(stack.enter_context(Namespace(device)) for _ in range(4))]
        for number, (near, far) in enumerate(itertools.pairwise(way), 1):
            link(near, far, number)
            near.ip(f"route add default via 10.9.{number}.2")
            if number > 1:
                near.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
            for back in range(1, number):
                far.ip(f"route add 10.9.{back}.0/24 via 10.9.{number}.1")
        way[3].ip(f"link set r4 mtu {MTU}")
        way[4].ip(f"link set l4 mtu {MTU}")
        found = look(device, SERVER)
    assert found["mtu_bytes"] == MTU
    traces = read_traces(found["traces"])
    assert [(one.method.value, one.reached) for one in traces] == [("udp", True), ("tcp", True), ("icmp", True)]
    for trace in traces:
        assert [hop.address for hop in trace.hops] == ["10.9.1.2", "10.9.2.2", "10.9.3.2", SERVER]
        assert all(0 < hop.answered <= hop.sent for hop in trace.hops)


def test_the_way_goes_through_the_interface_of_the_line() -> None:
    """Two providers; the server is behind the second, and the default route is the first one's."""
    with contextlib.ExitStack() as stack:
        device = stack.enter_context(Namespace())
        for number in (1, 2):
            far = stack.enter_context(Namespace(device))
            link(device, far, number)
            device.ip(f"route add default via 10.9.{number}.2 metric {number}")
            if number == 2:
                far.ip(f"addr add {SERVER}/32 dev lo")
        assert not any(one["reached"] for one in look(device, SERVER, "r1")["traces"])
        through = look(device, SERVER, "r2")["traces"]
        assert [(one["reached"], [hop["address"] for hop in one["hops"]]) for one in through] == [(True, [SERVER])] * 3
        gone = device.command(sys.executable, "-P", "-c", CHILD_CODE, SERVER, "8377", "usb0")
        done = subprocess.run(gone, capture_output=True, text=True, env=environment(), timeout=80, check=False)
        assert (done.returncode, done.stderr.strip()) == (1, "there is no interface usb0")


def test_the_child_ends_with_the_agent_however_that_ends() -> None:
    agent = "import subprocess, sys; subprocess.run([sys.executable, '-P', '-c', sys.argv[1], '192.0.2.1', '8377', ''])"
    with Namespace() as device:
        device.ip("route add default dev lo")
        command = [sys.executable, "-c", agent, CHILD_CODE]
        with subprocess.Popen(device.command(*command), env=environment(), stderr=subprocess.DEVNULL) as process:
            (child,) = wait_for(lambda: children_of(process.pid))
            time.sleep(0.5)  # past its own start
            process.send_signal(signal.SIGKILL)
        wait_for(lambda: not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes())


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def wait_for(what: Callable[[], T]) -> T:
    deadline = time.monotonic() + 10
    while not (found := what()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found

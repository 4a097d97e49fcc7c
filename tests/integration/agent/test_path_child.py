"""The child with scapy on a way over three routers, one of which has a small MTU."""

import contextlib
import itertools
import json
import os
import subprocess
import sys

import pytest

from netmon.wire.path_body import read_traces
from tests.lab.namespaces import Namespace

pytest.importorskip("scapy")
pytestmark = pytest.mark.needs("netns")

CODE = "from netmon_agent.path.child import main; main()"
SERVER = "10.9.4.2"
MTU = 1400


def link(near: Namespace, far: Namespace, number: int) -> None:
    """A cable between two: 10.9.NUMBER.1 at the near end, .2 at the far one."""
    near.ip(f"link add r{number} type veth peer name l{number} netns {far.pid}")
    for namespace, name, host in ((near, f"r{number}", 1), (far, f"l{number}", 2)):
        namespace.ip(f"addr add 10.9.{number}.{host}/24 dev {name}")
        namespace.ip(f"link set {name} up")


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
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = device.command(sys.executable, "-P", "-c", CODE, SERVER, "8377")
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        answer, trouble = child.communicate(timeout=80)
    assert child.returncode == 0, trouble
    found = json.loads(answer)
    assert found["mtu_bytes"] == MTU
    traces = read_traces(found["traces"])
    assert [(one.method.value, one.reached) for one in traces] == [("udp", True), ("tcp", True), ("icmp", True)]
    for trace in traces:
        assert [hop.address for hop in trace.hops] == ["10.9.1.2", "10.9.2.2", "10.9.3.2", SERVER]
        assert all(0 < hop.answered <= hop.sent for hop in trace.hops)

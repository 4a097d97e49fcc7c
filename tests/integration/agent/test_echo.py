"""ICMP echo as the kernel allows it: by ping_group_range, by CAP_NET_RAW, or not at all."""

import subprocess
import sys

import pytest

from tests.lab.namespaces import Namespace

pytestmark = pytest.mark.needs("netns")

ROUND = """
import socket, sys, time
from netmon_agent.latency.echo import is_permitted, open_socket
from netmon_agent.latency.round import round_trips
if not is_permitted(socket.AF_INET):
    sys.exit("not permitted")
print(open_socket(socket.AF_INET).getsockopt(socket.SOL_SOCKET, socket.SO_TYPE).__index__())
targets = {
    "v4": (socket.AF_INET, ("127.0.0.1", 0)),
    "v6": (socket.AF_INET6, ("::1", 0)),
    "nobody": (socket.AF_INET, ("10.99.0.1", 0)),
    "refusing": (socket.AF_INET, ("127.0.0.1", 1)),
}
for name, rtt in round_trips(targets, timeout_s=0.5, monotonic=time.monotonic).items():
    print(name, rtt is not None and 0 < rtt < 0.5)
"""
UNPRIVILEGED = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")
DGRAM, RAW = "2", "3"


def probe(namespace: Namespace, *wrapper: str) -> "subprocess.CompletedProcess[str]":
    command = namespace.command(*wrapper, sys.executable, "-c", ROUND)
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def answers(kind: str) -> list[str]:
    return [kind, "v4 True", "v6 True", "nobody False", "refusing True"]


def test_echoes_come_back_over_whatever_socket_the_kernel_gives() -> None:
    with Namespace() as namespace:
        namespace.ip("link add wan0 type veth peer name modem")
        namespace.ip("link set wan0 up")
        namespace.ip("addr add 10.99.0.2/24 dev wan0")
        assert probe(namespace, *UNPRIVILEGED).stderr == "not permitted\n"
        assert probe(namespace).stdout.splitlines() == answers(RAW)
        namespace.run("sh", "-c", "echo 0 0 >/proc/sys/net/ipv4/ping_group_range")
        found = probe(namespace, *UNPRIVILEGED)
        assert (found.stdout.splitlines(), found.stderr) == (answers(DGRAM), "")

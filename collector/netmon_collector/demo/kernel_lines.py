"""Lines shaped by the kernel: a namespace for the provider and one for each school, veth between, tbf on both ends.

Runs inside a user namespace of its own, so it needs no root and touches nothing of the machine's network.
"""

import subprocess
from collections.abc import Sequence

from netmon_collector.demo.draw import DrawnLine, Part

CORE_ADDRESS = "10.90.0.1"
NAMESPACE = (
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
)
_PROVIDER_ADDRESS = "10.90.0.2"
_FRAME_BYTES, _PACKET_BYTES = 1514, 1500  # tbf on veth counts the Ethernet header, the IP-layer rate does not
_BURST_S = 0.012  # a smaller bucket loses tokens when the machine wakes late
_QUEUE_S = 0.05
_LEAST_BURST_BYTES = 15140
_UNTIL_CUT_BPS = 50_000_000
_PROBE = (
    "ip link add netmon0 type veth peer name netmon1"
    " && tc qdisc add dev netmon0 root tbf rate 1mbit burst 10000 limit 10000 && unshare -nm mount -t sysfs sysfs /sys"
)


def why_unavailable() -> str | None:
    """Why this machine does not let its user shape lines in the kernel, None when it does."""
    try:
        probe = subprocess.run(
            [*NAMESPACE, "sh", "-c", _PROBE], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"no unshare ({error})"
    if probe.returncode == 0:
        return None
    return (probe.stderr.strip().splitlines() or ["namespaces are not allowed"])[-1]


class KernelLines:
    """The provider's network and every line of the district."""

    def __init__(self, lines: Sequence[DrawnLine]) -> None:
        self._lines = lines
        self._holders: list[subprocess.Popen[bytes]] = []
        self._provider = 0
        self._schools: dict[str, int] = {}

    def build(self) -> None:
        """Raises OSError or CalledProcessError when the kernel refuses something that the probe let pass."""
        self._provider = self._hold()
        for line in self._lines:
            self._schools[line.line] = self._hold()
        self._run(
            None,
            f"""
            ip link set lo up
            ip link add core0 type veth peer name isp0 netns {self._provider}
            ip addr add {CORE_ADDRESS}/30 dev core0
            ip link set core0 up
            ip route add 10.91.0.0/16 via {_PROVIDER_ADDRESS}
            echo 1 > /proc/sys/net/ipv4/tcp_no_metrics_save
            """,
        )
        self._run(
            self._provider,
            f"""
            ip link set lo up
            ip addr add {_PROVIDER_ADDRESS}/30 dev isp0
            ip link set isp0 up
            echo 1 > /proc/sys/net/ipv4/ip_forward
            """,
        )
        for number, line in enumerate(self._lines, start=1):
            self._connect(number, line)

    def _connect(self, number: int, line: DrawnLine) -> None:
        school = self._schools[line.line]
        shape = _shape(line.line_bps or _UNTIL_CUT_BPS)
        self._run(
            self._provider,
            f"""
            ip link add acc{number} type veth peer name wan0 netns {school}
            ip addr add 10.91.{number}.1/30 dev acc{number}
            ip link set acc{number} up gso_max_segs 1
            tc qdisc add dev acc{number} root {shape}
            """,
        )
        self._run(
            school,
            f"""
            mount -t sysfs sysfs /sys
            ip link set lo up
            ip addr add 10.91.{number}.2/30 dev wan0
            ip link set wan0 up gso_max_segs 1
            ip route add default via 10.91.{number}.1
            tc qdisc add dev wan0 root {shape}
            echo 1 > /proc/sys/net/ipv4/tcp_no_metrics_save
            """,
        )

    def command_prefix(self, line: str) -> Sequence[str]:
        """What runs a program on the school's side of a line."""
        return ("nsenter", "--target", str(self._schools[line]), "--net", "--mount", "--")

    def school_address(self, line: str) -> str:
        number = 1 + [str(one.line) for one in self._lines].index(line)
        return f"10.91.{number}.2"

    def cut(self) -> None:
        """The dead lines die: what comes back to their schools is lost at the provider."""
        self._route("add")

    def restore(self) -> None:
        """Mend the dead lines."""
        self._route("del")

    def _route(self, change: str) -> None:
        for number, line in enumerate(self._lines, start=1):
            if line.part is Part.DEAD:
                self._run(self._provider, f"ip route {change} blackhole 10.91.{number}.2/32")

    def close(self) -> None:
        for holder in self._holders:
            holder.kill()
            holder.wait()

    def _hold(self) -> int:
        """A process whose only purpose is to keep a network and a mount namespace open."""
        command = ["unshare", "--net", "--mount", "sh", "-c", "echo ready; exec sleep infinity"]
        holder = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self._holders.append(holder)
        if holder.stdout is None or holder.stdout.readline() != b"ready\n":
            raise OSError("a namespace could not be made")
        return holder.pid

    @staticmethod
    def _run(namespace: int | None, script: str) -> None:
        prefix = [] if namespace is None else ["nsenter", "--target", str(namespace), "--net", "--mount", "--"]
        subprocess.run([*prefix, "sh", "-e"], input=script, text=True, capture_output=True, check=True, timeout=30)


def _shape(ip_bps: int) -> str:
    rate = ip_bps * _FRAME_BYTES // _PACKET_BYTES
    burst = max(_LEAST_BURST_BYTES, int(rate / 8 * _BURST_S))
    limit = max(int(rate / 8 * _QUEUE_S), 64 * 1024) + burst
    return f"tbf rate {rate}bit burst {burst} limit {limit}"

"""A school's line between namespaces: LAN host - agent - provider - server, shaped by the kernel in the middle."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab.namespaces import Namespace, without_offloads

SERVER_ADDRESS = "10.9.2.2"
AGENT_ADDRESS = "10.9.1.2"
LAN_ADDRESS = "10.9.3.2"
PORT = 8377
_QUEUE_S = 0.050
# Smaller buckets lose tokens when a virtual machine wakes late.
_BURST_S = 0.012
_SMALLEST_QUEUE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A line that is fast until so many bytes went through."""

    peak_mbps: float
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShape:
    """What the kernel lets through, what the emulator does to it."""

    down_mbps: float
    up_mbps: float | None = None
    rtt_ms: float = 0.0
    loss_percent: float = 0.0
    bucket: Bucket | None = None
    seed: int = 1
    mtu: int = 1500
    queue_s: float = _QUEUE_S

    @property
    def emulated(self) -> bool:
        """Whether delay or loss need the emulator."""
        return self.rtt_ms > 0 or self.loss_percent > 0

    @property
    def truth_down_bps(self) -> float:
        """The IP-layer rate of the download: tbf on a veth counts 14 bytes of Ethernet header a packet."""
        return self.down_mbps * 1e6 * self.mtu / (self.mtu + 14)

    @property
    def truth_up_bps(self) -> float:
        """The IP-layer rate of the upload: tbf on a TUN counts IP only, and loss comes after it."""
        rate = (self.up_mbps or self.down_mbps) * 1e6
        return rate * (1 - self.loss_percent / 100) if self.emulated else rate * self.mtu / (self.mtu + 14)


def build_emulator(folder: Path) -> Path:
    """Compile the delay and loss emulator."""
    binary = folder / "wanemu"
    if not binary.exists():
        source = Path(__file__).with_name("wanemu.c")
        subprocess.run(["gcc", "-O2", "-o", str(binary), str(source)], check=True, timeout=60)
    return binary


class Lab:
    """The namespaces of one line. The interface towards the provider is ``wan0`` in `agent`."""

    def __init__(self, shape: LineShape, *, emulator: Path | None = None, lan: bool = False) -> None:
        assert emulator or not shape.emulated, "delay and loss need the emulator"
        self.shape = shape
        self._emulator: subprocess.Popen[str] | None = None
        self.agent = Namespace()
        self.provider, self.server = Namespace(self.agent), Namespace(self.agent)
        self.lan = Namespace(self.agent) if lan else None
        for namespace in self._namespaces:
            namespace.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.tcp_no_metrics_save=1")
        self._access()
        self._far_side(emulator)
        if self.lan:
            self._local_network(self.lan)
        self.shape_line()

    @property
    def _namespaces(self) -> list[Namespace]:
        return [self.agent, self.provider, self.server, *([self.lan] if self.lan else [])]

    def _pair(self, left: Namespace, left_device: str, right: Namespace, right_device: str) -> None:
        left.ip(f"link add {left_device} type veth peer name {right_device} netns {right.pid}")
        for namespace, device in ((left, left_device), (right, right_device)):
            without_offloads(namespace, device)
            namespace.ip(f"link set {device} mtu {self.shape.mtu} up txqueuelen 1000")

    def _access(self) -> None:
        self._pair(self.agent, "wan0", self.provider, "acc0")
        self.agent.ip(f"addr add {AGENT_ADDRESS}/24 dev wan0")
        self.provider.ip("addr add 10.9.1.1/24 dev acc0")
        self.agent.ip("route add default via 10.9.1.1")

    def _far_side(self, emulator: Path | None) -> None:
        if self.shape.emulated and emulator:
            self._start_emulator(emulator)
            for namespace, device in ((self.provider, "far0"), (self.server, "srv0")):
                namespace.ip(f"link set {device} up mtu {self.shape.mtu} txqueuelen 20000")
        else:
            self._pair(self.provider, "far0", self.server, "srv0")
        self.provider.ip(f"addr add 10.9.2.1 peer {SERVER_ADDRESS} dev far0")
        self.server.ip(f"addr add {SERVER_ADDRESS} peer 10.9.2.1 dev srv0")
        self.server.ip("route add default via 10.9.2.1")

    def _start_emulator(self, emulator: Path) -> None:
        shape = self.shape
        command = [str(emulator), self.provider.path, "far0", self.server.path, "srv0"]
        command += [str(round(shape.rtt_ms * 500)), str(round(shape.loss_percent * 10_000)), str(shape.seed)]
        # Punctual only with real-time priority, which only root may give.
        punctual = ["chrt", "-f", "10"] if os.geteuid() == 0 else []
        self._emulator = subprocess.Popen(
            [*punctual, *self.agent.entering("-U"), *command], stdout=subprocess.PIPE, text=True
        )
        assert self._emulator.stdout is not None
        assert self._emulator.stdout.readline() == "ready\n", "the emulator did not start"

    def _local_network(self, lan: Namespace) -> None:
        self._pair(self.agent, "lan0", lan, "eth0")
        self.agent.ip("addr add 10.9.3.1/24 dev lan0")
        lan.ip(f"addr add {LAN_ADDRESS}/24 dev eth0")
        lan.ip("route add default via 10.9.3.1")
        self.provider.ip(f"route add 10.9.3.0/24 via {AGENT_ADDRESS}")

    def shape_line(self) -> None:
        """Put the shapers in force anew, with full buckets."""
        shape = self.shape
        self._shape(self.provider, "acc0", self._filter(shape.down_mbps))
        self._shape(self.provider, "far0", self._filter(shape.up_mbps or shape.down_mbps))

    def _filter(self, mbps: float) -> str:
        bucket = self.shape.bucket
        rate = (bucket.peak_mbps if bucket else mbps) * 1e6 / 8
        burst = max(10 * (self.shape.mtu + 14), round(rate * _BURST_S))
        limit = max(round(rate * self.shape.queue_s), _SMALLEST_QUEUE)
        if bucket is None:
            return f"tbf rate {round(mbps * 1000)}kbit burst {burst} limit {limit + burst}"
        peak = f"peakrate {round(bucket.peak_mbps * 1000)}kbit minburst {burst}"
        return f"tbf rate {round(mbps * 1000)}kbit burst {bucket.bytes} {peak} limit {limit}"

    @staticmethod
    def _shape(namespace: Namespace, device: str, words: str) -> None:
        subprocess.run(namespace.command("tc", "qdisc", "del", "dev", device, "root"), capture_output=True, check=False)
        namespace.run("tc", "qdisc", "add", "dev", device, "root", *words.split())

    def close(self) -> None:
        if self._emulator is not None:
            self._emulator.terminate()
            self._emulator.communicate(timeout=5)
        for namespace in reversed(self._namespaces):
            namespace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

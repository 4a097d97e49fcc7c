"""The shaper's process: it alone knows what each line carries until it is asked to reveal it.

Talks JSON lines: first how each line is reached, then an answer to each command read from standard input (``cut``
lets the dead lines die, ``restore`` mends them, ``reveal`` tells the drawn rates). The end of its input is the end of
the lines.
"""

import argparse
import json
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from netmon.config.policy import read_policy
from netmon.config.registry import read_registry
from netmon_collector.demo.draw import DrawnLine, Part, draw
from netmon_collector.demo.kernel_lines import KernelLines
from netmon_collector.demo.relayed_lines import RelayedLines

_DATAGRAM = bytes(1372)  # 1,400 bytes as an IP packet
_TICK_S = 0.005
_DISCARD_PORT = 9


class OtherTraffic:
    """Somebody else's download on the busy lines, at a steady rate."""

    def __init__(self, flows: Sequence[tuple[str, int]]) -> None:
        self._flows = flows
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send, name="other-traffic", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _send(self) -> None:
        started = time.monotonic()
        sent = dict.fromkeys(self._flows, 0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not self._stop.is_set():
                elapsed = time.monotonic() - started
                for flow in self._flows:
                    address, rate_bps = flow
                    while sent[flow] * (len(_DATAGRAM) + 28) * 8 < rate_bps * elapsed:
                        sender.sendto(_DATAGRAM, (address, _DISCARD_PORT))
                        sent[flow] += 1
                time.sleep(_TICK_S)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--registry", type=Path, required=True)
    parser.add_argument("--policy", type=Path, required=True)
    parser.add_argument("--day", type=date.fromisoformat, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--relay-to", help="HOST:PORT of the measurement server; without it the kernel shapes")
    arguments = parser.parse_args()
    # The terminal's Ctrl-C is for the demo, which then closes our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = draw(read_registry(arguments.registry), read_policy(arguments.policy), arguments.day, seed=arguments.seed)
    if arguments.relay_to is None:
        _serve_kernel(lines)
    else:
        host, _, port = arguments.relay_to.rpartition(":")
        _serve_relay(lines, (host, int(port)))
    return 0


def _serve_kernel(lines: Sequence[DrawnLine]) -> None:
    shaped = KernelLines(lines)
    try:
        shaped.build()
        flows = [(shaped.school_address(one.line), one.background_bps) for one in lines if one.background_bps]
        others = OtherTraffic(flows)
        others.start()
        _tell({one.line: {"prefix": shaped.command_prefix(one.line), "silent": _is_silent(one)} for one in lines})
        _obey(lines, {"cut": shaped.cut, "restore": shaped.restore})
        others.close()
    finally:
        shaped.close()


def _serve_relay(lines: Sequence[DrawnLine], server: tuple[str, int]) -> None:
    # A relay's users cannot be counted on an interface, so nothing but the tests is sent through it.
    relayed = RelayedLines(lines, server)
    relayed.build()
    try:
        _tell({one.line: {"port": relayed.port(one.line), "silent": _is_silent(one)} for one in lines})
        _obey(lines, {"cut": relayed.cut, "restore": relayed.restore})
    finally:
        relayed.close()


def _is_silent(line: DrawnLine) -> bool:
    """Nobody switched this line's agent on; what the line carries stays our secret."""
    return line.part is Part.SILENT


def _obey(lines: Sequence[DrawnLine], changes: Mapping[str, Callable[[], None]]) -> None:
    for command in map(str.strip, sys.stdin):
        if command in changes:
            changes[command]()
            _tell({})
        elif command == "reveal":
            _tell({one.line: {"part": one.part.value, "line_bps": one.line_bps} for one in lines})


def _tell(document: Mapping[str, Mapping[str, object]]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

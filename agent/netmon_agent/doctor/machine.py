"""Checks of what limits a measurement on this machine: processor, congestion control, buffers."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from netmon.domain.kinds import PathReadiness
from netmon.transfer.options import bbr_available, default_qdisc
from netmon_agent.doctor.patient import Patient
from netmon_agent.doctor.report import Finding, fine, note, problem
from netmon_agent.doctor.texts import Text
from netmon_agent.path.readiness import readiness

_PROC_SYS = Path("/proc/sys/net")
_TRIAL_BYTES = 24_000_000
_BLOCK = 256 * 1024
_FAR_S = 0.1  # the farthest server that is still a school's
_BURST_S = 0.02  # what a UDP train sends before the reader wakes


def processor_bps(trial_bytes: int = _TRIAL_BYTES) -> float:
    """What this processor can send and receive over its own loopback, by the processor time that it takes.

    Both ends run here, so a measurement, which is one end, is cheaper: the figure is on the safe side.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sender = threading.Thread(target=_send, args=(listening.getsockname(), trial_bytes), daemon=True)
        before = time.process_time()
        sender.start()
        connection, _ = listening.accept()
        buffer, received = bytearray(_BLOCK), 0
        with connection:
            while count := connection.recv_into(buffer):
                received += count
        sender.join()
        used_s = time.process_time() - before
    return received * 8 / max(used_s, 1e-6)


def _send(address: tuple[str, int], count: int) -> None:
    block = bytes(_BLOCK)
    with socket.create_connection(address) as connection:
        for _ in range(count // _BLOCK):
            connection.sendall(block)


def check_processor(patient: Patient, *, speed: Callable[[], float] = processor_bps) -> Iterator[Finding]:
    found, needed = speed(), patient.threshold_bps
    fields = {"mbps": round(found / 1e6), "threshold": round(needed / 1e6)}
    if found < needed:
        yield problem(Text.PROCESSOR, Text.PROCESSOR_SLOW, Text.PROCESSOR_MEND, **fields)
    else:
        yield fine(Text.PROCESSOR, Text.PROCESSOR_FINE, **fields)


def check_congestion_control(_: Patient, *, has_bbr: Callable[[], bool] = bbr_available) -> Iterator[Finding]:
    if has_bbr():
        yield fine(Text.CONGESTION, Text.CONGESTION_FINE, qdisc=default_qdisc())
    else:
        yield problem(Text.CONGESTION, Text.CONGESTION_MISSING, Text.CONGESTION_MEND)


def check_buffers(patient: Patient, *, proc: Path = _PROC_SYS) -> Iterator[Finding]:
    try:
        tcp = int((proc / "ipv4/tcp_rmem").read_text(encoding="ascii").split()[2])
        udp = int((proc / "core/rmem_max").read_text(encoding="ascii"))
    except (OSError, ValueError, IndexError):
        return  # nothing to compare with
    needed = patient.threshold_bps * _FAR_S / 8
    most = max(4_194_304, 1 << round(2 * needed).bit_length())
    fields = {"tcp_kb": tcp // 1024, "udp_kb": udp // 1024, "threshold": patient.threshold_bps // 1_000_000}
    if tcp < needed or udp < patient.threshold_bps * _BURST_S / 8 / 2:
        yield problem(Text.BUFFERS, Text.BUFFERS_SMALL, Text.BUFFERS_MEND, most=most, **fields)
    else:
        yield fine(Text.BUFFERS, Text.BUFFERS_FINE, **fields)


_PATH_TEXTS = {
    PathReadiness.LIBRARY_MISSING: Text.PATH_LIBRARY,
    PathReadiness.NOT_PERMITTED: Text.PATH_PERMISSION,
}


def check_path_diagnosis(_: Patient, *, ready: Callable[[], PathReadiness] = readiness) -> Iterator[Finding]:
    found = ready()
    if found is PathReadiness.READY:
        yield fine(Text.PATH, Text.PATH_READY)
    else:
        yield note(Text.PATH, _PATH_TEXTS[found])

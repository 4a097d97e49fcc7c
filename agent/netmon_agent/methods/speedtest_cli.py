"""speedtest-cli as a second opinion: against whatever server of speedtest.net it finds, if it finds one at all."""

import sys
from dataclasses import replace

from netmon.domain.kinds import Direction, Flag, ResultKind
from netmon_agent.methods.base import MeasurementError, MethodResult, SessionRequest
from netmon_agent.methods.program import IP_SHARE, number_at, run_program

NAME = "speedtest-cli"
_HTTP_TIMEOUT_S = 10
_WITHIN_S = 90.0


def measure(request: SessionRequest, /) -> MethodResult:
    """One run in one direction over HTTPS. The IP-layer rate is the goodput with the usual headers."""
    start = request.clock.monotonic()
    down = request.direction is Direction.DOWN
    blank = request.blank(NAME)
    command = [sys.executable, "-m", "speedtest", "--json", "--secure", "--timeout", str(_HTTP_TIMEOUT_S)]
    command.append("--no-upload" if down else "--no-download")
    try:
        result = _read(blank, run_program(command, within_s=_WITHIN_S), down=down)
    except MeasurementError as error:
        result = blank.because(error)
    return replace(result, duration_s=request.clock.monotonic() - start)


def _read(blank: MethodResult, document: dict[str, object], *, down: bool) -> MethodResult:
    goodput = number_at(document, "download" if down else "upload")
    moved = number_at(document, "bytes_received" if down else "bytes_sent")
    return replace(
        blank,
        kind=ResultKind.RATE,
        rate_bps=round(goodput * IP_SHARE),
        goodput_bps=round(goodput),
        bytes=round(moved * IP_SHARE),
        flags=blank.flags | {Flag.NO_WAN_COUNTERS},
        detail={"ip_share_assumed": round(IP_SHARE, 4)},
    )

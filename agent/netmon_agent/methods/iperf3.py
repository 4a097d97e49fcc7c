"""iperf3 as a second opinion: ten seconds against somebody's iperf3 server; shown, never deciding by default."""

from dataclasses import replace

from netmon.domain.kinds import Direction, Flag, ResultKind
from netmon_agent.methods.base import MeasurementError, MethodResult, SessionRequest
from netmon_agent.methods.program import number_at, reason_in, run_program

NAME = "iperf3"
_CONNECT_MS = 3000
_WARMING_S = 1
_HEADER_BYTES = 52


def measure(request: SessionRequest, /) -> MethodResult:
    """One run in one direction. The IP-layer rate is the goodput with its headers, from the MSS it reports."""
    start = request.clock.monotonic()
    seconds = max(1, round(request.patience.estimate_s))
    blank = request.blank(NAME)
    command = [NAME, "--json", "--client", request.host, "--port", str(request.port), "--time", str(seconds)]
    command += ["--omit", str(_WARMING_S), "--connect-timeout", str(_CONNECT_MS)]
    command += ["--reverse"] if request.direction is Direction.DOWN else []
    try:
        result = _read(blank, run_program(command, within_s=seconds + _WARMING_S + 10))
    except MeasurementError as error:
        result = blank.because(error)
    return replace(result, duration_s=request.clock.monotonic() - start)


def _read(blank: MethodResult, document: dict[str, object]) -> MethodResult:
    if "error" in document:
        words = str(document["error"])[:200]
        raise MeasurementError(reason_in(words), f"iperf3 said: {words}")
    goodput = number_at(document, "end", "sum_received", "bits_per_second")
    mss = number_at(document, "start", "tcp_mss_default") or 1448
    received = number_at(document, "end", "sum_received", "bytes")
    return replace(
        blank,
        kind=ResultKind.RATE,
        rate_bps=round(goodput * (mss + _HEADER_BYTES) / mss),
        goodput_bps=round(goodput),
        bytes=round(received * (mss + _HEADER_BYTES) / mss),
        flags=blank.flags | {Flag.NO_WAN_COUNTERS},
        detail={"mss": round(mss)},
    )

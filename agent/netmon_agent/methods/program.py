"""Other people's programs as methods: a subprocess with a deadline, and its JSON."""

import json
import subprocess
from collections.abc import Mapping, Sequence

from netmon.domain.kinds import Reason
from netmon_agent.methods.base import MeasurementError

# IP bytes for each byte of TCP payload at MTU 1500 with timestamps over IPv4, where a program does not tell.
IP_SHARE = 1500 / 1448
_MOST_OUTPUT = 4 << 20


def run_program(
    command: Sequence[str], *, within_s: float, environment: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The JSON object that a program prints. Raises MeasurementError."""
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=within_s, check=False, env=environment, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as error:
        raise MeasurementError(Reason.METHOD_MISSING, f"the program {command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise MeasurementError(Reason.SERVER_STALLED, f"{command[0]} did not end within {within_s:g} s") from error
    try:
        document = json.loads(done.stdout[:_MOST_OUTPUT])
    except ValueError as error:
        words = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
        raise MeasurementError(reason_in(words[-1] if words else ""), _said(command[0], words)) from error
    if not isinstance(document, dict):
        raise MeasurementError(Reason.PROTOCOL_ERROR, f"{command[0]} printed no JSON object")
    return document


def _said(program: str, words: Sequence[str]) -> str:
    return f"{program} said: {words[-1][:200]}" if words else f"{program} said nothing"


def reason_in(words: str) -> Reason:
    """The reason that a program's error message stands for."""
    lowered = words.lower()
    if "busy" in lowered:
        return Reason.SERVER_BUSY
    unreachable = ("unable to connect", "refused", "cannot retrieve", "unreachable", "timed out", "no route", "resol")
    if any(phrase in lowered for phrase in unreachable):
        return Reason.SERVER_UNREACHABLE
    return Reason.PROTOCOL_ERROR


def number_at(document: object, *path: str) -> float:
    """The number at a path of members. Raises MeasurementError."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    if isinstance(document, bool) or not isinstance(document, int | float) or document < 0:
        raise MeasurementError(Reason.PROTOCOL_ERROR, f"the program's answer has no {'.'.join(path)}")
    return float(document)

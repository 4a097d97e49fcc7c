"""When a deciding measurement fails: look at the way to its server, in a child, at most once an hour."""

import json
import os
import sys
from collections.abc import Callable, Mapping

from netmon.clock import Clock
from netmon.domain.kinds import Decision, Mode, PathOutcome, PathReadiness, PathTrigger, Reason
from netmon.wire.canonical import format_time
from netmon.wire.records import RecordKind
from netmon_agent.address import Address
from netmon_agent.errors import OutboxError
from netmon_agent.latency.resolve import look_up
from netmon_agent.ports import Attempt, Draft, Journal, Say

EVERY_S = 3600.0
TIMEOUT_S = 90.0  # three methods with their rounds, and the search for the MTU
TRAFFIC_BYTES = 60_000  # about what it puts on the line
_CODE = "from netmon_agent.path.child import main; main()"
_MAY_LIE_ON_THE_WAY = frozenset(
    {Reason.SERVER_UNREACHABLE, Reason.SERVER_STALLED, Reason.CONNECTION_LOST, Reason.NO_BBR_WITH_LOSS}
)


def trigger_of(attempt: Attempt, found: Mapping[str, object]) -> PathTrigger | None:
    """Whether a result is worth a look at the path."""
    if attempt.slot.mode is not Mode.DECISION:
        return None
    if found.get("decision") == Decision.BELOW:
        return PathTrigger.BELOW
    return PathTrigger.NO_RESULT if found.get("reason") in _MAY_LIE_ON_THE_WAY else None


def run_child(address: str, port: int, timeout_s: float) -> Mapping[str, object] | None:
    """What the child found; None where it took too long. Raises OSError, ValueError where it failed."""
    import subprocess  # noqa: PLC0415 - a diagnosis is seldom, and an agent on a router small

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(place for place in sys.path if place)}
    command = [sys.executable, "-P", "-c", _CODE, address, str(port)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False, env=environment)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        raise OSError((done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[-1])
    found = json.loads(done.stdout)
    if not isinstance(found, dict):
        raise ValueError("the child's answer is no object")
    return found


class PathDiagnosis:
    """Asked after each measurement; writes a record of what it found, and says once why it cannot look."""

    def __init__(
        self,
        *,
        readiness: PathReadiness,
        journal: Journal,
        clock: Clock,
        say: Say,
        spend: Callable[[str, int], None],
        child: Callable[[str, int, float], Mapping[str, object] | None] = run_child,
    ) -> None:
        self._readiness, self._journal, self._clock, self._say = readiness, journal, clock, say
        self._spend, self._child = spend, child
        self._last: float | None = None
        self._said = False

    def after(self, attempt: Attempt, found: Mapping[str, object]) -> None:
        """Look at the path if this result asks for it and it is time."""
        trigger = trigger_of(attempt, found)
        if trigger is None or (self._last is not None and self._clock.monotonic() - self._last < EVERY_S):
            return
        if self._readiness is not PathReadiness.READY:
            if not self._said:
                self._say(f"the path is not looked at: {self._readiness}")
            self._said = True
            return
        self._last = self._clock.monotonic()
        self._write(self._look(attempt, trigger))

    def _look(self, attempt: Attempt, trigger: PathTrigger) -> dict[str, object]:
        started_at, began = self._clock.now(), self._clock.monotonic()
        outcome, seen = self._ask(attempt.address)
        self._spend("path", TRAFFIC_BYTES)
        return {
            "slot": attempt.slot.id,
            "server": self._server_of(attempt),
            "host": attempt.address.host,
            "started_at": format_time(started_at),
            "duration_s": round(self._clock.monotonic() - began, 3),
            "trigger": trigger.value,
            "outcome": outcome.value,
            "mtu_bytes": seen.get("mtu_bytes"),
            "traces": seen.get("traces", []),
        }

    def _ask(self, address: Address) -> tuple[PathOutcome, Mapping[str, object]]:
        try:
            numeric = look_up(address)[1][0]
            seen = self._child(numeric, address.port, TIMEOUT_S)
        except (OSError, ValueError) as error:
            self._say(f"the path to {address} could not be traced: {' '.join(str(error).split())}")
            return PathOutcome.FAILED, {}
        return (PathOutcome.TIMED_OUT, {}) if seen is None else (PathOutcome.TRACED, seen)

    def _server_of(self, attempt: Attempt) -> str:
        return next((one.server for one in attempt.slot.offers if one.ticket == attempt.ticket), "?")

    def _write(self, body: Mapping[str, object]) -> None:
        try:
            self._journal.append([Draft(RecordKind.PATH, body)])
        except OutboxError as error:
            self._say(f"a path diagnosis is lost: {error}")

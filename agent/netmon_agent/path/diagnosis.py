"""When a deciding measurement fails: look at the way to its server, in a child, at most once an hour.

A look takes up to a minute and a half. It has a thread of its own, so that a slot's other tickets, and other slots, do
not wait for it.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
CHILD_CODE = (
    "from netmon_agent.path.parent import end_with_parent; end_with_parent(); "
    "from netmon_agent.path.child import main; main()"
)
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


def run_child(address: str, port: int, interface: str | None, timeout_s: float) -> Mapping[str, object] | None:
    """What the child found; None where it took too long. Raises OSError, ValueError where it failed."""
    import subprocess  # noqa: PLC0415 - a diagnosis is seldom, and an agent on a router small

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(place for place in sys.path if place)}
    command = [sys.executable, "-P", "-c", CHILD_CODE, address, str(port), interface or ""]
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


@dataclass(frozen=True, slots=True)
class _Request:
    """A look that is due; with a docstring `dataclass` does not load `inspect` to make one (0.8 MB on a router)."""

    attempt: Attempt
    trigger: PathTrigger


class PathDiagnosis:
    """Asked after each measurement; writes a record of what it found, and says once why it cannot look.

    `asked` wakes whoever takes the steps: two threads, the one that measures and the one that looks.
    """

    def __init__(
        self,
        *,
        readiness: PathReadiness,
        journal: Journal,
        clock: Clock,
        say: Say,
        spend: Callable[[str, int], None],
        asked: Callable[[], None],
        child: Callable[[str, int, str | None, float], Mapping[str, object] | None] = run_child,
    ) -> None:
        self._readiness, self._journal, self._clock, self._say = readiness, journal, clock, say
        self._spend, self._asked, self._child = spend, asked, child
        self._last: float | None = None
        self._request: _Request | None = None
        self._said = False

    def after(self, attempt: Attempt, found: Mapping[str, object]) -> None:
        """Ask for a look at the path if this result is worth one and it is time."""
        trigger = trigger_of(attempt, found)
        if trigger is None or (self._last is not None and self._clock.monotonic() - self._last < EVERY_S):
            return
        if self._readiness is not PathReadiness.READY:
            if not self._said:
                self._say(f"the path is not looked at: {self._readiness}")
            self._said = True
            return
        self._last = self._clock.monotonic()
        self._request = _Request(attempt, trigger)
        self._asked()

    def step(self) -> float:
        """Take the look that was asked for; answers the seconds until the next, which is when somebody asks."""
        request, self._request = self._request, None
        if request is not None:
            self._write(self._look(request))
        return EVERY_S

    def _look(self, request: _Request) -> dict[str, object]:
        attempt = request.attempt
        started_at, began = self._clock.now(), self._clock.monotonic()
        outcome, seen = self._ask(attempt.address, attempt.interface)
        self._spend("path", TRAFFIC_BYTES)
        return {
            "slot": attempt.slot.id,
            "server": self._server_of(attempt),
            "host": attempt.address.host,
            "started_at": format_time(started_at),
            "duration_s": round(self._clock.monotonic() - began, 3),
            "trigger": request.trigger.value,
            "outcome": outcome.value,
            "mtu_bytes": seen.get("mtu_bytes"),
            "traces": seen.get("traces", []),
        }

    def _ask(self, address: Address, interface: str | None) -> tuple[PathOutcome, Mapping[str, object]]:
        try:
            numeric = look_up(address)[1][0]
            seen = self._child(numeric, address.port, interface, TIMEOUT_S)
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

"""From rounds of probes to outages: when a line was lost, since when, and where it broke."""

from dataclasses import dataclass

from netmon.domain.kinds import OutageCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of an outage in readings of the monotonic clock; `since` is where the whole outage began."""

    started: float
    ended: float
    since: float
    cause: OutageCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of probes: when it began, and whether the measurement servers and anybody else answered.

    `router` says whether the school's own router is there; None where the first router is not the school's.
    """

    at: float
    link: bool
    servers: int
    servers_answered: int
    others: int
    others_answered: int
    router: bool | None = None

    @property
    def cause(self) -> OutageCause | None:
        """Where the connection is broken; None while it is not, or nothing was probed."""
        if self.servers_answered or not (self.servers or self.others):
            return None
        if self.others_answered:
            return OutageCause.BEYOND if self.servers else None
        if not self.link:
            return OutageCause.NIC
        return OutageCause.GATEWAY if self.router is False else OutageCause.PROVIDER


class OutageDetector:
    """Watches the rounds of one line. Stretches of one outage follow each other without a gap.

    An outage begins with its first lost round once `after_probes` rounds in a row were lost, and ends with the first
    round that was not. Rounds that were not made, because a measurement used the line, change nothing.
    """

    def __init__(self, *, after_probes: int, stretch_s: float) -> None:
        self._after_probes = after_probes
        self._stretch_s = stretch_s
        self._rounds = 0  # lost in a row
        self._since = 0.0
        self._started = 0.0
        self._cause: OutageCause | None = None
        self._closed: list[Stretch] = []  # not reported yet: the outage is not certain
        self._cut_soon = False

    @property
    def is_certain(self) -> bool:
        return self._cause is not None and self._rounds >= self._after_probes

    @property
    def cause(self) -> OutageCause | None:
        """Of the outage that is going on, certain or not."""
        return self._cause

    def cut_soon(self) -> None:
        """Report what is known with the next lost round: a measurement failed, and this may explain it."""
        self._cut_soon = self._cause is not None

    def observe(self, seen: Round) -> list[Stretch]:
        """The stretches that are ready to be reported."""
        cause = seen.cause
        if cause is None or (self._cause is not None and _is_beyond(cause) != _is_beyond(self._cause)):
            ready = self.end(seen.at)
            if cause is not None:
                self._begin(seen.at, cause)
            return ready
        if self._cause is None:
            self._begin(seen.at, cause)
        else:
            self._rounds += 1
            if cause is not self._cause:
                self._close(seen.at)
                self._cause = cause
            elif self.is_certain and (self._cut_soon or seen.at - self._started >= self._stretch_s):
                self._close(seen.at)
        return self._ready()

    def end(self, at: float) -> list[Stretch]:
        """End what is going on: the line is back, or nobody watches any more."""
        if self._cause is None:
            return []
        self._close(at)
        ready = self._ready()
        self._cause, self._closed, self._rounds, self._cut_soon = None, [], 0, False
        return ready

    def _begin(self, at: float, cause: OutageCause) -> None:
        self._rounds, self._since, self._started, self._cause = 1, at, at, cause
        self._closed, self._cut_soon = [], False

    def _close(self, at: float) -> None:
        """Close the stretch that is open; the next one begins where it ends."""
        if self._cause is not None and at > self._started:
            self._closed.append(Stretch(started=self._started, ended=at, since=self._since, cause=self._cause))
            self._started = at

    def _ready(self) -> list[Stretch]:
        if not self.is_certain:
            return []
        ready, self._closed = self._closed, []
        if ready:
            self._cut_soon = False
        return ready


def _is_beyond(cause: OutageCause) -> bool:
    return cause is OutageCause.BEYOND

"""The server's side of a dialogue, line by line."""

import math
import socket

from netmon.clock import Clock
from netmon.errors import NetmonError, WireError
from netmon.transfer.lines import LineChannel, LineError
from netmon.wire import session as wire
from netmon_collector.measurement_server.flow import smallest_rtt_s
from netmon_collector.measurement_server.settings import Limits

_MOST_MESSAGES = 1024


class SessionEndedError(NetmonError):
    """The agent went away, took too long, or talked nonsense: there is nobody to answer."""


class Control:
    """The server's side of a dialogue."""

    def __init__(self, connection: socket.socket, *, clock: Clock, limits: Limits) -> None:
        self._lines = LineChannel(connection, monotonic=clock.monotonic, most_bytes=wire.MAX_LINE_BYTES)
        self._clock, self._limits = clock, limits
        self._messages = 0
        self._ends_s = math.inf
        self.spoke = False
        self.socket = connection

    def end_at(self, monotonic_s: float) -> None:
        """The conversation is over then, whatever the agent does."""
        self._ends_s = monotonic_s

    def _within_s(self, most_s: float) -> float:
        left_s = self._ends_s - self._clock.monotonic()
        if left_s <= 0:
            raise SessionEndedError("its time is over")
        return min(most_s, left_s)

    def send(self, message: wire.Message) -> None:
        """Raises SessionEndedError."""
        try:
            self._lines.write(wire.encode(message), within_s=self._within_s(self._limits.handshake_s))
        except OSError as error:
            raise SessionEndedError(f"cannot answer: {error}") from error

    def receive(self, *, within_s: float) -> wire.Message:
        """The next message that is no ping; pings are answered on the way and give no more time.

        Raises SessionEndedError.
        """
        deadline = self._clock.monotonic() + within_s
        while (message := self.receive_or_pong(within_s=deadline - self._clock.monotonic())) is None:
            pass
        return message

    def receive_or_pong(self, *, within_s: float) -> wire.Message | None:
        """The next message, or None when it was a ping, which is answered. Raises SessionEndedError."""
        message = self._receive(within_s)
        if not isinstance(message, wire.Ping):
            return message
        self.send(wire.Pong(time=self._clock.now(), min_rtt_s=smallest_rtt_s(self.socket)))
        return None

    def _receive(self, within_s: float) -> wire.Message:
        self._messages += 1
        if self._messages > _MOST_MESSAGES:
            raise SessionEndedError("too many messages")
        try:
            message = wire.decode(self._lines.read(within_s=self._within_s(within_s)))
        except (OSError, LineError, WireError) as error:
            raise SessionEndedError(f"no usable message: {error}") from error
        self.spoke = True
        return message

    @property
    def waiting(self) -> bool:
        """Whether a complete message was received together with the one before it."""
        return self._lines.has_line()

"""The errors of the agent.

NetmonError (netmon.errors)
├── ConfigError                 settings that cannot be used: exit 2
└── AgentError                  something outside failed: exit 3
    ├── StateError              the state folder cannot be used, or the device is not enrolled
    ├── OutboxError             the outbox cannot be written: nothing was acknowledged
    │   └── RecordTooLargeError one record is larger than the collector takes
    └── CollectorError          the collector cannot be reached, or what came back is no answer
        └── CollectorStatusError    it answered with an HTTP status that is no success
            └── TokenRefusedError   401 or 403: this device is not, or no longer, known
"""

from netmon.errors import NetmonError


class AgentError(NetmonError):
    """Something outside the agent failed."""


class StateError(AgentError):
    """The state folder cannot be used, or holds no identity."""


class OutboxError(AgentError):
    """A record could not be made durable."""


class RecordTooLargeError(OutboxError):
    """A record that the collector would never take."""


class CollectorError(AgentError):
    """The collector cannot be reached, or what came back is no answer. Trying again may help."""


class CollectorStatusError(CollectorError):
    """The collector answered with an HTTP status that is no success; `retry_after_s` is its wish."""

    def __init__(self, status: int, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class TokenRefusedError(CollectorStatusError):
    """The collector does not accept this device's token."""

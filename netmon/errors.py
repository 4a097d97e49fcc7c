"""The errors of the core.

NetmonError
├── ConfigError      a file that cannot be used: names file, line, key and the mend
├── WireError        a document from the network that is not what the contract says
│   └── TicketError  (netmon.wire.ticket) a ticket that does not open a session: carries its reason
└── DomainError      facts that contradict each other
"""


class NetmonError(Exception):
    """Anything that the user can be told in one line."""


class ConfigError(NetmonError):
    """A configuration file, or something entered, that cannot be used.

    The message is one line: ``file:line: key: what is wrong; the mend``. `key` is the key where the reader knows it.
    """

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class WireError(NetmonError):
    """A document from the network that is not what docs/wire.md says."""


class DomainError(NetmonError):
    """Facts that contradict each other, such as overlapping intervals."""

"""Who this device is to its collector: one file, written once at enrolment, readable by its owner only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from netmon.domain.identifiers import AgentId, LineId
from netmon.errors import WireError
from netmon.wire.canonical import Fields, canonical_json, parse_object
from netmon_agent.address import CollectorUrl
from netmon_agent.errors import StateError
from netmon_agent.state import write_atomically

FILE = "identity.json"
VERSION = 1
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What enrolment gave. `ca` is the collector's own CA as PEM, None where the system's store is trusted."""

    agent: AgentId
    token: str
    line: LineId
    collector: CollectorUrl
    ca: str | None

    def __repr__(self) -> str:
        return f"Identity(agent={self.agent!r}, line={self.line!r}, collector={str(self.collector)!r})"

    def save(self, folder: Path) -> None:
        """Raises StateError."""
        document = {
            "v": VERSION,
            "agent": self.agent,
            "token": self.token,
            "line": self.line,
            "collector": str(self.collector),
            "ca": self.ca,
        }
        write_atomically(folder / FILE, canonical_json(document) + b"\n", mode=0o600)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raises StateError when the device was not enrolled or the file was damaged."""
        path = folder / FILE
        try:
            fields = Fields(parse_object(path.read_bytes(), limit=_MAX_BYTES), "identity")
            if fields.integer("v") != VERSION:
                raise WireError(f"identity.v is not {VERSION}")
            return cls(
                agent=AgentId(fields.text("agent")),
                token=fields.text("token"),
                line=LineId(fields.text("line")),
                # whoever enrolled without TLS had to say so then
                collector=CollectorUrl.parse(fields.text("collector", limit=2000), allow_plain_http=True),
                ca=None if fields.is_null("ca") else fields.text("ca", limit=_MAX_BYTES),
            )
        except FileNotFoundError as error:
            raise StateError(f"this device is not enrolled: {path} does not exist; run netmon-agent enrol") from error
        except OSError as error:
            raise StateError(f"{path} cannot be read: {error.strerror}") from error
        except (WireError, ValueError) as error:
            raise StateError(f"{path} is damaged ({error}); remove it and enrol again with a new code") from error

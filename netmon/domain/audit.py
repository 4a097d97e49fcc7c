"""The audit log: who changed what people decided, when and by which document; each entry chained to the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256


class AuditKind(StrEnum):
    """What was changed. Closed: later changes only add."""

    REGISTRY = "registry"
    POLICY = "policy"
    CALENDAR = "calendar"
    ROADMAP = "roadmap"
    RECIPIENTS = "recipients"
    EXEMPTION = "exemption"
    ENTERED_VALUE = "entered_value"
    FACT = "fact"
    IMPORT = "import"
    CLOSING = "closing"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    GRANTS = "grants"
    PASSWORD = "password"  # noqa: S105 - a kind of change
    ACCESS_LINK = "access_link"
    SIGN_IN = "sign_in"
    LOCK_OUT = "lock_out"
    SESSION_ENDED = "session_ended"
    TOKEN_ADDED = "token_added"  # noqa: S105 - a kind of change
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a kind of change
    ENROLMENT_CODE = "enrolment_code"
    AGENT_REVOKED = "agent_revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. `before` and `after` are hashes of the subject, None where there was or is none.

    `actor` is a role, with the account's name where somebody signed in; `document` what the change stands on, or what
    exactly it was where `subject` alone does not say it.
    """

    at: datetime
    actor: str
    kind: AuditKind
    subject: str
    before: str | None
    after: str | None
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A change in its place: `number` counts from 1, `previous` is the hash of the entry before."""

    number: int
    change: Change
    previous: str | None

    @property
    def hash(self) -> str:
        """SHA-256 over every member; lengths stand before texts, so that no two entries read alike."""
        change = self.change
        members = (
            str(self.number),
            self.previous or "",
            change.at.astimezone(UTC).isoformat(timespec="microseconds"),
            change.actor,
            change.kind.value,
            change.subject,
            change.before or "",
            change.after or "",
            change.document or "",
        )
        return sha256("".join(f"{len(member)}:{member}\n" for member in members).encode()).hexdigest()


def first_broken_entry(entries: Sequence[tuple[AuditEntry, str]], *, after: int = 0) -> AuditEntry | None:
    """The first entry of a log, in its order, that is not what its stored hash says or does not follow.

    A page of it begins `after` an entry, whose hash is what the first one says: who reads all pages compares.
    """
    previous = entries[0][0].previous if entries and after else None
    for number, (entry, stored) in enumerate(entries, start=after + 1):
        if entry.number != number or entry.previous != previous or entry.hash != stored:
            return entry
        previous = stored
    return None

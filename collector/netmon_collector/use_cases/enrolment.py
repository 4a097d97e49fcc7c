"""Enrolment: a printed one-time code becomes an agent's own identity (D3)."""

import secrets
from datetime import datetime, timedelta

from netmon.domain.audit import AuditKind, Change
from netmon.domain.identifiers import AgentId, LineId
from netmon.domain.registry import Registry
from netmon.wire.timetable import Enrolment
from netmon_collector.errors import EnrolmentError, NotFoundError
from netmon_collector.ports import AgentStore, CodeGrant, IdentityStore, NewAgent
from netmon_collector.use_cases.kept import kept_hash, new_secret

OPERATOR = "operator"  # whoever may run commands on the collector
CODE_VALID_FOR = timedelta(days=14)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_CHARACTERS = 16  # 80 bits
_GROUP = 4
_AGENT_CHARACTERS = 8
_READ_AS = str.maketrans("OIL", "011", "- \t")


def grant_code(
    line: LineId, *, registry: Registry, store: IdentityStore, at: datetime, actor: str = OPERATOR
) -> tuple[str, CodeGrant]:
    """A new code for a line and what it grants; the code itself is kept nowhere. Raises NotFoundError."""
    known = registry.line_by_id.get(line)
    if known is None:
        raise NotFoundError(f"the registry has no line '{line}'; netmon-collector registry list shows them")
    if known.during.end is not None and known.during.end <= at.astimezone(registry.time_zone(line)).date():
        raise NotFoundError(f"line '{line}' was closed on {known.during.end}; give it no new agent")
    code = "".join(secrets.choice(_CROCKFORD) for _ in range(_CODE_CHARACTERS))
    grant = CodeGrant(code_hash=code_hash(code), line=line, created_at=at, expires_at=at + CODE_VALID_FOR)
    store.add_code(grant, [_change(AuditKind.ENROLMENT_CODE, line, actor, at, after=grant.code_hash)])
    return "-".join(code[start : start + _GROUP] for start in range(0, _CODE_CHARACTERS, _GROUP)), grant


def revoke_agent(agent: AgentId, *, store: AgentStore, at: datetime, actor: str = OPERATOR) -> None:
    """Lock a device out: its token opens nothing, its line waits for another. What it reported keeps counting.

    Raises NotFoundError where no agent of that name has a token that does.
    """
    if not store.revoke(agent, [_change(AuditKind.AGENT_REVOKED, agent, actor, at)], at=at):
        raise NotFoundError(
            f"no agent '{agent}' has a token that opens anything; netmon-collector agent list shows them"
        )


def _change(kind: AuditKind, subject: str, actor: str, at: datetime, *, after: str | None = None) -> Change:
    return Change(at=at, actor=actor, kind=kind, subject=subject, before=None, after=after)


def code_hash(code: str) -> str:
    """The hash by which a code is kept; people may leave out dashes and write O for 0, I or L for 1."""
    return kept_hash("code", code.upper().translate(_READ_AS))


def token_hash(token: str) -> str:
    """The hash by which an agent's token is kept."""
    return kept_hash("token", token)


def enrol(code: str, software: str, *, store: IdentityStore, at: datetime) -> Enrolment:
    """A new identity for the device that shows a code; the agent before it on that line keeps its history.

    Looking a hash up takes as long whatever code was guessed. Raises EnrolmentError, which never says why.
    """
    token = new_secret()
    agent = AgentId(_agent_id())
    new = NewAgent(agent=agent, token_hash=token_hash(token), software=software)
    line = store.enrol(code_hash(code), new, at=at)
    if line is None:
        raise EnrolmentError
    return Enrolment(agent=agent, token=token, line=line, time=at)


def _agent_id() -> str:
    text = "".join(secrets.choice(_CROCKFORD) for _ in range(_AGENT_CHARACTERS)).lower()
    return f"agent-{text[:_GROUP]}-{text[_GROUP:]}"

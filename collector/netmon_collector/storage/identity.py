"""Agents, what they are bound to, and the codes that enrol them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from netmon.domain.identifiers import AgentId, LineId
from netmon_collector.ports import Binding, CodeGrant, NewAgent
from netmon_collector.storage.database import hold
from netmon_collector.storage.evidence_tables import agent, binding, enrolment_code
from netmon_collector.storage.part import Part

SEEN_RESOLUTION = timedelta(seconds=30)  # so that a busy agent is not one more write a request


class IdentityPart(Part):
    """Who may report, and for which line."""

    def add_code(self, grant: CodeGrant) -> None:
        row = {
            "code_hash": grant.code_hash,
            "line_id": grant.line,
            "created_at": grant.created_at,
            "expires_at": grant.expires_at,
            "attempts": 0,
        }
        with self._database.write() as connection:
            connection.execute(insert(enrolment_code), row)

    def enrol(self, code_hash: str, new: NewAgent, *, at: datetime) -> LineId | None:
        code = enrolment_code.c
        with self._database.write() as connection:
            same = code.code_hash == code_hash
            connection.execute(update(enrolment_code).where(same).values(attempts=code.attempts + 1))
            used = update(enrolment_code).where(same, code.used_at.is_(None), code.expires_at > at).values(used_at=at)
            line = connection.execute(used.returning(code.line_id)).scalar_one_or_none()
            if line is None:
                return None
            _bind(connection, new, LineId(line), at)
        return LineId(line)

    def agent_by_token(self, token_hash: str) -> AgentId | None:
        wanted = select(agent.c.id).where(agent.c.token_hash == token_hash, agent.c.revoked_at.is_(None))
        with self._database.read() as connection:
            found = connection.execute(wanted).scalar_one_or_none()
        return None if found is None else AgentId(found)

    def bindings(self, of: AgentId) -> Sequence[Binding]:
        wanted = select(binding).where(binding.c.agent_id == of).order_by(binding.c.since)
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
        return [Binding(agent=row.agent_id, line=row.line_id, since=row.since, until=row.until) for row in rows]

    def saw(self, of: AgentId, *, at: datetime) -> None:
        stale = select(binding.c.agent_id).where(*_open_and_stale(of, at))
        with self._database.read() as connection:
            if connection.execute(stale).first() is None:
                return
        with self._database.write() as connection:
            note_seen(connection, of, at)


def _bind(connection: Connection, new: NewAgent, line: LineId, at: datetime) -> None:
    """The new agent takes the line over; what the old one reported up to now keeps counting."""
    hold(connection, f"line {line}")
    connection.execute(update(binding).where(binding.c.line_id == line, binding.c.until.is_(None)).values(until=at))
    connection.execute(
        insert(agent),
        {"id": new.agent, "token_hash": new.token_hash, "software": new.software, "enrolled_at": at},
    )
    connection.execute(insert(binding), {"agent_id": new.agent, "line_id": line, "since": at, "last_seen_at": at})


def note_seen(connection: Connection, of: AgentId, at: datetime) -> None:
    """Within a transaction: the line that the agent is bound to was heard of."""
    connection.execute(update(binding).where(*_open_and_stale(of, at)).values(last_seen_at=at))


def _open_and_stale(of: AgentId, at: datetime) -> tuple[ColumnElement[bool], ...]:
    seen = binding.c.last_seen_at
    return binding.c.agent_id == of, binding.c.until.is_(None), or_(seen.is_(None), seen < at - SEEN_RESOLUTION)

"""Agents, what they are bound to, and the codes that enrol them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from netmon.domain.audit import Change
from netmon.domain.identifiers import AgentId, LineId
from netmon_collector.ports import Binding, CodeGrant, KnownAgent, NewAgent
from netmon_collector.storage.audit import write_audit
from netmon_collector.storage.database import hold
from netmon_collector.storage.evidence_tables import agent, binding, enrolment_code, quarantine
from netmon_collector.storage.part import Part, chunks

SEEN_RESOLUTION = timedelta(seconds=30)  # so that a busy agent is not one more write a request


class IdentityPart(Part):
    """Who may report, and for which line."""

    def add_code(self, grant: CodeGrant, changes: Iterable[Change] = (), /) -> None:
        row = {
            "code_hash": grant.code_hash,
            "line_id": grant.line,
            "created_at": grant.created_at,
            "expires_at": grant.expires_at,
        }
        with self._database.write() as connection:
            connection.execute(insert(enrolment_code), row)
            write_audit(connection, changes)

    def enrol(self, code_hash: str, new: NewAgent, *, at: datetime) -> LineId | None:
        code = enrolment_code.c
        with self._database.write() as connection:
            is_open = code.code_hash == code_hash, code.used_at.is_(None), code.expires_at > at
            used = update(enrolment_code).where(*is_open).values(used_at=at)
            line = connection.execute(used.returning(code.line_id)).scalar_one_or_none()
            if line is None:
                return None
            _bind(connection, new, LineId(line), at)
        return LineId(line)

    def known_agents(self) -> Sequence[KnownAgent]:
        newest = func.row_number().over(partition_by=binding.c.agent_id, order_by=binding.c.since.desc())
        bound = select(binding.c.agent_id, binding.c.line_id, binding.c.last_seen_at, newest.label("place")).subquery()
        kept = select(quarantine.c.agent_id, func.count().label("number")).group_by(quarantine.c.agent_id).subquery()
        conflicts = func.coalesce(kept.c.number, 0).label("conflicts")
        joined = agent.outerjoin(bound, (bound.c.agent_id == agent.c.id) & (bound.c.place == 1))
        joined = joined.outerjoin(kept, kept.c.agent_id == agent.c.id)
        wanted = select(agent, bound.c.line_id, bound.c.last_seen_at, conflicts).select_from(joined)
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(agent.c.enrolled_at, agent.c.id)).all()
        return [
            KnownAgent(
                agent=AgentId(row.id),
                line=row.line_id,
                software=row.software,
                enrolled_at=row.enrolled_at,
                revoked_at=row.revoked_at,
                last_seen=row.last_seen_at,
                conflicts=row.conflicts,
            )
            for row in rows
        ]

    def revoke(self, of: AgentId, changes: Iterable[Change], /, *, at: datetime) -> bool:
        with self._database.write() as connection:
            is_valid = agent.c.id == of, agent.c.revoked_at.is_(None)
            revoked = update(agent).where(*is_valid).values(revoked_at=at).returning(agent.c.id)
            if connection.execute(revoked).first() is None:
                return False
            open_ones = binding.c.agent_id == of, binding.c.until.is_(None)
            connection.execute(update(binding).where(*open_ones).values(until=at))
            write_audit(connection, changes)
        return True

    def agents_by_token(self, token_hashes: Collection[str]) -> Mapping[str, AgentId]:
        found: dict[str, AgentId] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(set(token_hashes))):
                known = agent.c.token_hash.in_(group), agent.c.revoked_at.is_(None)
                rows = connection.execute(select(agent.c.token_hash, agent.c.id).where(*known))
                found.update((row.token_hash, AgentId(row.id)) for row in rows)
        return found

    def bindings(self, of: AgentId) -> Sequence[Binding]:
        return self.bindings_of([of]).get(of, ())

    def bindings_of(self, agents: Collection[AgentId]) -> Mapping[AgentId, Sequence[Binding]]:
        found: dict[AgentId, list[Binding]] = {}
        with self._database.read() as connection:
            for group in chunks(sorted(set(agents))):
                wanted = select(binding).where(binding.c.agent_id.in_(group)).order_by(binding.c.since)
                for row in connection.execute(wanted):
                    bound = Binding(agent=row.agent_id, line=row.line_id, since=row.since, until=row.until)
                    found.setdefault(bound.agent, []).append(bound)
        return found

    def saw(self, of: AgentId, *, at: datetime) -> None:
        stale = select(binding.c.agent_id).where(binding.c.agent_id == of, *_open_and_stale(at))
        with self._database.read() as connection:
            if connection.execute(stale).first() is None:
                return
        with self._database.write() as connection:
            note_seen(connection, [of], at)


def _bind(connection: Connection, new: NewAgent, line: LineId, at: datetime) -> None:
    """The new agent takes the line over: what the old one reported keeps counting, its token opens nothing any more."""
    hold(connection, f"line {line}")
    is_bound = binding.c.line_id == line, binding.c.until.is_(None)
    replaced = connection.execute(update(binding).where(*is_bound).values(until=at).returning(binding.c.agent_id))
    revoked = update(agent).where(agent.c.id.in_(replaced.scalars().all()), agent.c.revoked_at.is_(None))
    connection.execute(revoked.values(revoked_at=at))
    connection.execute(
        insert(agent),
        {"id": new.agent, "token_hash": new.token_hash, "software": new.software, "enrolled_at": at},
    )
    connection.execute(insert(binding), {"agent_id": new.agent, "line_id": line, "since": at, "last_seen_at": at})


def note_seen(connection: Connection, agents: Collection[AgentId], at: datetime) -> None:
    """Within a write: the lines that the agents are bound to were heard of.

    Rows are locked in their order first: two transactions that hear of the same agents must not wait for each other.
    """
    for group in chunks(sorted(set(agents))):
        stale = select(binding.c.agent_id).where(binding.c.agent_id.in_(group), *_open_and_stale(at))
        found = connection.execute(stale.order_by(binding.c.agent_id).with_for_update()).scalars().all()
        if found:
            seen = update(binding).where(binding.c.agent_id.in_(found), *_open_and_stale(at))
            connection.execute(seen.values(last_seen_at=at))


def _open_and_stale(at: datetime) -> tuple[ColumnElement[bool], ...]:
    seen = binding.c.last_seen_at
    return binding.c.until.is_(None), or_(seen.is_(None), seen < at - SEEN_RESOLUTION)

"""Keeping the last of each agent that was refused, lines and conflicts: enough to see what is wrong with it."""

import hashlib
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select, tuple_

from netmon.domain.identifiers import AgentId
from netmon_collector.ports import AgentBatch
from netmon_collector.storage.database import hold
from netmon_collector.storage.evidence_tables import quarantine, rejected
from netmon_collector.storage.part import chunks

PER_AGENT = 200
_BYTES = 2048
Row = dict[str, object]


def keep_rejected(connection: Connection, batches: Sequence[AgentBatch]) -> None:
    """Within a write: the newest lines of each agent, each once; a line that comes again counts as new."""
    rows: dict[AgentId, dict[object, Row]] = {}
    for batch in batches:
        for one in batch.rejected[-PER_AGENT:]:
            row: Row = {
                "agent_id": batch.agent,
                "hash": hashlib.sha256(one.line).hexdigest(),
                "received_at": batch.received_at,
                "detail": one.detail,
                "line": printable(one.line[:_BYTES]),
            }
            of_agent = rows.setdefault(batch.agent, {})
            of_agent.pop(row["hash"], None)
            of_agent[row["hash"]] = row
    hold(connection, *(f"rejected lines of {agent}" for agent in rows))
    for agent in sorted(rows):
        _keep(connection, agent, rows[agent])


def _keep(connection: Connection, agent: AgentId, rows: dict[object, Row]) -> None:
    of_agent = rejected.c.agent_id == agent
    connection.execute(delete(rejected).where(of_agent, rejected.c.hash.in_(list(rows))))
    connection.execute(rejected.insert(), list(rows.values()))
    newest = select(rejected.c.id).where(of_agent).order_by(rejected.c.id.desc()).limit(PER_AGENT)
    connection.execute(delete(rejected).where(of_agent, rejected.c.id.not_in(newest)))


def keep_quarantined(connection: Connection, agents: Collection[AgentId]) -> None:
    """Within a write: of the conflicts of these agents, the newest."""
    hold(connection, *(f"conflicts of {agent}" for agent in agents))
    key = quarantine.c.stream, quarantine.c.sequence, quarantine.c.hash
    for agent in sorted(agents):
        of_agent = quarantine.c.agent_id == agent
        old = select(*key).where(of_agent).order_by(quarantine.c.received_at.desc(), *key).offset(PER_AGENT)
        gone = connection.execute(old).all()
        for group in chunks(gone, 300):
            connection.execute(delete(quarantine).where(of_agent, tuple_(*key).in_([tuple(one) for one in group])))


def printable(line: bytes) -> str:
    """Bytes as text that every database takes: no NUL, no broken UTF-8."""
    return line.decode(errors="backslashreplace").replace("\0", "\\x00")

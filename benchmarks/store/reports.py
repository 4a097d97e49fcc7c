"""Reports as agents send them, made before anything is timed: a measurement with its receipt and the slot's account."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from netmon.domain.identifiers import AgentId, LineId
from netmon.domain.slot import Slot
from netmon.wire.canonical import format_time
from netmon.wire.records import Envelope, RecordKind
from netmon_collector.ports import CodeGrant, NewAgent
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.enrolment import token_hash
from tests.support.domain import a_slot
from tests.support.store import a_measurement_record, an_envelope

_SLOTS = 150  # of a line, seconds apart: what comes as late as half an hour is another case
_FEW_SLOTS = 4


@dataclass(frozen=True, slots=True)
class Fleet:
    """So many agents, each bound to a line of its own."""

    count: int
    since: datetime

    def agent(self, number: int) -> AgentId:
        return AgentId(f"agent-{number:06d}")

    def line(self, number: int) -> LineId:
        return LineId(f"line-{number:06d}")

    def slot(self, number: int, turn: int) -> Slot:
        return a_slot(self.since + timedelta(seconds=8 * (turn % _SLOTS)), line=self.line(number))

    def enrol(self, store: SqlStore) -> None:
        store.add_slots([self.slot(number, turn) for number in range(self.count) for turn in range(_FEW_SLOTS)])
        for number in range(self.count):
            grant = CodeGrant(
                code_hash=f"code {number}",
                line=self.line(number),
                created_at=self.since - timedelta(days=2),
                expires_at=self.since,
            )
            store.add_code(grant)
            new = NewAgent(agent=self.agent(number), token_hash=token_hash(f"token {number}"), software="bench")
            assert store.enrol(grant.code_hash, new, at=self.since - timedelta(days=1)) is not None

    def records(self, number: int, turn: int) -> list[Envelope]:
        """The two records of one slot."""
        slot = self.slot(number, turn)
        measured = a_measurement_record(slot, sequence=2 * turn + 1)
        body = {"slot": slot.id, "end": "measured", "at": format_time(slot.starts_at), "reason": None}
        return [measured, an_envelope(RecordKind.SLOT, body, sequence=2 * turn + 2, device_at=slot.starts_at)]


def a_fleet(count: int) -> Fleet:
    return Fleet(count, datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=25))


def requests(
    fleet: Fleet, reports: int, *, per_report: int = 2, first: int = 0, agents: int | None = None
) -> Sequence[bytes]:
    """HTTP requests in the order in which they are sent: every agent's turn comes round and round."""
    return list(_requests(fleet, reports, per_report=per_report, first=first, agents=agents or fleet.count))


def _requests(fleet: Fleet, reports: int, *, per_report: int, first: int, agents: int) -> Iterator[bytes]:
    turns = per_report // 2
    for number in range(reports):
        agent, turn = first + number % agents, number // agents
        lines = [one.line() for at in range(turns) for one in fleet.records(agent, turn * turns + at)]
        body = b"".join(lines)
        head = (
            "POST /api/v1/agent/records HTTP/1.1\r\nHost: collector\r\n"
            f"Authorization: Bearer token {agent}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body

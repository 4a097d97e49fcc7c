"""Codes and identities: random enough, read as people write them, kept only as hashes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from netmon.domain.audit import AuditKind, Change
from netmon.domain.identifiers import LineId
from netmon.domain.interval import Interval
from netmon_collector.errors import EnrolmentError, NotFoundError
from netmon_collector.ports import CodeGrant, NewAgent
from netmon_collector.use_cases.enrolment import code_hash, enrol, grant_code, token_hash
from tests.support.domain import LINE, a_registry
from tests.support.store import NOW


@dataclass
class Desk:
    """Keeps codes and hands each out once."""

    grants: dict[str, CodeGrant] = field(default_factory=dict)
    agents: list[NewAgent] = field(default_factory=list)
    audited: list[Change] = field(default_factory=list)

    def add_code(self, grant: CodeGrant, changes: Iterable[Change] = (), /) -> None:
        self.grants[grant.code_hash] = grant
        self.audited.extend(changes)

    def enrol(self, code_hash: str, agent: NewAgent, *, at: datetime) -> LineId | None:
        grant = self.grants.pop(code_hash, None)
        if grant is None:
            return None
        self.agents.append(agent)
        return grant.line

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"enrolment has no business with {name}")


def _grant(desk: Desk) -> tuple[str, CodeGrant]:
    return grant_code(LINE, registry=a_registry(), store=desk, at=NOW)


def test_a_code_has_eighty_bits_in_four_groups_for_fourteen_days() -> None:
    code, grant = _grant(Desk())
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")
    assert grant.expires_at - grant.created_at == timedelta(days=14)
    assert len({_grant(Desk())[0] for _ in range(100)}) == 100


def test_who_let_a_device_in_is_in_the_audit_log() -> None:
    desk = Desk()
    grant_code(LINE, registry=a_registry(), store=desk, at=NOW, actor="специалист")

    [change] = desk.audited

    assert (change.kind, change.actor, change.subject, change.at) == (AuditKind.ENROLMENT_CODE, "специалист", LINE, NOW)


def test_a_code_and_a_token_are_kept_only_as_hashes() -> None:
    desk = Desk()
    code, _ = _grant(desk)
    assert code not in repr(desk)
    found = enrol(code, "test", store=desk, at=NOW)
    assert found.token not in repr(desk)
    assert desk.agents[0].token_hash == token_hash(found.token)


@pytest.mark.parametrize("typed", ["0123-ABCD", "o123 abcd", "OI23-abcd", "0l23abcd", " 0123\tABCD "])
def test_what_people_write_for_a_code_is_the_same_code(typed: str) -> None:
    assert code_hash(typed) == code_hash("0123-ABCD")


def test_an_identity_is_readable_random_and_carries_its_line() -> None:
    desk = Desk()
    found = [enrol(_grant(desk)[0], "test", store=desk, at=NOW) for _ in range(20)]
    assert {one.line for one in found} == {LINE}
    assert len({one.agent for one in found}) == len({one.token for one in found}) == 20
    assert all(one.agent.startswith("agent-") and one.agent.islower() for one in found)


def test_a_code_that_opens_nothing_is_refused() -> None:
    with pytest.raises(EnrolmentError):
        enrol("ABCD", "test", store=Desk(), at=NOW)


def test_a_line_that_the_registry_does_not_know_gets_no_code() -> None:
    with pytest.raises(NotFoundError, match="the registry has no line 'line-99'"):
        grant_code(LineId("line-99"), registry=a_registry(), store=Desk(), at=NOW)


def test_a_closed_line_gets_no_code() -> None:
    registry = a_registry()
    closed = tuple(replace(one, during=Interval(None, date(2026, 11, 1))) for one in registry.lines)
    with pytest.raises(NotFoundError, match="line 'line-01' was closed on 2026-11-01"):
        grant_code(LINE, registry=replace(registry, lines=closed), store=Desk(), at=NOW)

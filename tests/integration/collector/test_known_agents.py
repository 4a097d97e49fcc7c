"""Agents as an administrator sees them: replaced, revoked, cloned; on each engine."""

from datetime import timedelta

import pytest

from netmon.domain.audit import AuditKind
from netmon.domain.identifiers import AgentId, LineId
from netmon_collector.errors import NotFoundError
from netmon_collector.signatures import Ed25519Verifier
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.enrolment import revoke_agent, token_hash
from netmon_collector.use_cases.ingest import ingest
from tests.support.domain import LINE, OTHER_LINE, SERVER, a_slot
from tests.support.store import AGENT, NOW, SIGNING_KEY, TOKEN, a_measurement_record, bind

ENROLLED_AT = NOW - timedelta(days=7)
OTHER = AgentId("agent-test-0002")


def _report(store: SqlStore, *, rate_bps: int) -> None:
    slot = a_slot(NOW - timedelta(hours=1))
    verifiers = {SERVER: Ed25519Verifier(bytes.fromhex(SIGNING_KEY.public_hex))}
    line = a_measurement_record(slot, rate_bps=rate_bps).line()
    ingest([line], agent=AGENT, received_at=NOW, store=store, verifiers=verifiers)


def test_a_revoked_token_opens_nothing_and_what_was_reported_stays(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    _report(store, rate_bps=60_000_000)

    revoke_agent(AGENT, store=store, at=NOW, actor="специалист")

    assert store.agents_by_token([token_hash(TOKEN)]) == {}
    assert [one.until for one in store.bindings(AGENT)] == [NOW]
    assert len(store.measurements([LINE], NOW - timedelta(days=1), NOW)) == 1
    [(entry, _)] = store.audit_page(after=0, limit=10)
    assert (entry.change.kind, entry.change.subject, entry.change.actor) == (
        AuditKind.AGENT_REVOKED,
        AGENT,
        "специалист",
    )


@pytest.mark.parametrize("agent", [AgentId("nobody"), AGENT])
def test_revoking_nobody_and_revoking_twice_are_said(store: SqlStore, agent: AgentId) -> None:
    bind(store, at=ENROLLED_AT)
    store.revoke(AGENT, (), at=NOW)

    with pytest.raises(NotFoundError, match=f"no agent '{agent}' has a token"):
        revoke_agent(agent, store=store, at=NOW)


def test_two_devices_with_one_identity_show_as_conflicts(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    bind(store, LineId(OTHER_LINE), agent=OTHER, token="another", at=ENROLLED_AT)
    _report(store, rate_bps=60_000_000)
    _report(store, rate_bps=61_000_000)

    found = {one.agent: (one.line, one.conflicts, one.revoked_at) for one in store.known_agents()}

    assert found == {AGENT: (LINE, 1, None), OTHER: (OTHER_LINE, 0, None)}


def test_a_replaced_device_is_shown_with_its_last_line(store: SqlStore) -> None:
    bind(store, at=ENROLLED_AT)
    bind(store, agent=OTHER, token="another", at=NOW)

    old, new = store.known_agents()

    assert (old.agent, old.line, old.revoked_at) == (AGENT, LINE, NOW)
    assert (new.agent, new.line, new.revoked_at) == (OTHER, LINE, None)

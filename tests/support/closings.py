"""Builders of closed periods for tests of the store."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from netmon.domain.closing import closes_at, root_hash
from netmon.domain.identifiers import TerritoryId
from netmon.domain.period import Period
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from netmon.wire.canonical import canonical_json, content_hash
from netmon_collector.ports import ClosedVerdict, NewClosing

DISTRICT = TerritoryId("district")


def a_closed_verdict(
    subject: str = "school-01",
    outcome: VerdictOutcome = VerdictOutcome.COMPLIANT,
    *,
    kind: SubjectKind = SubjectKind.ORGANISATION,
    short_by: int | None = None,
) -> ClosedVerdict:
    content = {"printed": {"id": subject, "kind": kind.value, "outcome": outcome.value}}
    return ClosedVerdict(
        kind=kind,
        id=subject,
        outcome=outcome,
        short_by=short_by,
        hash=content_hash(content),
        content=canonical_json(content).decode(),
    )


def a_new_closing(
    period: str, *verdicts: ClosedVerdict, revision: int = 1, territory: TerritoryId = DISTRICT
) -> NewClosing:
    found = Period.parse(period)
    closed = verdicts or (a_closed_verdict(),)
    coverage = {"at": found.last.isoformat()}
    return NewClosing(
        territory=territory,
        period=found,
        revision=revision,
        closed_at=closes_at(found, ZoneInfo("Europe/Moscow")) + timedelta(days=revision - 1),
        policy_id="policy-test",
        policy_hash="policy",
        coverage=canonical_json(coverage).decode(),
        coverage_hash=content_hash(coverage),
        root=root_hash(one.hash for one in closed),
        verdicts=closed,
    )

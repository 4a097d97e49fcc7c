"""Builders of closed periods; evidence and closings in memory."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from netmon.domain.closing import Link, closes_at, root_hash
from netmon.domain.identifiers import LineId, OrganisationId, TerritoryId
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Measurement
from netmon.domain.period import Period, PeriodKind
from netmon.domain.slot import Delivery, Slot, SlotReport
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from netmon.wire.canonical import canonical_json, content_hash
from netmon_collector.ports import ClosedOutcome, ClosedVerdict, Closing, NewClosing

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
    summary = {"at": found.last.isoformat()}
    return NewClosing(
        territory=territory,
        period=found,
        revision=revision,
        closed_at=closes_at(found, ZoneInfo("Europe/Moscow")) + timedelta(days=revision - 1),
        policy_id="policy-test",
        policy_hash="policy",
        summary=canonical_json(summary).decode(),
        summary_hash=content_hash(summary),
        root=root_hash(one.hash for one in closed),
        verdicts=closed,
    )


@dataclass
class KnownEvidence:
    """What is stored about lines, in memory."""

    planned: list[Slot] = field(default_factory=list)
    measured: list[Measurement] = field(default_factory=list)
    delivered: list[Delivery] = field(default_factory=list)
    seen: dict[LineId, datetime] = field(default_factory=dict)

    def slots(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Slot]:
        known = (one for one in self.planned if one.line in lines and start <= one.starts_at < end)
        return sorted(known, key=lambda one: (one.line, one.starts_at))

    def measurements(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Measurement]:
        return [one for one in self.measured if one.line in lines and start <= one.started_at < end]

    def reports(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[SlotReport]:
        return ()

    def outages(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Outage]:
        return ()

    def latency(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[LatencyWindow]:
        return ()

    def deliveries(
        self, start: datetime, end: datetime, *, at_least_bps: int, emulated: bool = False
    ) -> Sequence[Delivery]:
        return [one for one in self.delivered if start <= one.at < end]

    def last_seen(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        return {line: at for line, at in self.seen.items() if line in lines}

    def first_slot_at(self, territory_lines: Collection[LineId]) -> datetime | None:
        return min((one.starts_at for one in self.planned if one.line in territory_lines), default=None)


class KnownClosings:
    """What was closed, in memory."""

    def __init__(self) -> None:
        self.added: list[tuple[NewClosing, Link]] = []

    def _of(self, territory: TerritoryId, period: Period) -> list[tuple[NewClosing, Link]]:
        return [one for one in self.added if (one[0].territory, one[0].period) == (territory, period)]

    def closed_periods(self, territory: TerritoryId, kind: PeriodKind) -> Collection[Period]:
        return {new.period for new, _ in self.added if (new.territory, new.period.kind) == (territory, kind)}

    def closing(self, territory: TerritoryId, period: Period, *, revision: int | None = None) -> Closing | None:
        known = [one for one in self._of(territory, period) if revision in (None, one[0].revision)]
        if not known:
            return None
        new, link = known[-1]
        return Closing(
            link=link, hash=link.hash, policy_id=new.policy_id, summary=json.loads(new.summary), verdicts=new.verdicts
        )

    def closed_outcomes(self, territory: TerritoryId, period: Period) -> Mapping[OrganisationId, ClosedOutcome] | None:
        found = self.closing(territory, period)
        if found is None:
            return None
        organisations = [one for one in found.verdicts if one.kind is SubjectKind.ORGANISATION]
        return {
            OrganisationId(one.id): ClosedOutcome(outcome=one.outcome, short_by=one.short_by) for one in organisations
        }

    def closed_standings(
        self, territory: TerritoryId, period: Period
    ) -> Mapping[tuple[SubjectKind, str], VerdictOutcome] | None:
        found = self.closing(territory, period)
        return None if found is None else {(one.kind, one.id): one.outcome for one in found.verdicts}

    def chain(self, territory: TerritoryId, kind: PeriodKind) -> Sequence[tuple[Link, str]]:
        chained = (link for new, link in self.added if (new.territory, new.period.kind) == (territory, kind))
        return [(link, link.hash) for link in chained]

    def add_closing(self, new: NewClosing) -> Link | None:
        if new.revision != len(self._of(new.territory, new.period)) + 1:
            return None
        chain = [
            link for one, link in self.added if (one.territory, one.period.kind) == (new.territory, new.period.kind)
        ]
        link = Link(
            territory=new.territory,
            period=new.period,
            number=len(chain) + 1,
            revision=new.revision,
            closed_at=new.closed_at,
            policy_hash=new.policy_hash,
            summary_hash=new.summary_hash,
            root=new.root,
            previous=chain[-1].hash if chain else None,
        )
        self.added.append((new, link))
        return link

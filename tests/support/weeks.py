"""A district in memory that is measured, closed and summed up, week by week."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from netmon.domain.closing import closes_at
from netmon.domain.identifiers import LineId
from netmon.domain.latency import Outage
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.roadmap import Roadmap
from netmon.domain.slot import Slot
from netmon.wire.canonical import content_hash
from netmon.wire.plain import plain
from netmon_collector.documents.verdicts import judgement_document
from netmon_collector.use_cases.closing import ClosingInputs, close_due, revise
from netmon_collector.use_cases.indicator import IndicatorInputs
from netmon_collector.use_cases.summary import Summary, SummaryInputs, summarise
from tests.support.closings import DISTRICT, KnownClosings, KnownEvidence
from tests.support.domain import MOSCOW, a_delivery, a_measurement, a_policy, a_registry, a_slot, a_text, local
from tests.support.roadmaps import a_roadmap

SOMEBODY = LineId("line-99")  # whose measurements prove that the servers are fast enough
GOOD, BAD = 60, 20
W46, W47, W48 = (Period.parse(f"2026-W{number}") for number in (46, 47, 48))


class OutagesToo(KnownEvidence):
    """What is stored, outages included."""

    def __init__(self) -> None:
        super().__init__()
        self.lost: list[Outage] = []

    def outages(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Outage]:
        return [one for one in self.lost if one.line in lines and one.started_at < end and start < one.ended_at]


@dataclass
class Weeks:
    """Schools with a line each, of whom every working hour of a week is planned."""

    evidence: OutagesToo = field(default_factory=OutagesToo)
    store: KnownClosings = field(default_factory=KnownClosings)
    registry: Registry = field(default_factory=lambda: a_registry(organisations=3, contract_mbps=100))
    policy: Policy = field(default_factory=a_policy)
    roadmap: Roadmap = field(default_factory=a_roadmap)
    policies: dict[str, Policy] = field(default_factory=dict)

    def week(self, period: Period, rates: Mapping[str, float | None], *, days: int = 5) -> None:
        """Plan a week for lines and measure it; an agent without a rate says nothing."""
        for line, mbps in rates.items():
            slots = self.plan(period, LineId(line))
            if mbps is not None:
                self.measure(slots[: days * 10], mbps)

    def plan(self, period: Period, line: LineId) -> Sequence[Slot]:
        monday = period.first
        slots = [
            a_slot(local(monday + timedelta(days=day), hour), line=line) for day in range(5) for hour in range(8, 18)
        ]
        self.evidence.planned += slots
        self.evidence.delivered += [a_delivery(slot.starts_at, line=SOMEBODY) for slot in slots]
        return slots

    def measure(self, slots: Sequence[Slot], mbps: float) -> None:
        self.evidence.measured += [a_measurement(slot, mbps=mbps) for slot in slots]
        last = slots[-1]
        self.evidence.seen[last.line] = max(last.ends_at, self.evidence.seen.get(last.line, last.ends_at))

    def inputs(self, now: datetime) -> SummaryInputs:
        self.policies[content_hash(plain(self.policy))] = self.policy
        indicator = IndicatorInputs(
            territory=DISTRICT,
            evidence=self.evidence,
            entered=(),
            registry=self.registry,
            policy=self.policy,
            calendars={},
            target_at=lambda _: 100,
            now=now,
            closed=self.store,
        )
        return SummaryInputs(
            closing=ClosingInputs(
                indicator=indicator,
                store=self.store,
                describe=lambda judgement: judgement_document(judgement, judgement.all(), self.registry),
                policy_of=self.policies.get,
            ),
            roadmap=self.roadmap,
            title=a_text("indicator"),
            first_year=2026,
            emulated_lines=lambda lines, start, end: (),
        )

    def close(self, period: Period, *, late: timedelta = timedelta()) -> None:
        """Close everything that is due when a week closes."""
        close_due(self.inputs(closes_at(period, MOSCOW) + late).closing)

    def revise(self, at: datetime) -> None:
        revise(self.inputs(at).closing)

    def summary(
        self, period: Period, *, now: datetime | None = None, since: datetime | None = None, revision: int | None = None
    ) -> Summary:
        """At an instant, else two hours after the period closed."""
        at = now or closes_at(period, MOSCOW) + timedelta(hours=2)
        return summarise(self.inputs(at), period, since=since, revision=revision)

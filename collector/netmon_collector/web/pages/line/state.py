"""Everything that the page of a line is made of, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from netmon.domain.absence import Absence
from netmon.domain.identifiers import LineId
from netmon.domain.measurement import Measurement
from netmon.domain.path_diagnosis import PathDiagnosis
from netmon.domain.policy import Policy
from netmon.domain.registry import Line, Registry
from netmon.domain.verdict import Verdict
from netmon_collector.use_cases.day_values import LineDay
from netmon_collector.use_cases.line_facts import AgentBinding, ClosedStanding
from netmon_collector.web.pages.fleet.health import AgentFacts
from netmon_collector.web.pages.line.slots import SlotsOfDay
from netmon_collector.web.pages.line.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """`days` and `measurements` are those of the span (a year has no measurements), `open_days` those of this month.

    `verdict` is the one that the indicator counts now; `bindings` tells who measured the line, the newest first;
    `absences` and `diagnoses` are those of the last month, the oldest first.
    """

    line: Line
    registry: Registry
    policy: Policy
    span: Span
    days: Sequence[LineDay]
    measurements: Sequence[Measurement]
    open_days: Sequence[LineDay]
    verdict: Verdict | None
    closed: Sequence[ClosedStanding]
    slots: SlotsOfDay
    is_school_day: bool
    agent: AgentFacts
    bindings: Sequence[AgentBinding]
    poll_s: float
    absences: Sequence[Absence]
    diagnoses: Sequence[PathDiagnosis]
    emulated: bool
    now: datetime

    @property
    def id(self) -> LineId:
        return self.line.id

    @property
    def zone(self) -> tzinfo:
        return self.registry.time_zone(self.line.id)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

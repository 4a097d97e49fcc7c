"""The summary of a territory for a period: what mail, documents and pages say, computed in one place.

Import from here: `summarise` with `SummaryInputs`, `Summary` and the values it is made of.
"""

from netmon_collector.use_cases.summary.names import Names
from netmon_collector.use_cases.summary.summarise import SummaryInputs, summarise
from netmon_collector.use_cases.summary.values import (
    Change,
    ChangeKind,
    LineFacts,
    LineState,
    Named,
    OrganisationState,
    ProviderIncidents,
    RevisedPeriod,
    RevisedVerdict,
    RoadmapItems,
    Summary,
    Tally,
)

__all__ = [
    "Change",
    "ChangeKind",
    "LineFacts",
    "LineState",
    "Named",
    "Names",
    "OrganisationState",
    "ProviderIncidents",
    "RevisedPeriod",
    "RevisedVerdict",
    "RoadmapItems",
    "Summary",
    "SummaryInputs",
    "Tally",
    "summarise",
]

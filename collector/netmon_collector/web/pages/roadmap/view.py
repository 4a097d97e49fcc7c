"""The page of the roadmap: a pure function from its standing to words and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from netmon.domain.coverage import Coverage
from netmon_collector.use_cases.roadmap import RoadmapStanding
from netmon_collector.web.pages.roadmap.activities import ActivityView, activity_chips, activity_views
from netmon_collector.web.pages.roadmap.indicators import IndicatorView, indicator_views
from netmon_collector.web.pages.roadmap.results import ChipView, ResultView, result_chips, result_views
from netmon_collector.wording.figures import date_text
from netmon_collector.wording.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The filters: of results and of activities, empty for all."""

    results: str = ""
    activities: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapPage:
    title: str
    at: str
    notes: tuple[str, ...]
    indicators: tuple[IndicatorView, ...]
    result_chips: tuple[ChipView, ...]
    results: tuple[ResultView, ...]
    activity_chips: tuple[ChipView, ...]
    activities: tuple[ActivityView, ...]
    chosen: Chosen
    may_enter: bool
    done: bool


def roadmap_page(
    found: RoadmapStanding,
    coverages: Sequence[Coverage],
    chosen: Chosen,
    language: Language,
    *,
    may_enter: bool,
    done: bool,
) -> RoadmapPage:
    roadmap = found.roadmap
    return RoadmapPage(
        title=roadmap.title.in_language(language),
        at=date_text(found.at, language),
        notes=tuple(one.in_language(language) for one in roadmap.notes),
        indicators=indicator_views(roadmap, coverages, found.at, language),
        result_chips=result_chips(found.results, found.at, chosen.results, language),
        results=result_views(found.results, found.at, chosen.results, language),
        activity_chips=activity_chips(found.activities, chosen.activities, language),
        activities=activity_views(found.activities, chosen.activities, language),
        chosen=chosen,
        may_enter=may_enter,
        done=done,
    )

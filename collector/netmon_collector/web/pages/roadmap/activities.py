"""The activity plan: activities and control points by date, who answers for them and by which document."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netmon.domain.roadmap import Activity, ActivityKind
from netmon.domain.roadmap_state import ActivityState, ActivityStatus
from netmon_collector.web.pages.roadmap.recorded import RecordedView, recorded_view
from netmon_collector.web.pages.roadmap.results import ChipView, StateView, chips
from netmon_collector.wording.figures import date_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import word

_ORDER = (
    ActivityStatus.OVERDUE,
    ActivityStatus.DUE,
    ActivityStatus.UPCOMING,
    ActivityStatus.DONE,
    ActivityStatus.ARCHIVED,
)
_TONES: Mapping[ActivityStatus, tuple[str, str]] = {
    ActivityStatus.OVERDUE: ("bad", "due"),
    ActivityStatus.DUE: ("open", "due"),
    ActivityStatus.UPCOMING: ("none", "due"),
    ActivityStatus.DONE: ("good", "compliant"),
    ActivityStatus.ARCHIVED: ("none", "exempt"),
}
Planned = Sequence[tuple[Activity, ActivityState]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityView:
    """A row of the plan; `is_heading` marks the result that the rows below lead to."""

    id: str
    number: str
    kind: str
    is_heading: bool
    title: str
    start: str | None
    end: str
    role: str
    document: str | None
    state: StateView
    fact: RecordedView | None
    notes: tuple[str, ...]


def activity_views(planned: Planned, only: str, language: Language) -> tuple[ActivityView, ...]:
    return tuple(_activity(*one, language) for one in planned if only in ("", one[1].status.value))


def activity_chips(planned: Planned, only: str, language: Language) -> tuple[ChipView, ...]:
    counts = Counter(state.status.value for _, state in planned)
    return chips({one.value: word(one, language) for one in _ORDER}, counts, only, language)


def _activity(one: Activity, state: ActivityState, language: Language) -> ActivityView:
    tone, icon = _TONES[state.status]
    said = word(state.status, language)
    late = phrasebook(language).say("late")
    return ActivityView(
        id=one.id,
        number=one.number,
        kind=word(one.kind, language),
        is_heading=one.kind is ActivityKind.RESULT,
        title=one.title.in_language(language),
        start=None if one.start is None else date_text(one.start, language),
        end=date_text(one.end, language),
        role=one.responsible_role.in_language(language),
        document=None if one.document is None else word(one.document, language),
        state=StateView(key=state.status.value, word=f"{said} ({late})" if state.late else said, tone=tone, icon=icon),
        fact=None if state.fact is None else recorded_view(state.fact, language),
        notes=tuple(note.in_language(language) for note in one.notes),
    )

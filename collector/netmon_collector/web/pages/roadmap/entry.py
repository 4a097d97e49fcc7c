"""The form by which people report a fact or a value, with what stands already and what was wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from netmon.domain.entries import EntryKind, subject_of
from netmon.domain.roadmap import Activity, EnteredValue, Fact, Indicator, QuantityKind, Result, Roadmap
from netmon_collector.errors import NotFoundError
from netmon_collector.use_cases.entering import MOST_EVIDENCE_BYTES
from netmon_collector.web.pages.roadmap.recorded import RecordedView, file_view, recorded_view
from netmon_collector.wording.amounts import quantities_text, share_value_text
from netmon_collector.wording.figures import date_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

Subject = Indicator | Result | Activity
_COUNTS: Mapping[QuantityKind, str] = {
    QuantityKind.ORGANISATIONS_PERCENT: N_("Organisations, %"),
    QuantityKind.GENERAL_SCHOOLS_PERCENT: N_("General schools, %"),
    QuantityKind.MUNICIPALITIES_PERCENT: N_("Municipalities, %"),
    QuantityKind.CHILDREN: N_("Children"),
    QuantityKind.STAFF: N_("Staff"),
}


# What to do about a field that was refused; the refusal itself is in English, as the commands say it.
_HINT = N_("Correct the field that is named and send the form again.")
_UNNAMED = {EntryKind.VALUE: "numerator", EntryKind.FACT: ""}  # what is wrong where no single field is
_HINTS: Mapping[str, str] = {
    "at": N_("The day must be a date that is not in the future; for a measured indicator, before measuring began."),
    "document": N_("Name the document that this stands on."),
    "author_role": N_("Say who reports it: a role, not a name."),
    "numerator": N_("Give how many of how many in whole numbers, or the percentage, not both."),
    "denominator": N_("Give how many of how many in whole numbers, or the percentage, not both."),
    "value_percent": N_("Give how many of how many in whole numbers, or the percentage, not both."),
    "done": N_("Say whether it is done."),
    "quantities": N_("Give every number that the result asks for."),
    "evidence": N_("The file is empty, too large, or has no usable name."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A number that the form asks for; `least` is what the roadmap wants of it."""

    name: str
    label: str
    least: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsView:
    """What was recorded before, and by which name it is taken back."""

    subject: str
    recorded: RecordedView


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """`given` is what was sent and refused, `wrong` the field at fault, if one is, and `problem` why."""

    id: str
    number: str
    title: str
    kind: str
    is_value: bool
    asks_done: bool
    quantities: tuple[FieldView, ...]
    stands: tuple[StandsView, ...]
    today: str
    most_megabytes: int
    given: Mapping[str, str]
    wrong: str | None
    hint: str | None
    problem: str | None


def subject_by_id(roadmap: Roadmap, identifier: str) -> Subject:
    """Raises NotFoundError for what the roadmap does not name, and for a result that its indicator decides."""
    found: Sequence[Subject] = (*roadmap.indicators, *roadmap.results, *roadmap.activities)
    subject = next((one for one in found if one.id == identifier), None)
    if subject is None or (isinstance(subject, Result) and subject.indicator is not None):
        raise NotFoundError(f"nothing can be entered about '{identifier}'")
    return subject


def kind_for(subject: Subject) -> EntryKind:
    return EntryKind.VALUE if isinstance(subject, Indicator) else EntryKind.FACT


def entry_page(
    subject: Subject,
    roadmap: Roadmap,
    today: date,
    language: Language,
    *,
    given: Mapping[str, str] | None = None,
    wrong: str | None = None,
    problem: str | None = None,
) -> EntryPage:
    kind = kind_for(subject)
    quantities = subject.quantities if isinstance(subject, Result) else ()
    say = phrasebook(language).say
    return EntryPage(
        id=subject.id,
        number=subject.id.removeprefix("indicator-") if isinstance(subject, Indicator) else subject.number,
        title=subject.title.in_language(language),
        kind=kind.value,
        is_value=kind is EntryKind.VALUE,
        asks_done=kind is EntryKind.FACT and not quantities,
        quantities=tuple(
            FieldView(
                name=one.kind.value,
                label=say(_COUNTS[one.kind]),
                least=quantities_text({one.kind: one.at_least}, language),
            )
            for one in quantities
        ),
        stands=tuple(_stands(subject, roadmap, language)),
        today=today.isoformat(),
        most_megabytes=MOST_EVIDENCE_BYTES // 1024 // 1024,
        given=given or {},
        wrong=wrong,
        hint=None if problem is None else say(_HINTS.get(wrong or _UNNAMED[kind], _HINT)),
        problem=problem,
    )


def _stands(subject: Subject, roadmap: Roadmap, language: Language) -> list[StandsView]:
    """The newest first."""
    facts = [one for one in roadmap.facts if one.of == subject.id]
    values = [
        one for one in roadmap.entered_values if one.indicator == subject.id and one.territory == roadmap.territory
    ]
    known: Sequence[Fact | EnteredValue] = sorted((*facts, *values), key=lambda one: one.at, reverse=True)
    return [
        StandsView(
            subject=subject_of(one),
            recorded=recorded_view(one, language) if isinstance(one, Fact) else _value(one, language),
        )
        for one in known
    ]


def _value(one: EnteredValue, language: Language) -> RecordedView:
    return RecordedView(
        said=share_value_text(one.numerator, one.denominator, language, counted=one.counted),
        at=date_text(one.at, language),
        document=one.document,
        role=one.author_role.in_language(language),
        illustrative=one.illustrative,
        note=one.note,
        file=file_view(one.evidence),
    )

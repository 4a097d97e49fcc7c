"""The sentences that explain a verdict: what decided in the headline, then every number that it stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from netmon.domain.identifiers import LineId, OrganisationId, SiteId
from netmon.domain.period import PeriodKind
from netmon.domain.registry import Registry
from netmon.domain.verdict import Basis, SubjectKind, Verdict, VerdictOutcome
from netmon_collector.wording.figures import capitalised, moment_text, time_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.line_case import LineCase
from netmon_collector.wording.line_details import line_details
from netmon_collector.wording.line_reasons import line_reason
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import verdict_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A verdict in words: one sentence with its outcome and what decided, and the numbers behind it.

    `reason` is the headline without the outcome's word, for a place that shows the outcome already.
    """

    headline: str
    reason: str
    details: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join((self.headline, *self.details))


def explain(verdict: Verdict, registry: Registry, language: Language) -> str:
    """A verdict in sentences that a person can check by hand; times are local to the line's territory."""
    return explanation(verdict, registry, language).text


def explanation(verdict: Verdict, registry: Registry, language: Language) -> Explanation:
    """The same in two parts, for a page that shows the numbers on demand."""
    say = phrasebook(language).say
    reason = _reason(verdict, registry, language)
    return Explanation(
        headline=say("{outcome}: {reason}.", outcome=verdict_word(verdict.outcome, language), reason=reason),
        reason=say("{reason}.", reason=capitalised(reason)),
        details=_details(verdict, registry, language),
    )


def deciding_lines(verdict: Verdict) -> tuple[Verdict, ...]:
    """The verdicts of the lines that decided this one, the one that its headline describes first."""
    if verdict.kind is SubjectKind.LINE:
        return (verdict,)
    return tuple(line for part in _deciding(verdict) for line in deciding_lines(part))


def _deciding(verdict: Verdict) -> Sequence[Verdict]:
    """The parts that decided, the weakest first."""
    if verdict.outcome.is_unknown:
        found = [part for part in verdict.parts if part.outcome.is_unknown]
    else:
        found = [part for part in verdict.parts if part.outcome is verdict.outcome]
    return sorted(found or verdict.parts, key=_strength)


def _strength(verdict: Verdict) -> float:
    """The share of passes among the decided slots, of the weakest line."""
    if verdict.figures is not None:
        counts = verdict.figures.counts
        return counts.passed / counts.decided if counts.decided else 0.0
    return min((_strength(part) for part in verdict.parts), default=0.0)


def _reason(verdict: Verdict, registry: Registry, language: Language) -> str:
    say = phrasebook(language).say
    if verdict.basis is Basis.EXEMPTION:
        return say("on the basis of {document}", document=verdict.exemption_document)
    if verdict.basis is Basis.NO_PARTS:
        if verdict.kind is SubjectKind.SITE:
            return say("the registry has no main line of this building")
        return say("the registry has no building in which it teaches")
    if verdict.figures is not None:
        return line_reason(_line_case(verdict, registry, language))
    return _parts_reason(verdict, registry, language)


def _parts_reason(verdict: Verdict, registry: Registry, language: Language) -> str:
    """Which part decided, unless there is only one."""
    deciding = _deciding(verdict)
    reason = _reason(deciding[0], registry, language)
    if len(verdict.parts) == 1:
        return reason
    return phrasebook(language).say(
        "{how_many}; {part}: {reason}",
        how_many=_how_many(verdict, len(deciding), language),
        part=_name(deciding[0], registry, language),
        reason=reason,
    )


def _how_many(verdict: Verdict, deciding: int, language: Language) -> str:
    book = phrasebook(language)
    total = len(verdict.parts)
    if verdict.kind is SubjectKind.SITE:
        of_parts = book.plural("of {n} line", "of {n} lines", total)
    else:
        of_parts = book.plural("of {n} building", "of {n} buildings", total)
    if verdict.outcome is VerdictOutcome.NON_COMPLIANT:
        return book.plural(
            "{n} {of_parts} does not comply", "{n} {of_parts} do not comply", deciding, of_parts=of_parts
        )
    if verdict.outcome is VerdictOutcome.COMPLIANT:
        return book.plural("{n} {of_parts} complies", "{n} {of_parts} comply", deciding, of_parts=of_parts)
    return book.plural("no verdict on {n} {of_parts}", "no verdict on {n} {of_parts}", deciding, of_parts=of_parts)


def _name(verdict: Verdict, registry: Registry, language: Language) -> str:
    if verdict.kind is SubjectKind.SITE:
        return registry.site_by_id[SiteId(verdict.id)].address.in_language(language)
    return phrasebook(language).say("line {id}", id=verdict.id)


def _details(verdict: Verdict, registry: Registry, language: Language) -> tuple[str, ...]:
    if verdict.basis is Basis.EXEMPTION:
        return _exemption_details(verdict, registry, language)
    if verdict.figures is not None:
        return line_details(_line_case(verdict, registry, language))
    if not verdict.parts:
        return ()
    first, *others = _deciding(verdict)
    say = phrasebook(language).say
    return (
        *_details(first, registry, language),
        *(
            say(
                "{part}: {reason}.",
                part=capitalised(_name(part, registry, language)),
                reason=_reason(part, registry, language),
            )
            for part in others
        ),
    )


def _exemption_details(verdict: Verdict, registry: Registry, language: Language) -> tuple[str, ...]:
    say = phrasebook(language).say
    stays = say("It stays in the denominator of the indicator.")
    exemption = registry.exemption_of(OrganisationId(verdict.id), verdict.period.last)
    if exemption is None:
        return (stays,)
    why = say(
        "Reason: {reason}; approved by: {role}.",
        reason=exemption.reason.in_language(language),
        role=exemption.approver_role.in_language(language),
    )
    return why, stays


def _line_case(verdict: Verdict, registry: Registry, language: Language) -> LineCase:
    assert verdict.figures is not None  # noqa: S101 - both callers looked
    zone = registry.time_zone(LineId(verdict.id))
    return LineCase(
        basis=verdict.basis,
        figures=verdict.figures,
        book=phrasebook(language),
        last_seen=_last_seen(verdict, zone, language),
    )


def _last_seen(verdict: Verdict, zone: tzinfo, language: Language) -> str | None:
    """The time alone within a period of one day, else with its date."""
    if verdict.figures is None or verdict.figures.last_seen is None:
        return None
    at = verdict.figures.last_seen
    if verdict.period.kind is PeriodKind.DAY and at.astimezone(zone).date() == verdict.period.first:
        return time_text(at, zone, language)
    return moment_text(at, zone, language)

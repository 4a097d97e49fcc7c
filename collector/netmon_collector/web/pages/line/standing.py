"""What was found about a line: the verdict that counts, how this month goes, and the periods that were closed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from netmon.domain.policy import Policy
from netmon.domain.registry import Registry
from netmon.domain.slot import ExclusionReason
from netmon.domain.verdict import Verdict
from netmon_collector.use_cases.day_values import LineDay
from netmon_collector.use_cases.line_facts import ClosedStanding
from netmon_collector.wording.explanation import explanation
from netmon_collector.wording.figures import moment_text, percent_text, period_text, share_percent
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import reason_word, verdict_word, word


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """The verdict that counts now, with its sentence and every number of it."""

    outcome: str
    word: str
    period: str
    reason: str
    details: tuple[str, ...]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFarView:
    """The counts of a stretch of days; `sentence` is one that a person can check, `excluded` says why not counted."""

    title: str
    sentence: str
    strict: str | None
    excluded: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedView:
    """A period as it was closed."""

    period: str
    name: str
    outcome: str
    word: str
    sentence: str
    closed_at: str
    revision: int


def verdict_view(verdict: Verdict, registry: Registry, language: Language) -> VerdictView:
    found = explanation(verdict, registry, language)
    return VerdictView(
        outcome=verdict.outcome.value.lower(),
        word=verdict_word(verdict.outcome, language),
        period=period_text(verdict.period, language),
        reason=found.reason,
        details=found.details,
        findings=tuple(word(one, language) for one in verdict.findings),
    )


def so_far_view(
    days: Sequence[LineDay], title: str, policy: Policy, *, today: date, last: date, language: Language
) -> SoFarView:
    """The sums of the days, which are the counts of a verdict over them."""
    book = phrasebook(language)
    passed, failed = sum(one.passed for one in days), sum(one.failed for one in days)
    strict, excluded = sum(one.strict_passed for one in days), sum(one.excluded for one in days)
    decided = passed + failed
    return SoFarView(
        title=title,
        sentence=_sentence(passed, decided, excluded, policy, language),
        strict=book.say(
            "Without the tolerance: {passed} of {decided} ({share}).",
            passed=strict,
            decided=decided,
            share=percent_text(share_percent(strict, decided), language),
        )
        if decided and policy.tolerance_bp
        else None,
        excluded=tuple(
            book.say("{reason} – {number}", reason=reason_word(ExclusionReason(reason), language), number=number)
            for reason, number in _by_reason(days)
        ),
        is_open=today <= last,
    )


def _sentence(passed: int, decided: int, excluded: int, policy: Policy, language: Language) -> str:
    book = phrasebook(language)
    if not decided and not excluded:
        return book.say("Nothing was planned on these days, or it is not summed up yet.")
    if not decided:
        return book.plural(
            "None of {n} planned measurement was counted.", "None of {n} planned measurements was counted.", excluded
        )
    said = book.plural(
        "The limit was reached in {passed} of {n} counted measurement ({share}, needed {required}).",
        "The limit was reached in {passed} of {n} counted measurements ({share}, needed {required}).",
        decided,
        passed=passed,
        share=percent_text(share_percent(passed, decided), language),
        required=percent_text(policy.min_share_percent, language),
    )
    if not excluded:
        return said
    return f"{said} " + book.plural(
        "Not counted: {excluded} of {n} planned.",
        "Not counted: {excluded} of {n} planned.",
        decided + excluded,
        excluded=excluded,
    )


def _by_reason(days: Iterable[LineDay]) -> list[tuple[str, int]]:
    """The most frequent first."""
    found: dict[str, int] = {}
    for one in days:
        for reason, number in one.excluded_by_reason.items():
            found[reason] = found.get(reason, 0) + number
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def closed_views(standings: Iterable[ClosedStanding], zone: tzinfo, language: Language) -> tuple[ClosedView, ...]:
    return tuple(_closed(one, zone, language) for one in standings)


def _closed(one: ClosedStanding, zone: tzinfo, language: Language) -> ClosedView:
    printed: Mapping[str, object] = json.loads(one.content)["printed"]
    said = printed.get("explanation")
    return ClosedView(
        period=period_text(one.period, language),
        name=one.period.name,
        outcome=one.outcome.value.lower(),
        word=verdict_word(one.outcome, language),
        sentence=str(said.get(language.value, "")) if isinstance(said, dict) else "",
        closed_at=moment_text(one.closed_at, zone, language),
        revision=one.revision,
    )

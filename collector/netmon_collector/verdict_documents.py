"""Verdicts as JSON: what `judge --json` and the API print."""

from collections import Counter
from collections.abc import Iterator, Sequence

from netmon.domain.registry import Registry
from netmon.domain.verdict import Verdict
from netmon_collector.use_cases.judging import Judgement
from netmon_collector.wording import Language, explain

_OPEN_REVISION = 0  # a period that was not closed yet


def judgement_document(judgement: Judgement, verdicts: Sequence[Verdict], registry: Registry) -> dict[str, object]:
    """The verdicts of a period; revision 0 says that the period is not closed and the figures may still change."""
    return {
        "period": judgement.period.name,
        "revision": _OPEN_REVISION,
        "policy": judgement.policy.id,
        "policy_hash": judgement.policy_hash,
        "verdicts": [verdict_document(verdict, registry) for verdict in verdicts],
    }


def verdict_document(verdict: Verdict, registry: Registry) -> dict[str, object]:
    """One verdict; counts of a site or an organisation are those of its lines together."""
    counts = [line.figures.counts for line in _lines(verdict) if line.figures is not None]
    passed, failed = sum(one.passed for one in counts), sum(one.failed for one in counts)
    excluded: Counter[str] = Counter()
    for one in counts:
        excluded.update({reason.value: number for reason, number in one.excluded.items()})
    decided = passed + failed
    return {
        "id": verdict.id,
        "kind": verdict.kind.value,
        "outcome": verdict.outcome.value,
        "basis": verdict.basis.value,
        "pass": passed,
        "fail": failed,
        "excluded": dict(sorted(excluded.items())),
        "share_percent": round(100 * passed / decided, 2) if decided else None,
        "findings": [],
        "explanation": {language.value: explain(verdict, registry, language) for language in Language},
        "input_hash": verdict.input_hash,
    }


def _lines(verdict: Verdict) -> Iterator[Verdict]:
    """The line verdicts that a verdict stands on, itself included."""
    if verdict.figures is not None:
        yield verdict
    for part in verdict.parts:
        yield from _lines(part)

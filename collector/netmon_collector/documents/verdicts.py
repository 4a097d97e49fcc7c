"""Verdicts as JSON: what `judge --json` and the API print."""

from collections.abc import Sequence

from netmon.domain.incident import Incident
from netmon.domain.registry import Registry
from netmon.domain.verdict import Verdict
from netmon.wire.plain import plain
from netmon_collector.documents.verdict_figures import verdict_figures
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
        "incidents": [_incident_document(incident) for incident in judgement.incidents],
    }


def verdict_document(verdict: Verdict, registry: Registry) -> dict[str, object]:
    """One verdict with its figures, and the sentence in each language."""
    figures = verdict_figures(verdict)
    explanation = {language.value: explain(verdict, registry, language) for language in Language}
    return {**figures, "explanation": explanation, "input_hash": figures["input_hash"]}


def _incident_document(incident: Incident) -> dict[str, object]:
    return {
        "provider": incident.provider,
        "started_at": plain(incident.started_at),
        "ended_at": plain(incident.ended_at),
        "lines": list(incident.lines),
        "outages": [
            {"line": one.line, "started_at": plain(one.started_at), "ended_at": plain(one.ended_at)}
            for one in incident.outages
        ],
    }

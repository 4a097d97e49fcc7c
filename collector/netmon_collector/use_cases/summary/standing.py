"""How a territory stood in a period, in one form: as it was closed, else as it is judged now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from netmon.domain.closing import Link
from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId, OrganisationId, ProviderId
from netmon.domain.incident import Incident, LineOutage
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.registry import Registry, Text
from netmon.domain.verdict import Basis, LineFigures, SubjectKind, Verdict
from netmon.errors import WireError
from netmon.wire.canonical import parse_time
from netmon.wire.plain import restored
from netmon_collector.ports import ClosedVerdict, Closing
from netmon_collector.use_cases.closing import ClosingInputs, verified
from netmon_collector.use_cases.indicator import indicator_at, outcomes_of, restored_indicator

Subject = tuple[SubjectKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """One verdict with its printed sentences; its share's `passed` of `decided` slots as printed."""

    verdict: Verdict
    explanation: Text
    short_by: int | None
    passed: int
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A period of a territory; `link` is None where it was judged and not closed."""

    period: Period
    as_of: datetime
    link: Link | None
    policy_id: str
    policy_hash: str
    policy: Policy | None
    coverage: Coverage
    verdicts: Mapping[Subject, Stood]
    incidents: tuple[Incident, ...]

    def of(self, kind: SubjectKind, identifier: str) -> Stood | None:
        return self.verdicts.get((kind, identifier))


def standing(inputs: ClosingInputs, period: Period, *, revision: int | None = None) -> Standing:
    """The newest revision of a closed period, or the one asked for; an open one as it is judged now.

    Raises TamperedError for a closed period that is not what its hashes say.
    """
    closing = inputs.store.closing(inputs.indicator.territory, period, revision=revision)
    return judged_standing(inputs, period) if closing is None else closed_standing(inputs, closing)


def closed_standing(inputs: ClosingInputs, closing: Closing) -> Standing:
    """A revision of a closed period, read back. Raises TamperedError."""
    link = verified(closing).link
    summary: Mapping[str, Any] = closing.summary
    return Standing(
        period=link.period,
        as_of=link.closed_at,
        link=link,
        policy_id=closing.policy_id,
        policy_hash=link.policy_hash,
        policy=inputs.policy_of(link.policy_hash),
        coverage=restored_indicator(summary["indicator"]),
        verdicts=_closed_verdicts(closing, inputs.indicator.registry),
        incidents=tuple(_incident(one) for one in summary["incidents"]),
    )


def judged_standing(inputs: ClosingInputs, period: Period, *, as_of: datetime | None = None) -> Standing:
    """A period as what is stored says it was at an instant, else now."""
    at = as_of or inputs.indicator.now
    of = replace(inputs.indicator, now=at)
    judgement = of.judged(period)
    outcomes = outcomes_of(judgement, of.registry)
    printed = inputs.describe(judgement)["verdicts"]
    zone = of.registry.territory_by_id[of.territory].time_zone
    return Standing(
        period=period,
        as_of=at,
        link=None,
        policy_id=of.policy.id,
        policy_hash=judgement.policy_hash,
        policy=of.policy,
        coverage=indicator_at(min(period.last, at.astimezone(zone).date()), of),
        verdicts={
            (verdict.kind, verdict.id): _stood(
                verdict,
                one,
                outcomes[OrganisationId(verdict.id)].short_by if verdict.kind is SubjectKind.ORGANISATION else None,
            )
            for verdict, one in zip(judgement.all(), printed, strict=True)
        },
        incidents=tuple(judgement.incidents),
    )


def _stood(verdict: Verdict, printed: Mapping[str, Any], short_by: int | None) -> Stood:
    return Stood(
        verdict=verdict,
        explanation=Text(ru=printed["explanation"]["ru"], en=printed["explanation"]["en"]),
        short_by=short_by,
        passed=printed["pass"],
        decided=printed["pass"] + printed["fail"],
    )


def _closed_verdicts(closing: Closing, registry: Registry) -> Mapping[Subject, Stood]:
    """The verdicts with their parts, as they were judged: a line's figures, a site's lines, an organisation's sites."""
    contents: Mapping[Subject, tuple[ClosedVerdict, dict[str, Any]]] = {
        (one.kind, one.id): (one, json.loads(one.content)) for one in closing.verdicts
    }
    built: dict[Subject, Verdict] = {}
    for kind in (SubjectKind.LINE, SubjectKind.SITE, SubjectKind.ORGANISATION):
        for subject, (closed, content) in contents.items():
            if subject[0] is kind:
                built[subject] = _verdict(closed, content, closing, built, registry)
    return {
        subject: _stood(built[subject], content["printed"], closed.short_by)
        for subject, (closed, content) in contents.items()
    }


_PARTS_OF = {SubjectKind.SITE: SubjectKind.LINE, SubjectKind.ORGANISATION: SubjectKind.SITE}


def _verdict(
    closed: ClosedVerdict,
    content: Mapping[str, Any],
    closing: Closing,
    known: Mapping[Subject, Verdict],
    registry: Registry,
) -> Verdict:
    printed, period, basis = content["printed"], closing.link.period, Basis(content["printed"]["basis"])
    parts = [(_PARTS_OF[closed.kind], name) for name in content["parts"] or ()]
    return Verdict(
        kind=closed.kind,
        id=closed.id,
        period=period,
        outcome=closed.outcome,
        basis=basis,
        policy_id=closing.policy_id,
        input_hash=printed["input_hash"],
        figures=_figures(content["figures"]),
        parts=tuple(known[part] for part in parts if part in known),
        exemption_document=_exemption(closed, period, registry) if basis is Basis.EXEMPTION else None,
    )


def _exemption(closed: ClosedVerdict, period: Period, registry: Registry) -> str | None:
    """The document, from the registry: what was stored has it in the printed sentence only."""
    found = registry.exemption_of(OrganisationId(closed.id), period.last)
    return None if found is None else found.document


def _figures(content: object) -> LineFigures | None:
    """None also where a netmon wrote them that counted otherwise: what was printed is there all the same."""
    try:
        found: LineFigures | None = None if content is None else restored(LineFigures, content)
    except WireError:
        return None
    return found


def _incident(document: Mapping[str, Any]) -> Incident:
    provider = document["provider"]
    return Incident(
        provider=None if provider is None else ProviderId(provider),
        started_at=parse_time(document["started_at"]),
        ended_at=parse_time(document["ended_at"]),
        outages=tuple(
            LineOutage(
                line=LineId(one["line"]),
                started_at=parse_time(one["started_at"]),
                ended_at=parse_time(one["ended_at"]),
            )
            for one in document["outages"]
        ),
    )

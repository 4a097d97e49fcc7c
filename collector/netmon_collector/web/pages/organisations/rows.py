"""One organisation a row, with the figures of its weakest line, from the verdicts of a period and the registry."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from netmon.domain.availability import Availability
from netmon.domain.identifiers import LineId, OrganisationId, ProviderId
from netmon.domain.policy import Policy
from netmon.domain.registry import Line, LocalityType, Registry
from netmon.domain.verdict import Finding, SubjectKind, Verdict, VerdictOutcome
from netmon_collector.use_cases.summary.standing import Standing
from netmon_collector.wording.explanation import deciding_lines
from netmon_collector.wording.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRow:
    """`line` is the weakest of the lines that decided, None where nothing was judged; figures and findings are its.

    Rates are bits per second: `rate_bps` the median of the full measurements. `last_seen` is that of the agent heard of
    longest ago, None when there is one that never was.
    """

    id: OrganisationId
    name: str
    outcome: VerdictOutcome
    line: LineId | None
    providers: tuple[tuple[ProviderId, str], ...]
    localities: tuple[str, ...]
    kinds: frozenset[LocalityType]
    rate_bps: int | None
    threshold_bps: int | None
    contract_bps: int | None
    passed: int
    decided: int
    availability: Availability | None
    last_seen: datetime | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowInputs:
    """What rows are made of; `on` is the day by which the registry is read."""

    standing: Standing
    registry: Registry
    policy: Policy
    last_seen: Mapping[LineId, datetime]
    on: date


def organisation_rows(inputs: RowInputs, language: Language) -> Sequence[OrganisationRow]:
    """Every organisation with a verdict, in no order that means anything."""
    return [
        _row(OrganisationId(identifier), stood.verdict, inputs, language)
        for (kind, identifier), stood in inputs.standing.verdicts.items()
        if kind is SubjectKind.ORGANISATION
    ]


def _row(organisation: OrganisationId, verdict: Verdict, inputs: RowInputs, language: Language) -> OrganisationRow:
    registry, known = inputs.registry, inputs.registry.organisation_by_id.get(organisation)
    lines = _lines(organisation, inputs) if known is not None else []
    weakest = next((one for one in deciding_lines(verdict) if one.figures is not None), None)
    figures = None if weakest is None else weakest.figures
    line = None if weakest is None else registry.line_by_id.get(LineId(weakest.id))
    contract = None if line is None else line.contract_at(inputs.on)
    return OrganisationRow(
        id=organisation,
        name=organisation if known is None else known.name.in_language(language),
        outcome=verdict.outcome,
        line=None if line is None else line.id,
        providers=tuple(dict.fromkeys(_providers(lines, inputs, language))),
        localities=tuple(dict.fromkeys(registry.locality_of(one.id).name.in_language(language) for one in lines)),
        kinds=frozenset(kind for one in lines if (kind := registry.locality_type(one.id, inputs.on)) is not None),
        rate_bps=None if figures is None or figures.rates is None else figures.rates.median_bps,
        threshold_bps=None if line is None else _threshold(line, inputs),
        contract_bps=None if contract is None else contract.rate_bps,
        passed=0 if figures is None else figures.counts.passed,
        decided=0 if figures is None else figures.counts.decided,
        availability=None if figures is None else figures.availability,
        last_seen=_last_seen(lines, inputs.last_seen),
        findings=() if figures is None else figures.findings,
    )


def _lines(organisation: OrganisationId, inputs: RowInputs) -> list[Line]:
    registry, on = inputs.registry, inputs.on
    return [line for site, _ in registry.uses(organisation, on) for line in registry.deciding_lines(site.id, on)]


def _providers(lines: Iterable[Line], inputs: RowInputs, language: Language) -> Iterable[tuple[ProviderId, str]]:
    for line in lines:
        contract = line.contract_at(inputs.on)
        if contract is not None:
            provider = inputs.registry.provider_by_id[contract.provider]
            yield provider.id, provider.name.in_language(language)


def _threshold(line: Line, inputs: RowInputs) -> int | None:
    kind = inputs.registry.locality_type(line.id, inputs.on)
    return None if kind is None else inputs.policy.threshold_bps(kind, inputs.on)


def _last_seen(lines: Sequence[Line], seen: Mapping[LineId, datetime]) -> datetime | None:
    known = [seen[line.id] for line in lines if line.id in seen]
    return min(known) if known and len(known) == len(lines) else None

"""The organisations and lines of a period: where they are, their verdicts, what changed; incidents by provider."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from netmon.domain.identifiers import LineId, OrganisationId, ProviderId
from netmon.domain.incident import Incident
from netmon.domain.registry import Registry
from netmon.domain.verdict import SubjectKind, Verdict
from netmon_collector.use_cases.summary.changes import Comparison
from netmon_collector.use_cases.summary.names import Names
from netmon_collector.use_cases.summary.standing import Standing, Stood
from netmon_collector.use_cases.summary.values import LineState, Named, OrganisationState, ProviderIncidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """Reads the subjects of a comparison; what the registry says is what was in force on the names' day."""

    comparison: Comparison
    names: Names
    emulated: Collection[LineId]

    @property
    def _registry(self) -> Registry:
        return self.names.registry

    def organisations(self) -> tuple[OrganisationState, ...]:
        found = [self._organisation(stood) for stood in _of_kind(self.comparison.now, SubjectKind.ORGANISATION)]
        return tuple(sorted(found, key=lambda one: one.id))

    def lines(self) -> tuple[LineState, ...]:
        found = [self._line(stood) for stood in _of_kind(self.comparison.now, SubjectKind.LINE)]
        return tuple(sorted(found, key=lambda one: one.id))

    def disappeared(self) -> tuple[Named, ...]:
        """The organisations of the period before that are no longer judged."""
        before = self.comparison.before
        gone = [] if before is None else sorted(before.verdicts.keys() - self.comparison.now.verdicts.keys())
        return tuple(
            self.names.organisation(OrganisationId(identifier))
            for kind, identifier in gone
            if kind is SubjectKind.ORGANISATION
        )

    def _organisation(self, stood: Stood) -> OrganisationState:
        identifier, before = OrganisationId(stood.verdict.id), self.comparison.before
        subject = (SubjectKind.ORGANISATION, identifier)
        return OrganisationState(
            id=identifier,
            name=self.names.organisation(identifier).name,
            verdict=stood.verdict,
            explanation=stood.explanation,
            short_by=stood.short_by,
            lines=tuple(dict.fromkeys(_line_ids(stood.verdict))),
            shares_with=self._neighbours(identifier),
            change=self.comparison.change_of(subject),
            appeared=before is not None and subject not in before.verdicts,
        )

    def _neighbours(self, organisation: OrganisationId) -> tuple[Named, ...]:
        if organisation not in self._registry.organisation_by_id:
            return ()
        day = self.names.day
        users = (
            use.organisation
            for site, _ in self._registry.uses(organisation, day)
            for use in site.occupancies
            if use.during.contains(day) and use.organisation != organisation
        )
        return tuple(self.names.organisation(one) for one in sorted(set(users)))

    def _line(self, stood: Stood) -> LineState:
        identifier = LineId(stood.verdict.id)
        facts = self.names.line(identifier)
        return LineState(
            **{one.name: getattr(facts, one.name) for one in fields(facts)},
            verdict=stood.verdict,
            explanation=stood.explanation,
            change=self.comparison.change_of((SubjectKind.LINE, identifier)),
            emulated=identifier in self.emulated,
        )


def _of_kind(standing: Standing, kind: SubjectKind) -> Iterator[Stood]:
    return (stood for (of_kind, _), stood in standing.verdicts.items() if of_kind is kind)


def _line_ids(verdict: Verdict) -> Iterator[LineId]:
    if verdict.kind is SubjectKind.LINE:
        yield LineId(verdict.id)
    for part in verdict.parts:
        yield from _line_ids(part)


def incidents_by_provider(incidents: Iterable[Incident], names: Names) -> tuple[ProviderIncidents, ...]:
    """Who was down most goes first; incidents of lines without a contract come last."""
    by_provider: Mapping[ProviderId | None, list[Incident]] = defaultdict(list)
    for one in incidents:
        by_provider[one.provider].append(one)
    found = [_of_provider(provider, of, names) for provider, of in by_provider.items()]
    return tuple(sorted(found, key=lambda one: (one.provider is None, -len(one.incidents), one.provider or "")))


def _of_provider(provider: ProviderId | None, incidents: Iterable[Incident], names: Names) -> ProviderIncidents:
    ordered = sorted(incidents, key=lambda one: (one.started_at - one.ended_at, one.started_at, one.lines))
    return ProviderIncidents(
        provider=provider,
        name=None if provider is None else names.provider(provider).name,
        incidents=tuple(ordered),
        lines=tuple(sorted({line for one in ordered for line in one.lines})),
    )

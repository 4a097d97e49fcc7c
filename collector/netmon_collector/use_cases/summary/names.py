"""What the subjects of verdicts are called; what the registry has forgotten goes by its id."""

from dataclasses import dataclass
from datetime import date

from netmon.domain.identifiers import LineId, OrganisationId, ProviderId, SiteId
from netmon.domain.registry import LineRole, Registry, Text
from netmon.domain.verdict import SubjectKind
from netmon_collector.use_cases.summary.standing import Subject
from netmon_collector.use_cases.summary.values import LineFacts, Named


@dataclass(frozen=True, slots=True)
class Names:
    """The names in force on a day."""

    registry: Registry
    day: date

    def of(self, subject: Subject) -> Text:
        """An organisation's name, a building's address; a line is called by those who use it."""
        kind, identifier = subject
        if kind is SubjectKind.ORGANISATION:
            return self.organisation(OrganisationId(identifier)).name
        if kind is SubjectKind.SITE:
            site = self.registry.site_by_id.get(SiteId(identifier))
            return _same(identifier) if site is None else site.address
        names = [one.name for one in self.users(LineId(identifier))]
        return (
            Text(ru=", ".join(one.ru for one in names), en=", ".join(one.en for one in names))
            if names
            else _same(identifier)
        )

    def organisation(self, identifier: OrganisationId) -> Named:
        found = self.registry.organisation_by_id.get(identifier)
        return Named(id=identifier, name=_same(identifier) if found is None else found.name)

    def provider(self, identifier: ProviderId) -> Named:
        found = self.registry.provider_by_id.get(identifier)
        return Named(id=identifier, name=_same(identifier) if found is None else found.name)

    def users(self, line: LineId) -> tuple[Named, ...]:
        """The organisations in the building of a line."""
        if line not in self.registry.line_by_id:
            return ()
        return tuple(self.organisation(one) for one in self.registry.organisations_of(line, self.day))

    def line(self, identifier: LineId) -> LineFacts:
        line = self.registry.line_by_id.get(identifier)
        contract = None if line is None else line.contract_at(self.day)
        return LineFacts(
            id=identifier,
            site=None if line is None else line.site,
            address=None if line is None else self.registry.site_by_id[line.site].address,
            locality=None if line is None else self.registry.locality_of(identifier).name,
            locality_type=None if line is None else self.registry.locality_type(identifier, self.day),
            role=LineRole.MAIN if line is None else line.role,
            organisations=self.users(identifier),
            provider=None if contract is None else self.provider(contract.provider),
            contract=contract,
        )


def _same(identifier: str) -> Text:
    return Text(ru=identifier, en=identifier)

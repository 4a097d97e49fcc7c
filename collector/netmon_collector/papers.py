"""Papers that pages and commands hand out alike: letters, notes, acts, and the sheet that enrols a device."""

from dataclasses import dataclass
from datetime import date, timedelta

from netmon.domain.identifiers import LineId, OrganisationId, ProviderId, TerritoryId
from netmon.domain.period import Period
from netmon_collector.certificates import fingerprint as ca_fingerprint
from netmon_collector.ports import CodeGrant
from netmon_collector.report.content.words import Words
from netmon_collector.report.documents.act_fields import act_fields
from netmon_collector.report.documents.fill import Context
from netmon_collector.report.documents.summary_fields import note_fields, provider_fields, schools_fields
from netmon_collector.report.enrolment_sheet import EnrolmentSheet, enrolment_sheet
from netmon_collector.report.evidence.gather import gather
from netmon_collector.services import Services
from netmon_collector.settings import Settings
from netmon_collector.use_cases.summary import summarise
from netmon_collector.verifier.contents import data_members
from netmon_collector.verifier.members import fingerprint
from netmon_collector.verifier.recompute import recompute
from netmon_collector.wording import Language

ANSWER_WITHIN = timedelta(days=14)  # what a letter asks, unless it names another day


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What fills the templates of documents about a period. Raises NotFoundError where there is nothing to write of."""

    services: Services
    territory: TerritoryId
    period: Period
    today: date
    deadline: date
    language: Language

    def note(self) -> Context:
        return note_fields(self._words(), self.today)

    def letter_to_provider(self, provider: ProviderId, line: LineId | None) -> Context:
        return provider_fields(self._words(), self.today, provider=provider, line=line, deadline=self.deadline)

    def letter_to_schools(self, organisation: OrganisationId | None) -> Context:
        return schools_fields(self._words(), self.today, organisation=organisation, deadline=self.deadline)

    def act(self, line: LineId) -> Context:
        """By the contents that the line's evidence pack would have, so that its fingerprint is that pack's."""
        inputs = self.services.gather_inputs(now=self.services.clock.now(), language=self.language.value)
        contents = gather(inputs, line, self.period)
        return act_fields(contents, recompute(contents, self.services.verifiers), fingerprint(data_members(contents)))

    def _words(self) -> Words:
        inputs = self.services.summary_inputs(self.territory, now=self.services.clock.now())
        return Words(summary=summarise(inputs, self.period), language=self.language)


def ca_of(settings: Settings) -> str | None:
    """The fingerprint that devices check; None where they know the CA, or there is no TLS. Raises CertificateError."""
    return None if settings.tls is None or settings.tls.ca is None else ca_fingerprint(settings.tls.ca)


def sheet_of(services: Services, code: str, grant: CodeGrant, *, collector: str, language: Language) -> EnrolmentSheet:
    """The sheet of a code that was just granted; `collector` is the address that devices reach it by."""
    return enrolment_sheet(
        code,
        grant,
        registry=services.registry,
        collector=collector,
        ca_sha256=ca_of(services.settings),
        language=language,
    )

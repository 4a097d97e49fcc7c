"""The fields of the act of monitoring: what a pack encloses, in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, tzinfo

from netmon.domain.registry import Text
from netmon.domain.verdict import Verdict
from netmon.wire.canonical import parse_time
from netmon_collector.report.documents.act_rows import Row, a_row, exclusion_rows, result_rows
from netmon_collector.report.documents.method import method_sentences
from netmon_collector.report.evidence.pack import pack_name
from netmon_collector.verifier.contents import Contents
from netmon_collector.verifier.recompute import Recomputed
from netmon_collector.wording.explanation import explanation
from netmon_collector.wording.figures import (
    date_text,
    exact_rate_text,
    moment_text,
    money_text,
    period_text,
)
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import Phrasebook, phrasebook
from netmon_collector.wording.words import verdict_word, word


def act_fields(contents: Contents, found: Recomputed, fingerprint: str) -> dict[str, object]:
    """Every field of the template `act`."""
    return _Act(contents, _as_printed(contents, found.verdict), fingerprint).fields()


def _as_printed(contents: Contents, verdict: Verdict) -> Verdict:
    """The verdict with when the agent was last heard of, which decides nothing and is not recomputed."""
    if verdict.figures is None:
        return verdict
    figures = contents.verdict.get("figures")
    seen = figures.get("last_seen") if isinstance(figures, dict) else None
    at = None if seen is None else parse_time(seen)
    return replace(verdict, figures=replace(verdict.figures, last_seen=at))


@dataclass(frozen=True, slots=True)
class _Act:
    contents: Contents
    verdict: Verdict
    fingerprint: str

    @property
    def language(self) -> Language:
        return Language(self.contents.about.language)

    @property
    def book(self) -> Phrasebook:
        return phrasebook(self.language)

    @property
    def zone(self) -> tzinfo:
        return self.contents.registry.time_zone(self.contents.about.line)

    @property
    def day(self) -> date:
        """The day whose facts the act names: the last of the period that was over."""
        local = self.contents.about.as_of.astimezone(self.zone).date()
        return max(self.contents.period.first, min(self.contents.period.last, local))

    def text(self, text: Text) -> str:
        return text.in_language(self.language)

    def fields(self) -> dict[str, object]:
        contents, period = self.contents, self.contents.period
        said = explanation(self.verdict, contents.registry, self.language)
        return {
            "territory": self.text(contents.registry.territory_by_id[contents.about.territory].name),
            "line": contents.about.line,
            "period": period_text(period, self.language),
            "first_day": date_text(period.first, self.language),
            "last_day": date_text(self.day, self.language),
            "notices": tuple(self._notices()),
            "subject": tuple(self._subject()),
            "method": tuple(method_sentences(contents.policy, self.language)),
            "results": tuple(result_rows(self.verdict.figures, self.language)),
            "exclusions": tuple(exclusion_rows(self.verdict.figures, self.language)),
            "outcome": verdict_word(self.verdict.outcome, self.language),
            "reason": said.reason,
            "details": " ".join(said.details),
            "provenance": self._provenance(),
            "pack": pack_name(contents),
            "fingerprint": self.fingerprint,
            "link": None if contents.closing is None else contents.closing.hash,
        }

    def _notices(self) -> Iterator[str]:
        if self.contents.policy.accept_emulated:
            yield self.book.say("Demonstration: the policy lets lines decide that a program emulates.")
        if self.contents.registry.note is not None:
            yield self.text(self.contents.registry.note)

    def _subject(self) -> Iterator[Row]:
        say, registry, line = self.book.say, self.contents.registry, self.contents.about.line
        locality = registry.locality_of(line)
        kind = locality.types.at(self.day)
        users = [registry.organisation_by_id[one] for one in registry.organisations_of(line, self.day)]
        yield a_row(say("Line"), f"{line} ({word(registry.line_by_id[line].role, self.language)})")
        yield a_row(say("Organisations"), ", ".join(self.text(one.name) for one in users) or "–")
        place = self.text(locality.name)
        yield a_row(say("Locality"), place if kind is None else f"{place} ({word(kind, self.language)})")
        yield a_row(say("Address"), self.text(registry.site_by_id[registry.line_by_id[line].site].address))
        yield from self._contract()

    def _contract(self) -> Iterator[Row]:
        say, registry = self.book.say, self.contents.registry
        contract = registry.line_by_id[self.contents.about.line].contract_at(self.day)
        if contract is None:
            yield a_row(say("Contract"), say("no contract in the registry"))
            return
        yield a_row(say("Provider"), self.text(registry.provider_by_id[contract.provider].name))
        yield a_row(say("Contract"), say("No. {number}", number=contract.number))
        yield a_row(say("Contracted rate"), exact_rate_text(contract.rate_bps, self.language))
        if contract.price_rub_month is not None:
            yield a_row(say("Price a month"), money_text(contract.price_rub_month, self.language))

    def _provenance(self) -> str:
        say, about = self.book.say, self.contents.about
        policy = say("Policy: {policy}.", policy=f"{self.text(self.contents.policy.name)} ({self.contents.policy.id})")
        at = moment_text(about.as_of, self.zone, self.language)
        if about.revision:
            closed = say("The period was closed on {time}, revision {number}.", time=at, number=about.revision)
            return f"{closed} {policy}"
        return " ".join((say("The period was not closed when the act was made: the figures may still change."), policy))

"""How subjects, periods and shares are said in a report, the same everywhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from netmon.domain.coverage import Coverage
from netmon.domain.period import Period, PeriodKind
from netmon.domain.registry import Text
from netmon.domain.verdict import SubjectKind, Verdict
from netmon_collector.use_cases.summary import LineFacts, LineState, Named, OrganisationState, Summary
from netmon_collector.wording.explanation import explanation
from netmon_collector.wording.figures import (
    date_text,
    exact_rate_text,
    integer_text,
    moment_text,
    percent_text,
    period_text,
    share_percent,
)
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import Phrasebook, phrasebook
from netmon_collector.wording.words import word


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayings:
    """How names, shares and lines are said in one language."""

    language: Language

    @property
    def book(self) -> Phrasebook:
        return phrasebook(self.language)

    def of(self, text: Text) -> str:
        return text.in_language(self.language)

    def names(self, named: Iterable[Named]) -> str:
        return ", ".join(self.of(one.name) for one in named)

    def share(self, part: int, whole: int) -> str:
        """``23 из 56 (41 %)``."""
        return self.book.say(
            "{share} ({percent})",
            share=self.fraction(part, whole),
            percent=percent_text(share_percent(part, whole), self.language),
        )

    def fraction(self, part: int, whole: int) -> str:
        return self.book.say(
            "{numerator} of {denominator}",
            numerator=integer_text(part, self.language),
            denominator=integer_text(whole, self.language),
        )

    def users(self, line: LineFacts) -> str:
        """Whose line it is; what the registry forgot goes by its id."""
        return self.names(line.organisations) or self.book.say("line {id}", id=line.id)

    def place(self, line: LineFacts) -> str:
        """The building and the type of its locality, as far as the registry knows them."""
        parts = [self.of(one) for one in (line.locality, line.address) if one is not None]
        if len(parts) == 2 and parts[1].startswith(parts[0]):
            del parts[0]  # many registries write the locality into the address
        if line.locality_type is not None:
            parts.append(word(line.locality_type, self.language))
        return ", ".join(parts)

    def contract(self, line: LineFacts) -> str:
        """Who provides it, by which contract, at what rate."""
        say, provider, contract = self.book.say, line.provider, line.contract
        if provider is None or contract is None:
            return say("no contract in the registry")
        return say(
            "{provider}, contract {number}, {rate}",
            provider=self.of(provider.name),
            number=contract.number,
            rate=exact_rate_text(contract.rate_bps, self.language),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Sayings):
    """The words of one summary in one language."""

    summary: Summary

    def moment(self, at: datetime) -> str:
        return moment_text(at, self.summary.territory.time_zone, self.language)

    def coverage(self, found: Coverage) -> str:
        return self.share(found.numerator, found.denominator)

    def kind(self, words: Mapping[PeriodKind, str]) -> str:
        return self.book.say(words[self.summary.period.kind])

    def reason(self, of: LineState | OrganisationState) -> tuple[str, tuple[str, ...]]:
        """What decided, and the numbers behind it; where the registry forgot the subject, the sentences as printed."""
        if not _is_known(of.verdict, self.summary):
            return self.of(of.explanation), ()
        found = explanation(of.verdict, self.summary.registry, self.language)
        return found.reason, found.details

    def since(self, period: Period) -> str:
        return date_text(period.first, self.language)

    @staticmethod
    def whole(sentence: str) -> str:
        """A sentence that ends in an abbreviation has one full stop."""
        return sentence.removesuffix("..") + "." if sentence.endswith("..") else sentence

    def period(self, period: Period) -> str:
        return period_text(period, self.language)


def _is_known(verdict: Verdict, summary: Summary) -> bool:
    registry = summary.registry
    match verdict.kind:
        case SubjectKind.LINE:
            known = verdict.id in registry.line_by_id and verdict.figures is not None
        case SubjectKind.SITE:
            known = verdict.id in registry.site_by_id
        case _:
            known = verdict.id in registry.organisation_by_id
    return known and all(_is_known(part, summary) for part in verdict.parts)

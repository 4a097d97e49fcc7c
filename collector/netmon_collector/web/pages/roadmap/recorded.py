"""What people recorded about the roadmap, as it is shown: the fact, its document, its file."""

from dataclasses import dataclass

from netmon.domain.roadmap import EvidenceFile, Fact
from netmon_collector.wording.amounts import quantities_text
from netmon_collector.wording.figures import date_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file that proves something, by its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedView:
    said: str
    at: str
    document: str
    role: str
    illustrative: bool
    note: str | None
    file: FileView | None


def recorded_view(fact: Fact, language: Language) -> RecordedView:
    say = phrasebook(language).say
    done = say("done") if fact.done else say("not done")
    return RecordedView(
        said=quantities_text(fact.quantities, language) or done,
        at=date_text(fact.at, language),
        document=fact.document,
        role=fact.author_role.in_language(language),
        illustrative=fact.illustrative,
        note=fact.note,
        file=file_view(fact.evidence),
    )


def file_view(evidence: EvidenceFile | None) -> FileView | None:
    return None if evidence is None else FileView(name=evidence.name, sha256=evidence.sha256)

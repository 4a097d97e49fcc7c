"""What happened to the device of a line, and what was found on its way to the server, in sentences."""

from datetime import tzinfo

from netmon.domain.absence import Absence
from netmon.domain.path_diagnosis import PathDiagnosis
from netmon_collector.wording.figures import moment_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import word


def absence_text(one: Absence, zone: tzinfo, language: Language) -> str:
    """A time in which nobody watched the line."""
    say = phrasebook(language).say
    end, cause = moment_text(one.ended_at, zone, language), word(one.cause, language)
    if one.since is None:
        return say("until {end}: {cause}", end=end, cause=cause)
    return say("{start} – {end}: {cause}", start=moment_text(one.since, zone, language), end=end, cause=cause)


def diagnosis_text(one: PathDiagnosis, zone: tzinfo, language: Language) -> str:
    """What tracing the way came to: where losses begin, by the method that saw them."""
    say = phrasebook(language).say
    said = say(
        "{time}, server {server}, because of {trigger}: {outcome}",
        time=moment_text(one.started_at, zone, language),
        server=one.server,
        trigger=word(one.trigger, language),
        outcome=word(one.outcome, language),
    )
    begins = next(((trace, trace.loss_begins) for trace in one.traces if trace.loss_begins is not None), None)
    if begins is None:
        return said
    trace, hop = begins
    assert hop is not None  # noqa: S101 - chosen by it
    return said + say(
        "; losses begin at hop {ttl} ({address}), seen by {method}",
        ttl=hop.ttl,
        address=hop.address or "–",
        method=trace.method.value.upper(),
    )

"""One slot with all that its outcome rests on: each measurement, its receipt and path, outages, proof, record."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from netmon.domain.latency import Outage
from netmon.domain.measurement import Measurement, Path, ReceiptState
from netmon.domain.slot import Delivery, JudgedSlot, Slot, SlotEnd, SlotReport
from netmon_collector.use_cases.day_values import mark_of
from netmon_collector.use_cases.line_facts import RecordedMeasurement
from netmon_collector.web.pages.line.points import figure_text, why_text
from netmon_collector.wording.figures import (
    exact_rate_text,
    moment_text,
    number_text,
    percent_text,
    rate_text,
    volume_text,
)
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import Phrasebook, phrasebook
from netmon_collector.wording.words import word


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFacts:
    """A slot, how it was judged (None when it does not count or is not over) and what was recorded about it."""

    slot: Slot
    judged: JudgedSlot | None
    measurements: Sequence[RecordedMeasurement]
    report: SlotReport | None
    outages: Sequence[Outage]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A figure with its name; `tone` marks what speaks for or against the measurement."""

    name: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementView:
    title: str
    facts: tuple[FactView, ...]
    raw: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    id: str
    title: str
    tone: str
    outcome: str
    sentences: tuple[str, ...]
    measurements: tuple[MeasurementView, ...]


def evidence_view(of: SlotFacts, zone: tzinfo, language: Language) -> EvidenceView:
    say = phrasebook(language).say
    slot = of.slot
    return EvidenceView(
        id=slot.id,
        title=say(
            "{mode}, {direction}, {start} – {end}",
            mode=word(slot.mode, language),
            direction=word(slot.direction, language),
            start=moment_text(slot.starts_at, zone, language),
            end=moment_text(slot.ends_at, zone, language).rpartition(" ")[2],
        ),
        tone="" if of.judged is None else of.judged.outcome.value,
        outcome=_outcome(of, language),
        sentences=tuple(_sentences(of, zone, language)),
        measurements=tuple(_measurement(one, zone, language) for one in of.measurements),
    )


def _outcome(of: SlotFacts, language: Language) -> str:
    say = phrasebook(language).say
    if of.judged is not None:
        return why_text(mark_of(of.judged), language)
    if of.slot.ends_at > of.now:
        return say("still to come")
    return say("counts for nothing: not a deciding direction, or outside working hours")


def _sentences(of: SlotFacts, zone: tzinfo, language: Language) -> Iterator[str]:
    say = phrasebook(language).say
    judged = of.judged
    if judged is not None and judged.limit_bps is not None and judged.threshold_bps is not None:
        yield say(
            "Limit {limit}, threshold {threshold}.",
            limit=exact_rate_text(judged.limit_bps, language),
            threshold=exact_rate_text(judged.threshold_bps, language),
        )
    if judged is not None and judged.organic:
        yield say("Users' own traffic reached the limit, in place of a test.")
    if judged is not None and judged.proof is not None:
        yield _proof(judged.proof, zone, language)
    for outage in of.outages:
        yield say(
            "No connection from {start} to {end}: {cause}.",
            start=moment_text(outage.started_at, zone, language),
            end=moment_text(outage.ended_at, zone, language),
            cause=word(outage.cause, language),
        )
    if of.report is not None and of.report.end is SlotEnd.NOT_MEASURED and of.report.reason is not None:
        yield say("The agent did not measure: {reason}.", reason=word(of.report.reason, language))
    if not of.measurements and of.slot.ends_at <= of.now:
        yield say("No measurement came for this slot.")


def _proof(proof: Delivery, zone: tzinfo, language: Language) -> str:
    """Why the line and not what lies beyond it was the limit."""
    return phrasebook(language).say(
        "The line was the limit: on {time} the server {server} delivered {rate} to another line.",
        time=moment_text(proof.at, zone, language),
        server=proof.server,
        rate=rate_text(proof.rate_bps, language),
    )


def _measurement(one: RecordedMeasurement, zone: tzinfo, language: Language) -> MeasurementView:
    say = phrasebook(language).say
    found = one.measurement
    return MeasurementView(
        title=say(
            "{time}: {figure}", time=moment_text(found.started_at, zone, language), figure=figure_text(found, language)
        ),
        facts=tuple(_facts(one, zone, phrasebook(language))),
        raw=None if one.document is None else json.dumps(json.loads(one.document), ensure_ascii=False, indent=2),
        source=say("record {number} of the agent {agent}", number=one.sequence, agent=one.agent),
    )


def _facts(one: RecordedMeasurement, zone: tzinfo, book: Phrasebook) -> Iterator[FactView]:
    found, language, say = one.measurement, book.language, book.say
    yield FactView(name=say("Method"), value=found.method)
    yield FactView(name=say("Measurement server"), value=found.server)
    yield _receipt(found, book)
    yield FactView(
        name=say("Path"),
        value=word(found.path, language),
        tone="bad" if found.path is Path.PROXIED else "",
    )
    yield from _rates(found, book)
    yield from _burst(one, book)
    yield from _certainty(found, book)
    yield FactView(name=say("Measured for"), value=_seconds(found.duration_s, book))
    yield FactView(name=say("Transferred"), value=volume_text(found.bytes, language))
    yield FactView(name=say("Remarks"), value=", ".join(word(flag, language) for flag in sorted(found.flags)) or "–")
    if one.received_at is not None:
        yield FactView(name=say("Received"), value=moment_text(one.received_at, zone, language))
    if not found.time_trusted:
        yield FactView(name=say("Time"), value=say("uncertain: the agent's clock was not set"), tone="bad")


def _receipt(found: Measurement, book: Phrasebook) -> FactView:
    tone = "good" if found.receipt is ReceiptState.VALID else "bad"
    return FactView(name=book.say("Receipt"), value=word(found.receipt, book.language), tone=tone)


def _rates(found: Measurement, book: Phrasebook) -> Iterator[FactView]:
    language, say = book.language, book.say
    if found.rate_bps is None:
        if found.reason is not None:
            yield FactView(name=say("No figure"), value=word(found.reason, language), tone="bad")
        return
    yield FactView(name=say("Rate (IP layer)"), value=figure_text(found, language))
    if found.goodput_bps is not None:
        yield FactView(name=say("Of it payload (TCP)"), value=rate_text(found.goodput_bps, language))
    background = say("not counted") if found.background_bps is None else rate_text(found.background_bps, language)
    yield FactView(name=say("Other traffic of the line"), value=background)
    if found.censored_at_bps is not None:
        yield FactView(name=say("Sees no more than"), value=rate_text(found.censored_at_bps, language))
    if found.reason is not None:
        yield FactView(name=say("Note"), value=word(found.reason, language))


def _burst(one: RecordedMeasurement, book: Phrasebook) -> Iterator[FactView]:
    """What a sustained test saw before the rate fell to what the line keeps up: as the agent reported it."""
    body = json.loads(one.document).get("body") if one.document is not None else None
    detail = body.get("detail") if isinstance(body, dict) else None
    found = [detail.get(name) if isinstance(detail, dict) else None for name in ("burst_bps", "burst_s")]
    rate_bps, seconds = (value if isinstance(value, int | float) else None for value in found)
    if rate_bps is not None and seconds is not None:
        said = book.say(
            "{rate} for {time}", rate=rate_text(round(rate_bps), book.language), time=_seconds(seconds, book)
        )
        yield FactView(name=book.say("Before the rate fell"), value=said, tone="bad")


def _certainty(found: Measurement, book: Phrasebook) -> Iterator[FactView]:
    if found.decision is not None:
        yield FactView(name=book.say("Decision of the test"), value=word(found.decision, book.language))
    if found.confidence is not None:
        percent = Decimal(repr(round(100 * found.confidence, 1)))
        yield FactView(name=book.say("Confidence"), value=percent_text(percent, book.language))


def _seconds(seconds: float, book: Phrasebook) -> str:
    return f"{number_text(round(seconds, 1), book.language)}\u00a0{book.say('s')}"

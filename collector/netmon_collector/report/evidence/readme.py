"""The sheet in a pack that says what is inside, how to check it and what the figures mean, in both languages."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from netmon.domain.latency import OutageCause
from netmon.domain.measurement import Decision, Direction, Flag, Mode, Path, Reason, ReceiptState, ResultKind
from netmon.domain.slot import ExclusionReason, FailCause, Outcome, SlotEnd, SlotReason
from netmon_collector.report.documents.method import method_sentences
from netmon_collector.verifier.contents import Contents
from netmon_collector.verifier.recompute import Recomputed
from netmon_collector.verifier.titles import column_titles
from netmon_collector.wording.figures import moment_text, period_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook
from netmon_collector.wording.words import WORDS, verdict_word

# Codes of the tables that no other table of words has.
_CODES: tuple[tuple[str, str], ...] = (
    (Outcome.PASS, N_("at or above the limit")),
    (Outcome.FAIL, N_("below the limit or with the line down")),
    (Outcome.EXCLUDED, N_("not counted")),
    ("not_counted", N_("no part of the verdict")),
    ("other_direction", N_("a direction that does not decide")),
    ("not_working_time", N_("outside of working hours")),
    ("not_over", N_("not over yet when the pack was made")),
    (FailCause.BELOW_LIMIT, N_("proven below the limit")),
    (FailCause.LINE_DOWN, N_("the line was down")),
    (SlotEnd.MEASURED, N_("measured")),
    (SlotEnd.NOT_MEASURED, N_("not measured")),
    (ResultKind.RATE, N_("the rate")),
    (ResultKind.LOWER_BOUND, N_("a bound from below")),
    (ResultKind.NONE, N_("no figure")),
    (Decision.AT_LEAST, N_("at least the limit")),
    (Decision.BELOW, N_("below the limit")),
    (Decision.UNDECIDED, N_("undecided")),
    (Path.DIRECT, N_("nobody ends the connection in between")),
    (Path.PROXIED, N_("through a filtering proxy")),
    (Path.UNKNOWN, N_("not known")),
    (ReceiptState.VALID, N_("the receipt is valid")),
    (ReceiptState.ABSENT, N_("no receipt")),
    (ReceiptState.INVALID, N_("the receipt is not valid")),
)
_WORDED: tuple[type[StrEnum], ...] = (Direction, Mode, ExclusionReason, Reason, SlotReason, Flag, OutageCause)


def readme(contents: Contents, found: Recomputed, fingerprint: str, language: Language) -> bytes:
    """The sheet in one language; with a mark of its encoding, for the editors of Windows."""
    text = _template(language).render(
        line=contents.about.line,
        period=period_text(contents.period, language),
        outcome=verdict_word(found.verdict.outcome, language),
        closed=_closed(contents, language),
        fingerprint=fingerprint,
        method=list(method_sentences(contents.policy, language)),
        columns=sorted(column_titles(phrasebook(language).say).items()),
        codes=list(_codes(language)),
    )
    return text.replace("\n", "\r\n").encode("utf-8-sig")


@cache
def _template(language: Language) -> Template:
    source = files("netmon_collector.report.evidence") / "templates" / f"README.{language.value}.txt"
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701 - text
    return environment.from_string(source.read_text(encoding="utf-8"))


def _closed(contents: Contents, language: Language) -> str:
    say, about = phrasebook(language).say, contents.about
    if not about.revision:
        return say("The period was not closed when the act was made: the figures may still change.")
    at = moment_text(about.as_of, contents.registry.time_zone(about.line), language)
    return say("The period was closed on {time}, revision {number}.", time=at, number=about.revision)


def _codes(language: Language) -> Iterator[tuple[str, str]]:
    """Each code once with its word; a code of several sets means the same in each."""
    say = phrasebook(language).say
    found: dict[str, str] = {str(code): say(word) for code, word in _CODES}
    for kind in _WORDED:
        for member in kind:
            found.setdefault(member.value, say(WORDS[kind][member]))
    yield from sorted(found.items())

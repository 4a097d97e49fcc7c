"""The fields of the note and of the letters: what the summary of a territory says, in words."""

from collections.abc import Iterable, Sequence
from datetime import date

from netmon.domain.identifiers import OrganisationId, ProviderId
from netmon.domain.roadmap import Activity
from netmon.domain.roadmap_state import ActivityState
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.errors import NotFoundError
from netmon_collector.report.content.answer import answer
from netmon_collector.report.content.provenance import hashes, notices, provenance
from netmon_collector.report.content.words import Words
from netmon_collector.report.documents.line_fields import line_fields
from netmon_collector.use_cases.summary import ChangeKind, LineState, OrganisationState
from netmon_collector.wording.coverage import coverage_line
from netmon_collector.wording.figures import date_text, duration_text, integer_text
from netmon_collector.wording.words import verdict_word

Fields = dict[str, object]
_NEAREST = 5


def _common(words: Words, made_on: date) -> Fields:
    summary = words.summary
    policy = summary.policy_id if summary.policy is None else words.of(summary.policy.name)
    return {
        "territory": words.of(summary.territory.name),
        "period": words.period(summary.period),
        "made_on": date_text(made_on, words.language),
        "policy": policy,
        "notices": tuple(notices(words)),
        "provenance": " ".join(provenance(words)),
        "hashes": " ".join(f"{name}: {digest}." for name, digest in hashes(words)),
    }


def note_fields(words: Words, made_on: date) -> Fields:
    """Every field of the template `note` (аналитическая справка)."""
    summary = words.summary
    failing = summary.failing_lines
    return {
        **_common(words, made_on),
        "indicator_title": None if summary.title is None else words.of(summary.title),
        "coverage": _coverage(words),
        "nearest": _nearest(words),
        "outcomes": tuple(
            {"word": verdict_word(one, words.language), "number": integer_text(summary.count(one), words.language)}
            for one in VerdictOutcome
        ),
        "failing": tuple(line_fields(line, number, words) for number, line in enumerate(failing, start=1)),
        "failing_count": integer_text(len(failing), words.language),
        "newly_failing": _named(summary.changed(ChangeKind.NEWLY_FAILING), words),
        "recovered": _named(summary.changed(ChangeKind.RECOVERED), words),
        "silent": ", ".join(words.users(line) for line in summary.silent_lines) or _none(words),
        "incidents": _incidents(words),
        "overdue": _activities(summary.items.overdue, words),
        "due": _activities(summary.items.due, words),
        "proposals": _proposals(words),
    }


def provider_fields(words: Words, made_on: date, *, provider: ProviderId, line: str | None, deadline: date) -> Fields:
    """Every field of the template `letter-provider`. Raises NotFoundError when there is nothing to write about."""
    found = [
        one
        for one in words.summary.failing_lines
        if one.provider is not None and one.provider.id == provider and line in (None, one.id)
    ]
    if not found:
        period = words.summary.period.name
        what = f"provider '{provider}'" if line is None else f"line '{line}' of provider '{provider}'"
        raise NotFoundError(f"{what} has nothing that fails in {period}: there is nothing to write about")
    named = found[0].provider
    return {
        **_common(words, made_on),
        "provider": provider if named is None else words.of(named.name),
        "lines": tuple(line_fields(one, number, words) for number, one in enumerate(found, start=1)),
        "deadline": date_text(deadline, words.language),
    }


def schools_fields(words: Words, made_on: date, *, organisation: OrganisationId | None, deadline: date) -> Fields:
    """Every field of the template `letter-schools`: to one organisation or to all. Raises NotFoundError."""
    say, summary = words.book.say, words.summary
    found = [one for one in summary.organisations if organisation in (None, one.id)]
    if not found:
        raise NotFoundError(
            f"the period {summary.period.name} has no organisation '{organisation}'; see 'registry list'"
        )
    one = None if organisation is None else words.of(found[0].name)
    return {
        **_common(words, made_on),
        "addressee": say("To the heads of the educational organisations (by list)")
        if one is None
        else say("To the head: {name}", name=one),
        "salutation": say("Dear colleagues,") if one is None else say("Dear Sir or Madam,"),
        "organisations": tuple(_organisation(each, words) for each in found),
        "requests": _requests(found, words),
        "deadline": date_text(deadline, words.language),
    }


def _coverage(words: Words) -> str:
    """The answer as the report gives it."""
    return " ".join((f"{coverage_line(words.summary.coverage, words.language)}.", *answer(words).notes))


def _nearest(words: Words) -> str:
    names = [
        words.of(one.name)
        for one in sorted(words.summary.organisations, key=lambda one: (one.short_by or 0, one.id))
        if one.short_by and one.verdict.outcome is VerdictOutcome.NON_COMPLIANT
    ]
    return ", ".join(names[:_NEAREST])


def _named(organisations: Iterable[OrganisationState], words: Words) -> str:
    return ", ".join(words.of(one.name) for one in organisations) or _none(words)


def _none(words: Words) -> str:
    return words.book.say("none")


def _incidents(words: Words) -> Sequence[Fields]:
    say = words.book.say
    return tuple(
        {
            "provider": say("without a contract") if one.name is None else words.of(one.name),
            "number": integer_text(len(one.incidents), words.language),
            "lines": integer_text(len(one.lines), words.language),
            "longest": duration_text(one.longest.ended_at - one.longest.started_at, words.language),
        }
        for one in words.summary.incidents
    )


def _activities(found: Iterable[tuple[Activity, ActivityState]], words: Words) -> Sequence[Fields]:
    return tuple(
        {
            "number": one.number,
            "title": words.of(one.title),
            "due": date_text(one.end, words.language),
            "role": words.of(one.responsible_role),
        }
        for one, _ in found
    )


def _proposals(words: Words) -> Sequence[str]:
    """What follows from the figures, for who signs to change."""
    say, summary = words.book.say, words.summary
    found = []
    providers = sorted({words.of(one.provider.name) for one in summary.failing_lines if one.provider is not None})
    if providers:
        found.append(say("Send letters with evidence packs to the providers: {names}.", names=", ".join(providers)))
    if any(one.provider is None for one in summary.failing_lines):
        found.append(say("Enter the contracts of the failing lines that have none into the registry."))
    if summary.silent_lines:
        silent = ", ".join(words.users(line) for line in summary.silent_lines)
        found.append(say("Have the devices checked of which nothing is heard: {names}.", names=silent))
    if summary.items.overdue:
        found.append(say("Report on the overdue activities of the roadmap, or move their dates."))
    return tuple(found or [say("Go on monitoring; no other measures are needed.")])


def _organisation(one: OrganisationState, words: Words) -> Fields:
    return {
        "name": words.of(one.name),
        "outcome": verdict_word(one.verdict.outcome, words.language),
        "reason": words.reason(one)[0],
    }


def _requests(found: Sequence[OrganisationState], words: Words) -> Sequence[str]:
    """Only what concerns those who are written to."""
    say, summary = words.book.say, words.summary
    own = {line for one in found for line in one.lines}

    def named(lines: Iterable[LineState]) -> str:
        return ", ".join(words.users(line) for line in lines if line.id in own)

    requests = []
    if silent := named(summary.silent_lines):
        requests.append(
            say("Check that the monitoring device is switched on and connected to the network: {names}.", names=silent)
        )
    if failing := named(summary.failing_lines):
        requests.append(
            say(
                "Send the education committee copies of your requests to the provider: {names}.",
                names=failing,
            )
        )
    requests.append(say("Not switch the monitoring device off, and not change how it is connected."))
    return tuple(requests)

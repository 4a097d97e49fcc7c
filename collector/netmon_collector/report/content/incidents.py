"""Outages by provider: how many, of how many lines, the longest and whom it hit."""

from netmon_collector.report.content.values import Entry, Section
from netmon_collector.report.content.words import Words
from netmon_collector.use_cases.summary import ProviderIncidents
from netmon_collector.wording.figures import duration_text


def incidents_section(words: Words) -> Section:
    say, found = words.book.say, words.summary.incidents
    one = say("Outages of several lines of one provider at the same time count as one.")
    return Section(
        title=say("Outages by provider"),
        intro=(one,) if found else (),
        entries=tuple(_entry(of, words) for of in found),
        empty=say("There was no outage."),
    )


def _entry(of: ProviderIncidents, words: Words) -> Entry:
    book, longest = words.book, of.longest
    lasted = duration_text(longest.ended_at - longest.started_at, words.language)
    return Entry(
        title=book.say("Lines without a contract") if of.name is None else words.of(of.name),
        lines=(
            book.say(
                "{outages} on {lines}.",
                outages=book.plural("{n} outage", "{n} outages", len(of.incidents)),
                lines=book.plural("{n} line", "{n} lines", len(of.lines)),
            ),
            book.say(
                "The longest: {lasted}, from {time}; it hit: {who}.",
                lasted=lasted,
                time=words.moment(longest.started_at),
                who=", ".join(_hit(of, words)),
            ),
        ),
    )


def _hit(of: ProviderIncidents, words: Words) -> list[str]:
    """Whose lines the longest one hit; a line that is not judged goes by its id."""
    known = ((identifier, words.summary.line(identifier)) for identifier in of.longest.lines)
    return list(
        dict.fromkeys(
            words.book.say("line {id}", id=identifier) if line is None else words.users(line)
            for identifier, line in known
        )
    )

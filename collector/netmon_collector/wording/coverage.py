"""The indicator in words, for terminals."""

from netmon.domain.coverage import Coverage
from netmon.domain.registry import Registry
from netmon_collector.wording.figures import date_text, integer_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook
from netmon_collector.wording.words import verdict_word

_NEAREST = 5


def coverage_line(found: Coverage, language: Language) -> str:
    """The answer in one line."""
    say = phrasebook(language).say
    share = say(
        "Coverage: {numerator} of {denominator} ({percent}%), at most {upper}",
        numerator=found.numerator,
        denominator=found.denominator,
        percent=found.percent,
        upper=found.upper_numerator,
    )
    if found.target_percent is None:
        return say("{share}; no target is set", share=share)
    return say(
        "{share}; target {target}%, missing: {missing}", share=share, target=found.target_percent, missing=found.missing
    )


def coverage_text(found: Coverage, registry: Registry, language: Language) -> str:
    """The answer, where it comes from, and every organisation that was counted."""
    say = phrasebook(language).say
    name = registry.territory_by_id[found.territory].name.in_language(language)
    lines = [f"{name}, {date_text(found.at, language)}", coverage_line(found, language)]
    if found.entered is not None:
        author = found.entered.author_role.in_language(language)
        source = say("Entered by hand: {document} ({author})", document=found.entered.document, author=author)
        lines.append(source + (" – " + say("simulated") if found.entered.illustrative else ""))
    for one in found.organisations:
        organisation = registry.organisation_by_id[one.id].name.in_language(language)
        period = "–" if one.period is None else one.period.name
        lines.append(f"    {organisation}: {verdict_word(one.outcome, language)} ({period})")
    if found.nearest:
        lines.append(say("Nearest to compliance, with the passes that are missing:"))
    for near in found.nearest[:_NEAREST]:
        organisation = registry.organisation_by_id[near.id].name.in_language(language)
        lines.append(f"    {organisation}: {integer_text(near.short_by, language)}")
    return "\n".join(lines)

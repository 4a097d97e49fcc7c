"""The method of a policy in sentences: how is measured, what counts, what a verdict takes."""

from collections.abc import Iterator

from netmon.domain.policy import Policy
from netmon_collector.wording.figures import percent_text, tolerance_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook


def method_sentences(policy: Policy, language: Language) -> Iterator[str]:
    """What a reader must know to check the figures by hand, in order."""
    book = phrasebook(language)
    say = book.say
    yield say(
        "An agent at the line measures in planned slots against a measurement server: the rate is that of the IP layer "
        "(RFC 9097). The server signs a receipt of each session with its own key."
    )
    yield say(
        "The limit is the threshold of the locality less {tolerance}. A slot passes at the limit or above; it fails "
        "when the line is proven below or was down; anything else is not counted, with its reason.",
        tolerance=tolerance_text(policy.tolerance_bp, language),
    )
    yield say(
        "Below is proven only when the same server delivered at least the limit to another line within {time}, or a "
        "second server agrees.",
        time=book.plural("{n} hour", "{n} hours", round(policy.proof_within.total_seconds() / 3600)),
    )
    yield say(
        "The line complies when at least {share} of the counted slots pass and at most {excluded} of the planned ones "
        "are not counted.",
        share=percent_text(policy.min_share_percent, language),
        excluded=percent_text(policy.max_excluded_percent, language),
    )
    if policy.availability is not None:
        yield say(
            "It must be up in at least {up} of the known working time, and at least {known} of the working time must "
            "be known; between the slots it is probed, and an outage counts only while a server served another line.",
            up=tolerance_text(policy.availability.min_up_bp, language),
            known=tolerance_text(policy.availability.min_known_bp, language),
        )
    if policy.sustained is not None:
        yield book.plural(
            "In a month at least {n} sustained test must reach the limit.",
            "In a month at least {n} sustained tests must reach the limit.",
            policy.sustained.min_passed,
        )

"""The act of monitoring as PDF: the fields of the .docx on paper of our own, with the drawings."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook


def act_pdf(fields: Mapping[str, object], language: Language, *, rates: str, hours: str) -> bytes:
    """The same fields and drawings are the same bytes. Raises FontError."""
    words = act_words(fields, language)
    html = _template().render(
        **fields,
        words=words,
        language=language.value,
        title=f"{words['act']} {words['of_line']}",
        roles=act_roles(language),
        rates=rates,
        hours=hours,
    )
    from netmon_collector.report.paper import paper  # noqa: PLC0415 - loading WeasyPrint takes a third of a second

    return paper(html, _source("act.css"))


@cache
def _template() -> Template:
    return Environment(undefined=StrictUndefined, autoescape=True).from_string(_source("act.html"))


def _source(name: str) -> str:
    return (files("netmon_collector.report.documents") / "templates" / name).read_text(encoding="utf-8")


def act_roles(language: Language) -> tuple[str, ...]:
    say = phrasebook(language).say
    return (
        say("Specialist of the education committee"),
        say("Representative of the educational organisation"),
        say("Representative of the provider"),
    )


def act_words(fields: Mapping[str, object], language: Language) -> Mapping[str, str]:
    """What stands around the fields."""
    say = phrasebook(language).say
    return {
        "act": say("ACT"),
        "of_line": say("of monitoring line {line}", line=fields["line"]),
        "period": say("period: {period}", period=fields["period"]),
        "not_verified": say("results of monitoring, not of a verified measuring instrument"),
        "number": say("No. ______________"),
        "date": say("Date: ______________"),
        "states": say(
            "This act states that the line was monitored automatically from {first} to {last}. It gives results of "
            "monitoring; what they were obtained by is not a verified measuring instrument.",
            first=fields["first_day"],
            last=fields["last_day"],
        ),
        "line": say("The line"),
        "method": say("The method"),
        "results": say("Results"),
        "figure": say("Figure"),
        "value": say("Value"),
        "exclusions": say("Why measurements were not counted"),
        "measurements": say("Measurements"),
        "verdict": say("Verdict"),
        "data": say("The data and how to check them"),
        "pack": say(
            "The data, the receipts of the measurement servers and how to check them are in the evidence pack {pack}. "
            "Fingerprint of its data (SHA-256):",
            pack=fields["pack"],
        ),
        "link": say("Link in the chain of closed periods (SHA-256):"),
        "box": say("Place for the mark of an electronic signature"),
        "box_note": say(
            "The act is signed with a detached qualified electronic signature. The file of the signature is kept "
            "beside the act and is no part of the evidence pack."
        ),
        "signature": say("signature"),
        "name": say("name in full"),
        "appendix": say("Appendix: drawings"),
        "rates": say(
            "Every counted measurement: a disc is a full rate, a triangle upwards “at least this much”, downwards a "
            "short test below the limit, a cross no figure. Lines: limit, threshold (dashed), contract (dotted)."
        ),
        "hours": say("Measurements at the limit or above of those counted, by weekday and hour."),
    }

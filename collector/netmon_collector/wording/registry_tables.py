"""What an import of the registry speaks of, in the reader's language: kinds of things, fields, and mistakes.

Mistakes come as English lines, which the command prints; the pages say the same by the patterns below. A line that no
pattern knows stays as it is.
"""

import re
from collections.abc import Mapping

from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

_KINDS: Mapping[str, str] = {
    "territories": N_("territories"),
    "localities": N_("localities"),
    "providers": N_("providers"),
    "organisations": N_("organisations"),
    "sites": N_("buildings"),
    "lines": N_("lines"),
    # fields
    "territory": N_("territory"),
    "name": N_("name"),
    "types": N_("locality types"),
    "line_rule": N_("rule for buildings"),
    "during": N_("dates"),
    "external_ids": N_("external codes"),
    "locality": N_("locality"),
    "address": N_("address"),
    "occupancies": N_("who uses the building"),
    "site": N_("building"),
    "role": N_("role of the line"),
    "interface": N_("interface"),
    "contracts": N_("contracts"),
}
_ONE: Mapping[str, str] = {
    "localities": N_("locality"),
    "providers": N_("provider"),
    "organisations": N_("organisation"),
    "sites": N_("building"),
    "lines": N_("line"),
}
_PLACE = re.compile(r"line (?P<line>\d+): (?P<rest>.*)\Z", re.DOTALL)
_COLUMN = re.compile(r"(?P<column>[a-z][\w.]*): (?P<rest>.*)\Z", re.DOTALL)
_MISTAKES: tuple[tuple[str, str], ...] = (
    (r"has (?P<n>\d+) cells where the heading has (?P<m>\d+)", N_("has {n} cells where the heading has {m}")),
    (r"unknown column '(?P<cell>.*)'; known: (?P<known>.*)", N_("unknown column “{cell}”; known: {known}")),
    (r"two columns are called '(?P<cell>.*)'; keep one of the two", N_("two columns are called “{cell}”; keep one")),
    (
        r"'(?P<cell>.*)' of (?P<what>\w+) '(?P<of>.*)' contradicts '(?P<other>.*)' on line (?P<n>\d+)",
        N_("“{cell}” of {what} “{of}” contradicts “{other}” on line {n}"),
    ),
    (
        r"'(?P<cell>.*)' is not an identifier: .*",
        N_("“{cell}” is not an identifier: use letters, digits, “_”, “.” and “-” only"),
    ),
    (r"'(?P<cell>.*)' is not a day: .*", N_("“{cell}” is not a day: write 2026-11-23 or 23.11.2026")),
    (r"(?P<cell>.*) is no rate: .*", N_("{cell} is no rate: write Mb/s from 0.1 to 100000")),
    (r"(?P<cell>.*) is no price: .*", N_("{cell} is no price: write whole roubles a month")),
    (r"'(?P<cell>.*)' is not true or false", N_("“{cell}” is neither yes nor no")),
    (r"'(?P<cell>.*)' is unknown: write one of (?P<known>.*)", N_("“{cell}” is unknown: write one of {known}")),
    (r"'(?P<cell>.*)' is not a number", N_("“{cell}” is not a number")),
    (r"'(?P<cell>.*)' is new and has no (?P<what>.*)", N_("“{cell}” is new and has no {what}")),
    (
        r"\w+ '(?P<cell>.*)' names the unknown '(?P<other>.*)'",
        N_("“{cell}” names “{other}”, which the registry does not have"),
    ),
    (
        r"line '(?P<cell>.*)' has overlapping contracts (?P<what>.*) and (?P<other>.*)",
        N_("line “{cell}” has contracts whose dates overlap: {what} and {other}"),
    ),
    (
        r"site '(?P<cell>.*)' has overlapping intervals of organisation '(?P<of>.*)'",
        N_("building “{cell}” has overlapping dates of organisation “{of}”"),
    ),
    (
        r"an interval ends on (?P<cell>.*), not after its start (?P<other>.*)",
        N_("the dates end on {cell}, not after their start {other}"),
    ),
    (r"is empty; nothing to import", N_("the table is empty")),
    (r"is larger than \d+ bytes; split it", N_("the table is too large: at most 4 MB")),
    (
        r"line '(?P<cell>.*)' has .* and cannot be dropped; .*",
        N_("line “{cell}” was measured and cannot be dropped; close it with a date instead"),
    ),
)


def kind_word(name: str, language: Language, *, one: bool = False) -> str:
    """A kind of things of the registry, or a field of one; unknown ones by their name in the file."""
    table = _ONE if one else _KINDS
    return phrasebook(language).say(table[name]) if name in table else name


def table_problem(line: str, language: Language) -> str:
    """A mistake that reading a table found."""
    say = phrasebook(language).say
    placed = _PLACE.match(line)
    if placed is not None:
        return say("line {line}: {rest}", line=placed["line"], rest=table_problem(placed["rest"], language))
    for pattern, message in _MISTAKES:
        found = re.fullmatch(pattern, line, re.DOTALL)
        if found is not None:
            return say(message, **found.groupdict())
    column = _COLUMN.match(line)
    if column is not None:
        return say("column {column}: {rest}", column=column["column"], rest=table_problem(column["rest"], language))
    return line

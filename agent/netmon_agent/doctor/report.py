"""What a check found, and the page that shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from netmon_agent.doctor.phrasebook import Translate
from netmon_agent.doctor.texts import Text


class Status(StrEnum):
    """A note is worth reading and no reason to act."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the page; `letter` is what the operator is asked, where only he can help."""

    name: Text
    status: Status
    text: Text
    todo: Text | None = None
    letter: Text | None = None
    fields: Mapping[str, object] = field(default_factory=dict)


def fine(name: Text, text: Text, /, **fields: object) -> Finding:
    return Finding(name=name, status=Status.OK, text=text, fields=fields)


def note(name: Text, text: Text, /, **fields: object) -> Finding:
    return Finding(name=name, status=Status.NOTE, text=text, fields=fields)


def problem(name: Text, text: Text, todo: Text, letter: Text | None = None, /, **fields: object) -> Finding:
    return Finding(name=name, status=Status.PROBLEM, text=text, todo=todo, letter=letter, fields=fields)


def page(findings: Iterable[Finding], translate: Translate) -> str:
    """The whole page; problems say what to do, and what the operator has to open stands at the end, ready to send."""
    rows, letters, problems = [], [], 0
    for one in findings:
        problems += one.status is Status.PROBLEM
        words = {key: translate(value) if isinstance(value, Text) else value for key, value in one.fields.items()}
        name = translate(one.name).format(**words)
        status = translate(Text[one.status.name])
        rows.append(f"{status:<10} {name}: {translate(one.text).format(**words)}")
        if one.todo is not None:
            rows.append(f"{'':<10} {translate(Text.WHAT_TO_DO)}: {translate(one.todo).format(**words)}")
        if one.letter is not None:
            letters.append(translate(one.letter).format(**words))
    rows += ["", translate(Text.PROBLEMS).format(count=problems) if problems else translate(Text.ALL_WELL)]
    if letters:
        rows += ["", translate(Text.LETTER), *dict.fromkeys(letters)]
    return "\n".join(rows) + "\n"

"""The content of a report as plain text: for mail programs without HTML, and for pipes."""

import textwrap
from collections.abc import Iterable, Iterator

from netmon_collector.report.content import Content, Entry, Failing, Section, Table

_WIDTH = 76
_RULE = "=" * _WIDTH


def mail_text(content: Content) -> str:
    """The same content gives the same text."""
    lines = [*_head(content), *(line for section in content.sections for line in _section(section)), *_foot(content)]
    return "\n".join(lines).rstrip() + "\n"


def _head(content: Content) -> Iterator[str]:
    answer = content.answer
    yield from _wrapped(content.territory)
    yield from _wrapped(f"{content.title}. {content.period}")
    yield _RULE
    for notice in content.notices:
        yield from _wrapped(f"! {notice}", indent="  ")
    if content.notices:
        yield ""
    yield f"{answer.share} ({answer.percent})" if answer.percent else answer.share
    yield from _wrapped(answer.verdict)
    for note in answer.notes:
        yield from _wrapped(note)
    if content.link is not None:
        yield content.link
    yield ""


def _section(section: Section) -> Iterator[str]:
    yield from _wrapped(section.title.upper())
    yield "-" * min(_WIDTH, len(section.title))
    for paragraph in section.intro:
        yield from _wrapped(paragraph)
    if section.empty is not None and section.is_empty:
        yield from _wrapped(section.empty)
    for entry in section.entries:
        yield from _entry(entry)
    for group in section.groups:
        yield from _wrapped(group.heading)
        for entry in group.entries:
            yield from _entry(entry)
        yield ""
    for row in section.failing:
        yield from _failing(row)
    if section.table is not None:
        yield from _table(section.table)
    yield ""


def _entry(entry: Entry) -> Iterator[str]:
    tag = f" [{entry.tag}]" if entry.tag else ""
    yield from _wrapped(f"* {entry.title}{tag}", indent="  ")
    for line in entry.lines:
        yield from _wrapped(line, indent="  ", first="  ")


def _failing(row: Failing) -> Iterator[str]:
    tag = f" [{row.tag}]" if row.tag else ""
    yield from _wrapped(f"* {row.title}{tag}", indent="  ")
    for line in (f"{row.share} – {row.share_label}", row.reason, *_findings(row), row.place, row.contract):
        if line:
            yield from _wrapped(line, indent="  ", first="  ")
    yield ""


def _findings(row: Failing) -> Iterator[str]:
    return (f"{row.found}: {one}" for one in row.findings)


def _table(table: Table) -> Iterator[str]:
    """A row a line: what the first column says, then the others by their names."""
    for first, *cells in table.rows:
        said = "; ".join(f"{_inside(name)} – {cell}" for name, cell in zip(table.columns[1:], cells, strict=True))
        yield from _wrapped(f"* {first}: {said}", indent="  ")


def _inside(name: str) -> str:
    """A heading inside a sentence."""
    return name[:1].lower() + name[1:]


def _foot(content: Content) -> Iterable[str]:
    yield _RULE
    for sentence in content.provenance:
        yield from _wrapped(sentence)
    for name, value in content.hashes:
        yield f"{name}:"
        yield f"  {value}"


def _wrapped(text: str, *, indent: str = "", first: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )

"""What a report says, in the words of one language and in its order, before any format lays it out."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a group is coloured; the words say the same."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Shares of the bar of the indicator in whole percent; `target` None without one."""

    confirmed: int
    upper: int
    target: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The indicator: its share, whether its target is reached, and what to know about it."""

    share: str
    percent: str
    verdict: str
    tone: Tone
    bar: Bar | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that is listed: its name, what is said about it, and where to read more."""

    title: str
    lines: tuple[str, ...] = ()
    link: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries under a heading that counts them."""

    title: str
    tone: Tone
    entries: tuple[Entry, ...]

    @property
    def heading(self) -> str:
        return f"{self.title} ({len(self.entries)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A line that does not comply: whose, where, by which contract, what decided, and the numbers behind it."""

    title: str
    tag: str
    place: str
    contract: str
    share: str
    share_label: str
    reason: str
    found: str
    findings: tuple[str, ...]
    details: tuple[str, ...]
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of texts; `numeric` are the columns that are set to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report. One that has nothing to tell says so in `empty`; a table may follow all the same."""

    title: str
    intro: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    groups: tuple[Group, ...] = ()
    failing: tuple[Failing, ...] = ()
    table: Table | None = None
    empty: str | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.groups or self.failing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing as SVG, and what it shows in words."""

    svg: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A whole report. `notices` are what must be known before anything else: a demonstration, an open period."""

    language: str
    subject: str
    preview: str
    territory: str
    title: str
    period: str
    notices: tuple[str, ...]
    answer: Answer
    sections: tuple[Section, ...]
    picture: Picture | None
    link: str | None
    link_text: str
    provenance: tuple[str, ...]
    hashes: tuple[tuple[str, str], ...]

"""One line that fell below its limit or was down, and one that is well again: short, and at once."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.registry import Registry
from netmon_collector.report.content.values import Answer, Content, Section, Table, Tone
from netmon_collector.report.content.words import Sayings
from netmon_collector.report.links import Links
from netmon_collector.use_cases.summary import LineFacts, Names
from netmon_collector.wording.figures import exact_rate_text, moment_text, rate_text
from netmon_collector.wording.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertedSlot:
    """One decided slot; without a rate the line was down."""

    at: datetime
    rate_bps: int | None
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAlert:
    """A line of which something is to be said at once.

    `slots` are its last decided ones, at least one, in order of time; `since` is the start of the first bad one.
    `recovered` says that it is well again: then `slots` are those that show it.
    """

    territory: TerritoryId
    line: LineId
    since: datetime
    limit_bps: int
    slots: tuple[AlertedSlot, ...]
    recovered: bool = False

    @property
    def bad(self) -> int:
        return sum(not one.passed for one in self.slots)


def alert_of(alert: LineAlert, registry: Registry, language: Language, links: Links) -> Content:
    """What its mail says."""
    return _Alert(alert, registry, language, links).content()


class _Alert:
    """The words of one alert."""

    def __init__(self, alert: LineAlert, registry: Registry, language: Language, links: Links) -> None:
        self._alert, self._registry, self._links = alert, registry, links
        self._said = Sayings(language=language)
        self._territory = registry.territory_by_id[alert.territory]
        self._zone: tzinfo = self._territory.time_zone
        day = alert.slots[-1].at.astimezone(self._zone).date()
        self._line: LineFacts = Names(registry, day).line(alert.line)

    def content(self) -> Content:
        say, alert, said = self._said.book.say, self._alert, self._said
        return Content(
            language=said.language.value,
            subject=self._subject(),
            preview=self._verdict(),
            territory=said.of(self._territory.name),
            title=said.users(self._line),
            period=said.place(self._line),
            notices=(),
            answer=self._answer(),
            sections=(self._slots(),),
            picture=None,
            link=self._links.line(alert.line),
            link_text=say("Open the page of the line"),
            provenance=(
                say("This mail comes once; the next one when the line has recovered.")
                if not alert.recovered
                else say("This mail comes once."),
                say("Times are local, shares and measured rates are rounded down."),
            ),
            hashes=(),
        )

    def _subject(self) -> str:
        say, who, since = self._said.book.say, self._said.users(self._line), self._moment(self._alert.since)
        if self._alert.recovered:
            return say("{who}: line {id} is well again", who=who, id=self._alert.line)
        return say("{who}: line {id} is below its limit since {time}", who=who, id=self._alert.line, time=since)

    def _answer(self) -> Answer:
        alert = self._alert
        number = len(alert.slots) - alert.bad if alert.recovered else alert.bad
        return Answer(
            share=self._said.fraction(number, len(alert.slots)),
            percent="",
            verdict=self._verdict(),
            tone=Tone.GOOD if alert.recovered else Tone.BAD,
            bar=None,
            notes=(
                self._said.book.say("Line {id}: {contract}.", id=alert.line, contract=self._said.contract(self._line)),
            ),
        )

    def _verdict(self) -> str:
        say, limit = self._said.book.say, exact_rate_text(self._alert.limit_bps, self._said.language)
        since = self._moment(self._alert.since)
        if self._alert.recovered:
            return say(
                "The last counted measurements reach {limit} again; they had not since {time}.", limit=limit, time=since
            )
        return say(
            "of the last counted measurements did not reach {limit}; the first of them was on {time}.",
            limit=limit,
            time=since,
        )

    def _slots(self) -> Section:
        say = self._said.book.say
        return Section(
            title=say("The last counted measurements"),
            table=Table(
                columns=(say("Time"), say("Rate"), say("Limit reached")),
                rows=tuple((self._moment(one.at), self._rate(one), self._passed(one)) for one in self._alert.slots),
                numeric=frozenset({1}),
            ),
        )

    def _rate(self, slot: AlertedSlot) -> str:
        say = self._said.book.say
        return say("line down") if slot.rate_bps is None else rate_text(slot.rate_bps, self._said.language)

    def _passed(self, slot: AlertedSlot) -> str:
        return self._said.book.say("yes") if slot.passed else self._said.book.say("no")

    def _moment(self, at: datetime) -> str:
        return moment_text(at, self._zone, self._said.language)

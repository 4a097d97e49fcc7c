"""The roadmap at a date: each indicator, result and activity by what was known then."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from netmon.config.defaults import default_file
from netmon.config.roadmap import read_roadmap
from netmon.domain.coverage import EnteredShare, entered_coverage
from netmon.domain.identifiers import IndicatorId, LineId, TerritoryId
from netmon.domain.latency import LatencyWindow, Outage
from netmon.domain.measurement import Measurement
from netmon.domain.registry import Text
from netmon.domain.roadmap import IndicatorSource, QuantityKind, Result, Roadmap
from netmon.domain.roadmap_state import ActivityStatus, ResultState, ResultStatus
from netmon.domain.slot import Delivery, Slot, SlotReport
from netmon_collector.cli.roadmap_text import roadmap_text
from netmon_collector.documents.roadmap import roadmap_document
from netmon_collector.use_cases.indicator import IndicatorInputs, indicator_document
from netmon_collector.use_cases.roadmap import RoadmapStanding, ValueSource, roadmap_at
from netmon_collector.wording.language import Language
from tests.support.domain import a_policy, a_registry
from tests.support.roadmaps import an_entered_value

DISTRICT = TerritoryId("district")
TODAY = date(2026, 11, 23)
SHARES = {2019: 3, 2020: 5, 2021: 9, 2022: 12}


class NoRecords:
    """A store in which slots were planned from a day on, and nobody ever reported."""

    def __init__(self, since: datetime | None) -> None:
        self._since = since

    def slots(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Slot]:
        return ()

    def measurements(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Measurement]:
        return ()

    def reports(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[SlotReport]:
        return ()

    def outages(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[Outage]:
        return ()

    def latency(self, lines: Collection[LineId], start: datetime, end: datetime) -> Sequence[LatencyWindow]:
        return ()

    def deliveries(
        self, start: datetime, end: datetime, *, at_least_bps: int, emulated: bool = False
    ) -> Sequence[Delivery]:
        return ()

    def last_seen(self, lines: Collection[LineId]) -> Mapping[LineId, datetime]:
        return {}

    def first_slot_at(self, territory_lines: Collection[LineId]) -> datetime | None:
        return self._since


def shipped() -> Roadmap:
    return read_roadmap(default_file("roadmap.yaml"), territories={DISTRICT, TerritoryId("region")})


def a_share(year: int, numerator: int, *, illustrative: bool = False) -> EnteredShare:
    return EnteredShare(
        at=date(year, 12, 31),
        numerator=numerator,
        denominator=17,
        document="Отчёт",
        author_role=Text(ru="специалист", en="specialist"),
        illustrative=illustrative,
    )


def standing(
    at: date = TODAY,
    *,
    entered: Sequence[EnteredShare] = (),
    since: datetime | None = None,
    roadmap: Roadmap | None = None,
) -> RoadmapStanding:
    of = roadmap or shipped()
    measured = next(one for one in of.indicators if one.source is IndicatorSource.MEASURED)
    inputs = IndicatorInputs(
        territory=DISTRICT,
        evidence=NoRecords(since),
        entered=entered,
        registry=a_registry(organisations=17),
        policy=a_policy(),
        calendars={},
        target_at=measured.target_at,
        now=datetime(2026, 11, 23, 12, tzinfo=UTC),
    )
    return roadmap_at(at, of, inputs)


def result(found: RoadmapStanding, number: str) -> tuple[Result, ResultState]:
    return next((one, state) for one, state in found.results if one.number == number)


@pytest.mark.parametrize(
    ("at", "targets"),
    [
        (date(2018, 12, 31), [None] * 5),
        (date(2019, 12, 31), [17, 0, 0, 0, 0]),
        (date(2022, 6, 1), [70, 50, 60, 10, 25]),
        (TODAY, [100, 90, 95, 20, 50]),
    ],
)
def test_the_target_is_that_of_the_year_and_the_last_one_holds(at: date, targets: list[int | None]) -> None:
    assert [one.target_percent for one in standing(at).indicators] == targets


def test_without_any_value_nothing_is_met_or_missed() -> None:
    found = standing()
    assert {(one.value, one.met) for one in found.indicators} == {(None, None)}
    assert {state.status for _, state in found.results} == {ResultStatus.NO_FACT}


def test_once_measuring_began_silence_is_not_compliance() -> None:
    measured = standing(since=datetime(2026, 9, 1, tzinfo=UTC)).indicators[0]
    assert measured.value is not None
    assert (measured.value.numerator, measured.value.upper_numerator, measured.value.denominator) == (0, 17, 17)
    assert measured.value.source is ValueSource.MEASURED
    assert measured.met is False


def test_a_result_of_the_measured_indicator_takes_its_value_at_the_due_date() -> None:
    found = standing(entered=[a_share(year, numerator) for year, numerator in SHARES.items()])
    states = {number: result(found, number)[1] for number in ("1.2", "1.8", "1.12", "1.16")}
    assert {number: (state.status, state.late) for number, state in states.items()} == {
        "1.2": (ResultStatus.MET, False),
        "1.8": (ResultStatus.MET, True),  # 5 of 17 is 29 %; 35 % is reached a year later
        "1.12": (ResultStatus.MET, False),
        "1.16": (ResultStatus.MET, False),
    }
    share = states["1.8"].share
    assert share is not None
    assert share.at == date(2021, 12, 31)


def test_what_came_later_is_not_known_at_an_earlier_date() -> None:
    found = standing(date(2020, 12, 31), entered=[a_share(year, numerator) for year, numerator in SHARES.items()])
    assert result(found, "1.8")[1].status is ResultStatus.NOT_MET
    assert result(found, "1.12")[1].status is ResultStatus.NO_FACT
    value = found.indicators[0].value
    assert value is not None
    assert (value.numerator, found.indicators[0].met) == (5, False)


def test_a_result_that_is_not_due_yet_may_be_reached_already() -> None:
    found = standing(date(2021, 6, 1), entered=[replace(a_share(2021, 9), at=date(2021, 5, 31))])
    assert result(found, "1.12")[1].status is ResultStatus.MET


def test_a_silent_year_after_measuring_began_does_not_take_a_result_back() -> None:
    found = standing(entered=[a_share(2019, 3)], since=datetime(2026, 9, 1, tzinfo=UTC))
    assert result(found, "1.2")[1].status is ResultStatus.MET
    assert result(found, "1.22")[1].status is ResultStatus.NOT_MET


def test_an_entered_indicator_shows_its_latest_value_and_where_it_is_from() -> None:
    value = replace(
        an_entered_value(date(2022, 12, 31), 1749, 2500), indicator=IndicatorId("indicator-2"), counted=False
    )
    found = standing(roadmap=replace(shipped(), entered_values=(value,))).indicators[1]
    assert found.value is not None
    assert (found.value.at, found.value.source, found.value.counted) == (value.at, ValueSource.SIMULATED, False)
    assert found.met is False


def test_the_activities_of_2020_are_archived_rather_than_overdue_for_ever() -> None:
    assert {state.status for _, state in standing().activities} == {ActivityStatus.ARCHIVED}
    assert {state.status for _, state in standing(date(2020, 10, 1)).activities} == {
        ActivityStatus.DUE,
        ActivityStatus.OVERDUE,
        ActivityStatus.UPCOMING,
    }


def test_the_document_has_every_member_whether_known_or_not() -> None:
    empty = roadmap_document(standing())
    full = roadmap_document(standing(entered=[a_share(2019, 3)], since=datetime(2026, 9, 1, tzinfo=UTC)))
    assert members(empty) <= members(full)
    assert json.loads(json.dumps(full)) == full
    assert [len(full[key]) for key in ("indicators", "results", "activities")] == [5, 23, 5]  # type: ignore[arg-type]


def members(value: object, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {f"{path}.{key}" for key in value}.union(*(members(one, f"{path}.{key}") for key, one in value.items()))
    if isinstance(value, list):
        return set().union(*(members(one, path) for one in value))
    return set()


def test_who_entered_a_value_is_told_in_both_languages() -> None:
    role = {"ru": "специалист", "en": "specialist"}
    share = a_share(2019, 3)
    indicators = roadmap_document(standing(date(2019, 12, 31), entered=[share]))["indicators"]

    assert indicator_document(entered_coverage(DISTRICT, share.at, share, target_percent=17))["author_role"] == role
    assert indicators[0]["value"]["author_role"] == role  # type: ignore[index]


def test_the_document_is_described_member_by_member() -> None:
    page = (Path(__file__).parents[4] / "docs" / "configuration.md").read_text(encoding="utf-8")
    document = roadmap_document(standing(entered=[a_share(2019, 3)]))
    section = page[page.index("roadmap --json") :]
    names = {path.rsplit(".", 1)[-1] for path in members(document)} - {kind.value for kind in QuantityKind}
    assert sorted(name for name in names if not re.search(rf"[`\"]{name}[`\"\[]", section)) == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            Language.RU,
            [
                "1.2. срок 31.12.2019; не менее: образовательных организаций – 17 %; достигнут; 3 из 17",
                "общеобразовательных организаций – 5 %, детей – 103",
                "в архиве",
            ],
        ),
        (
            Language.EN,
            ["1.2. due 31 Dec 2019; at least: 17% of organisations; met; 3 of 17 (17%), simulated", "archived"],
        ),
    ],
)
def test_people_read_it_in_their_language(language: Language, expected: list[str]) -> None:
    text = roadmap_text(standing(entered=[a_share(2019, 3, illustrative=True)]), language, width=200)
    for part in expected:
        assert part in text.replace("\u00a0", " ")


def test_lines_keep_to_the_width_of_the_terminal() -> None:
    text = roadmap_text(standing(entered=[a_share(2019, 3)]), Language.RU, width=80)
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_reported_percentage_is_shown_as_it_was_reported() -> None:
    value = replace(
        an_entered_value(date(2022, 12, 31), 1749, 2500), indicator=IndicatorId("indicator-2"), counted=False
    )
    text = roadmap_text(standing(roadmap=replace(shipped(), entered_values=(value,))), Language.EN, width=200)
    assert "2. 69.96%, simulated, 31 Dec 2022; target 90% not reached" in text

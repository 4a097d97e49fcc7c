"""The page of a line as a value: figures are what they are, sentences can be checked, silence is no nought."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from netmon.domain.identifiers import SlotId
from netmon.domain.interval import Interval
from netmon.domain.measurement import Decision, Measurement, Mode, Path, Reason, ReceiptState, ResultKind
from netmon.domain.slot import (
    ExclusionReason,
    FailCause,
    JudgedSlot,
    Outcome,
    Slot,
    SlotEnd,
    SlotReason,
    SlotReport,
    accounts,
)
from netmon_collector.charts.rate_chart import Shape, Tone
from netmon_collector.use_cases.day_values import DayTraffic, LineDay, SlotMark
from netmon_collector.use_cases.line_facts import RecordedMeasurement
from netmon_collector.web.pages.line.drawings import hour_cells
from netmon_collector.web.pages.line.evidence import SlotFacts, evidence_view
from netmon_collector.web.pages.line.points import figure_text, levels, rate_points, shape_of, why_text
from netmon_collector.web.pages.line.slots import SlotsOfDay, slots_view
from netmon_collector.web.pages.line.standing import so_far_view
from netmon_collector.wording import Language
from tests.support.domain import (
    LINE,
    MEGABIT,
    MONDAY,
    MOSCOW,
    a_contract,
    a_delivery,
    a_measurement,
    a_policy,
    a_registry,
    a_slot,
    an_outage,
    local,
)

RU, EN = Language.RU, Language.EN
SLOT = a_slot(local(MONDAY, 9), mode=Mode.DECISION)
AFTER = local(MONDAY, 20)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u2060", "")


def a_day(day: date = MONDAY, *, marks: tuple[SlotMark, ...] = (), **changes: object) -> LineDay:
    found = LineDay(
        line=LINE,
        day=day,
        passed=6,
        failed=3,
        strict_passed=5,
        line_down=0,
        excluded=1,
        excluded_by_reason={"agent_off": 1},
        working_s=36_000,
        up_s=30_000,
        down_s=600,
        median_bps=60 * MEGABIT,
        input_hash="00",
        computed_at=datetime(2026, 11, 24, tzinfo=UTC),
        slots=marks,
        traffic=DayTraffic(),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measurement", "shape", "text"),
    [
        (a_measurement(SLOT, mbps=94.27), Shape.RATE, "94.2 Mb/s"),
        (a_measurement(SLOT, mbps=55, decision=Decision.AT_LEAST, censored_mbps=55), Shape.BOUND, "≥ 55.0 Mb/s"),
        (a_measurement(SLOT, mbps=31, decision=Decision.BELOW, censored_mbps=55), Shape.SHORT, "31.0 Mb/s"),
        (a_measurement(SLOT, mbps=52, decision=Decision.UNDECIDED, censored_mbps=55), Shape.BOUND, "≥ 52.0 Mb/s"),
        (
            replace(a_measurement(SLOT, mbps=40), kind=ResultKind.LOWER_BOUND, reason=Reason.METER_CPU),
            Shape.BOUND,
            "≥ 40.0 Mb/s",
        ),
        (
            replace(a_measurement(SLOT), kind=ResultKind.NONE, reason=Reason.SERVER_BUSY, rate_bps=None),
            Shape.NOTHING,
            "the measurement server was busy",
        ),
    ],
)
def test_a_capped_test_is_a_bound_and_no_figure_is_no_nought(measurement: Measurement, shape: Shape, text: str) -> None:
    assert shape_of(measurement) is shape
    assert plain(figure_text(measurement, EN)) == text


def test_a_point_counts_as_its_slot_ended() -> None:
    found = a_measurement(SLOT, mbps=94)
    marks = {SLOT.id: SlotMark(slot=SLOT.id, outcome=Outcome.EXCLUDED, why="receipt")}
    judged, unknown = (rate_points([found], known, found.direction, MOSCOW, RU)[0] for known in (marks, {}))

    assert (judged.tone, unknown.tone) == (Tone.EXCLUDED, Tone.ASIDE)
    assert judged.title.endswith("не засчитано: нет действительной квитанции сервера измерений")


def test_a_fail_names_its_cause_only_where_that_says_more() -> None:
    below = SlotMark(slot=SLOT.id, outcome=Outcome.FAIL, why=FailCause.BELOW_LIMIT.value)
    down = SlotMark(slot=SLOT.id, outcome=Outcome.FAIL, why=FailCause.LINE_DOWN.value)

    assert why_text(below, RU) == "ниже предела"
    assert why_text(down, RU) == "ниже предела: канал не работал"


def test_levels_hold_as_long_as_their_contracts() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    old, new = Interval(None, date(2026, 11, 16)), Interval(date(2026, 11, 16), None)
    registry = a_registry()
    line = replace(
        registry.line_by_id[LINE],
        contracts=(a_contract(rate_mbps=50, during=old), a_contract(rate_mbps=100, during=new, number="2")),
    )
    found = levels(line, registry, a_policy(), first=first, last=last, language=EN)
    contracts = [(one.rate_bps, one.first, one.last) for one in found if one.name == "contract"]

    assert {one.name for one in found} == {"limit", "threshold", "contract"}
    assert contracts == [
        (50 * MEGABIT, first, date(2026, 11, 15)),
        (100 * MEGABIT, date(2026, 11, 16), last),
    ]


def test_the_counts_of_a_stretch_are_a_sentence_that_can_be_checked() -> None:
    days = [a_day(), a_day(MONDAY + timedelta(days=1), excluded_by_reason={"agent_off": 0, "undecided": 1})]
    said = so_far_view(days, "x", a_policy(), today=MONDAY, last=date(2026, 11, 30), language=RU)

    assert plain(said.sentence) == (
        "Скорость не ниже предела в 12 из 18 засчитанных замеров (66 %, нужно не менее 80 %). "
        "Не засчитано: 2 из 20 плановых."
    )
    assert plain(said.strict or "") == "Без допуска: 10 из 18 (55 %)."
    assert plain(said.excluded[0]) == "нет данных от агента – 1"
    assert said.is_open


def test_silence_is_said_to_be_silence() -> None:
    silent = a_day(passed=0, failed=0, strict_passed=0, excluded=10, excluded_by_reason={"agent_off": 10})
    said = so_far_view([silent], "x", a_policy(), today=AFTER.date(), last=MONDAY, language=EN)
    nothing = so_far_view([], "x", a_policy(), today=AFTER.date(), last=MONDAY, language=EN)

    assert said.sentence == "None of 10 planned measurements was counted."
    assert said.strict is None
    assert nothing.sentence.startswith("Nothing was planned")


def test_hours_are_the_schools_own() -> None:
    marks = (
        SlotMark(slot=SlotId(f"{LINE}:20261123T060500Z:decision-down"), outcome=Outcome.PASS, why=None),
        SlotMark(slot=SlotId(f"{LINE}:20261123T061500Z:estimate-down"), outcome=Outcome.FAIL, why="below_limit"),
        SlotMark(slot=SlotId("of another making"), outcome=Outcome.FAIL, why="below_limit"),
    )
    cells = hour_cells([a_day(marks=marks)], MOSCOW)

    assert {at: (one.passed, one.failed) for at, one in cells.items()} == {(0, 9): (1, 1)}


def of_day(*slots: Slot, now: datetime = AFTER, reports: tuple[SlotReport, ...] = (), **judged: object) -> SlotsOfDay:
    found = [(JudgedSlot(slot=slots[0], day=MONDAY, hour=9, **judged), None)] if judged else []  # type: ignore[arg-type]
    return SlotsOfDay(
        day=MONDAY,
        slots=slots,
        measurements=(),
        reports=accounts(reports),
        judged=found,  # type: ignore[arg-type]
        now=now,
    )


def test_a_slot_says_how_it_ended_or_that_it_has_not() -> None:
    upload = a_slot(local(MONDAY, 9, 30))
    report = SlotReport(slot=SLOT.id, line=LINE, end=SlotEnd.NOT_MEASURED, reason=SlotReason.BUDGET, at=AFTER)
    found = slots_view(
        of_day(SLOT, upload, reports=(report,), outcome=Outcome.EXCLUDED, exclusion=ExclusionReason.BUDGET),
        MOSCOW,
        RU,
        is_school_day=True,
    )
    coming = slots_view(of_day(SLOT, now=local(MONDAY, 7)), MOSCOW, RU, is_school_day=False)

    assert [one.outcome for one in found.slots] == [
        "не засчитано: месячный трафик агента исчерпан",
        "ничего не решает",
    ]
    assert found.slots[0].figure == "месячный трафик на замеры исчерпан"
    assert coming.slots[0].outcome == "ещё предстоит"
    assert coming.weekday_note is not None


def a_recorded(measurement: Measurement) -> RecordedMeasurement:
    return RecordedMeasurement(
        measurement=measurement,
        agent="agent-1",  # type: ignore[arg-type]
        stream="main",
        sequence=7,
        received_at=AFTER,
        notes=(),
        document='{"body":{"extra":"<b>"}}',
    )


def facts(*measurements: Measurement, judged: JudgedSlot | None = None, **changes: object) -> SlotFacts:
    found = SlotFacts(
        slot=SLOT,
        judged=judged,
        measurements=[a_recorded(one) for one in measurements],
        report=None,
        outages=(),
        now=AFTER,
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def test_a_proven_fail_names_the_proof() -> None:
    judged = JudgedSlot(
        slot=SLOT,
        day=MONDAY,
        hour=9,
        outcome=Outcome.FAIL,
        cause=FailCause.BELOW_LIMIT,
        threshold_bps=100 * MEGABIT,
        limit_bps=95 * MEGABIT,
        proof=a_delivery(local(MONDAY, 8), mbps=120),
    )
    view = evidence_view(facts(a_measurement(SLOT, mbps=31), judged=judged), MOSCOW, RU)

    assert plain(view.sentences[0]) == "Предел 95 Мбит/с, порог 100 Мбит/с."
    assert "08:00 сервер server-1 передал другому каналу 120,0 Мбит/с" in plain(view.sentences[1])
    assert (view.tone, view.outcome) == ("fail", "ниже предела")
    assert view.measurements[0].raw is not None


@pytest.mark.parametrize(
    ("state", "tone", "said"),
    [
        (ReceiptState.VALID, "good", "valid"),
        (ReceiptState.ABSENT, "bad", "absent"),
        (ReceiptState.INVALID, "bad", "not valid"),
    ],
)
def test_a_receipt_is_valid_absent_or_not_valid(state: ReceiptState, tone: str, said: str) -> None:
    view = evidence_view(facts(replace(a_measurement(SLOT), receipt=state)), MOSCOW, EN)
    (receipt,) = [one for one in view.measurements[0].facts if one.name == "Receipt"]

    assert (receipt.tone, receipt.value) == (tone, said)


def test_what_speaks_against_a_measurement_stands_out() -> None:
    odd = replace(a_measurement(SLOT), path=Path.PROXIED, time_trusted=False)
    view = evidence_view(facts(odd), MOSCOW, EN)
    bad = {one.name for one in view.measurements[0].facts if one.tone == "bad"}

    assert {"Path", "Time"} <= bad


def test_nothing_recorded_is_said_with_what_is_known() -> None:
    report = SlotReport(slot=SLOT.id, line=LINE, end=SlotEnd.NOT_MEASURED, reason=SlotReason.NO_TICKET, at=AFTER)
    outage = an_outage(local(MONDAY, 8), local(MONDAY, 10))
    view = evidence_view(facts(report=report, outages=(outage,)), MOSCOW, EN)

    assert [plain(one) for one in view.sentences] == [
        "No connection from 23 Nov 2026, 08:00 to 23 Nov 2026, 10:00: the provider's line was down.",
        "The agent did not measure: there was no ticket.",
        "No measurement came for this slot.",
    ]


def test_a_burst_is_shown_with_its_rate_and_time() -> None:
    document = '{"body":{"detail":{"burst_bps":198200000,"burst_s":1.52,"bucket_bytes":37000000}}}'
    seen = replace(a_recorded(a_measurement(SLOT)), document=document)
    view = evidence_view(replace(facts(), measurements=[seen]), MOSCOW, RU)
    (burst,) = [one for one in view.measurements[0].facts if one.name == "До падения скорости"]

    assert plain(burst.value) == "198,2 Мбит/с в течение 1,5 с"
    plain_line = evidence_view(facts(a_measurement(SLOT)), MOSCOW, RU)
    assert "До падения скорости" not in {one.name for one in plain_line.measurements[0].facts}

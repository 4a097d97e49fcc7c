"""The bodies of records: what was written is read, what contradicts itself is refused."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netmon.domain.identifiers import LineId
from netmon.domain.latency import OutageCause
from netmon.domain.measurement import Decision, Direction, Flag, Mode, Path, Reason, ReceiptState, ResultKind
from netmon.domain.slot import SlotEnd, SlotReason
from netmon.errors import WireError
from netmon.wire.bodies import LatencyBody, MeasurementBody, OutageBody, SlotBody
from tests.support.wire import NOON, json_objects, short_texts, times
from tests.support.wire_examples import as_object, examples

LINE = LineId("line-1")
rates = st.none() | st.integers(0, 10**11)
shares = st.none() | st.floats(0, 1)
round_trips = st.floats(0, 3600)
MEMBERS = {key for record in examples("record-measurement")[:1] for key in record["body"]}


@st.composite
def measurements(draw: st.DrawFn) -> MeasurementBody:
    kind = draw(st.sampled_from(ResultKind))
    reasons = st.sampled_from(Reason)
    extra = draw(json_objects)
    return MeasurementBody(
        slot=draw(st.none() | short_texts),  # type: ignore[arg-type]
        server=draw(short_texts),  # type: ignore[arg-type]
        method=draw(short_texts),
        direction=draw(st.sampled_from(Direction)),
        mode=draw(st.sampled_from(Mode)),
        started_at=draw(times),
        duration_s=draw(st.floats(0, 3600)),
        kind=kind,
        reason=draw(st.none() | reasons if kind is ResultKind.RATE else reasons),
        rate_bps=None if kind is ResultKind.NONE else draw(st.integers(0, 10**11)),
        goodput_bps=draw(rates),
        background_bps=draw(rates),
        censored_at_bps=draw(rates),
        decision=draw(st.none() | st.sampled_from(Decision)),
        threshold_bps=draw(rates),
        limit_bps=draw(rates),
        confidence=draw(shares),
        bytes=draw(st.integers(0, 2**53)),
        path=draw(st.sampled_from(Path)),
        flags=draw(st.frozensets(st.sampled_from(Flag))),
        receipt=draw(st.none() | short_texts),
        extra={key: value for key, value in extra.items() if key not in MEMBERS},
    )


@st.composite
def windows(draw: st.DrawFn) -> LatencyBody:
    started_at, sent = draw(times), draw(st.integers(0, 1_000_000))
    lost = draw(st.integers(0, sent))
    some = st.none() if lost == sent else round_trips
    return LatencyBody(
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=draw(st.integers(1, 3600))),
        target=draw(short_texts),
        sent=sent,
        lost=lost,
        rtt_min_s=draw(some),
        rtt_median_s=draw(some),
        rtt_p95_s=draw(some),
        rtt_max_s=draw(some),
        jitter_s=draw(st.none() | round_trips),
    )


@given(measurements())
def test_a_measurement_travels_unchanged(body: MeasurementBody) -> None:
    found = MeasurementBody.read(as_object(body.document()))
    assert found == body
    assert found.document() == body.document()


@given(measurements(), json_objects)
def test_unknown_members_of_a_measurement_are_kept(body: MeasurementBody, unknown: dict[str, object]) -> None:
    assume(not set(unknown) & MEMBERS)
    found = MeasurementBody.read(as_object({**unknown, **body.document()}))
    assert found.extra == {**unknown, **body.extra}


@pytest.mark.parametrize("record", examples("record-measurement"), ids=lambda record: record["body"].get("reason"))
def test_an_example_of_a_measurement_is_read_and_written_whole(record: dict[str, dict[str, object]]) -> None:
    body = record["body"]
    written = MeasurementBody.read(body).document()
    shown = {key: value for key, value in written.items() if value is not None or key in body}
    at = shown.pop("started_at")
    assert isinstance(at, str)
    assert datetime.fromisoformat(at) == datetime.fromisoformat(str(body["started_at"]))
    assert shown == {key: value for key, value in body.items() if key != "started_at"}


@pytest.mark.parametrize("member", ["slot", "reason", "goodput_bps", "decision", "confidence", "receipt"])
def test_null_and_left_out_mean_the_same(member: str) -> None:
    with_null = {**examples("record-measurement")[0]["body"], member: None}
    without = {key: value for key, value in with_null.items() if key != member}
    assert MeasurementBody.read(with_null) == MeasurementBody.read(without)


@pytest.mark.parametrize(
    ("kind", "rate_bps", "reason"),
    [
        ("rate", None, None),
        ("rate", None, "too_short"),
        ("lower_bound", None, "meter_cpu"),
        ("lower_bound", 1_000_000, None),
        ("none", None, None),
        ("none", 0, "too_short"),
        ("none", 1_000_000, "too_short"),
    ],
)
def test_kind_rate_and_reason_must_not_contradict_each_other(
    kind: str, rate_bps: int | None, reason: str | None
) -> None:
    body = {**examples("record-measurement")[0]["body"], "kind": kind, "rate_bps": rate_bps, "reason": reason}
    with pytest.raises(WireError, match=r"^body: a "):
        MeasurementBody.read(body)


def test_a_rate_may_come_with_the_reason_why_nothing_was_decided() -> None:
    body = {**examples("record-measurement")[0]["body"], "decision": "undecided", "reason": "borderline"}
    assert MeasurementBody.read(body).reason is Reason.BORDERLINE


def test_a_measurement_takes_its_time_and_receipt_from_the_collector() -> None:
    body = MeasurementBody.read(examples("record-measurement")[0]["body"])
    found = body.measurement(LINE, receipt=ReceiptState.VALID, started_at=NOON, time_trusted=True)
    assert (found.line, found.receipt, found.started_at, found.time_trusted) == (LINE, ReceiptState.VALID, NOON, True)
    assert (found.rate_bps, found.flags, found.slot) == (body.rate_bps, body.flags, body.slot)


@given(st.sampled_from(SlotReason) | st.none(), short_texts, times)
def test_a_slot_report_travels_unchanged(reason: SlotReason | None, slot: str, at: datetime) -> None:
    end = SlotEnd.MEASURED if reason is None else SlotEnd.NOT_MEASURED
    body = SlotBody(slot=slot, end=end, reason=reason, at=at)  # type: ignore[arg-type]
    assert SlotBody.read(as_object(body.document())) == body
    assert body.report(LINE, at=NOON).reason is reason


@pytest.mark.parametrize(("end", "reason"), [("measured", "overrun"), ("not_measured", None)])
def test_a_slot_says_why_exactly_when_it_was_not_measured(end: str, reason: str | None) -> None:
    document = {**examples("record-slot")[0]["body"], "end": end, "reason": reason}
    with pytest.raises(WireError, match=r"body\.reason is present exactly when the slot was not measured"):
        SlotBody.read(document)


@given(windows())
def test_a_latency_window_travels_unchanged(body: LatencyBody) -> None:
    assert LatencyBody.read(as_object(body.document())) == body


@given(times, st.integers(0, 86_400), st.integers(1, 86_400), st.sampled_from(OutageCause))
def test_an_outage_travels_unchanged(since: datetime, before_s: int, length_s: int, cause: OutageCause) -> None:
    started_at = since + timedelta(seconds=before_s)
    ended_at = started_at + timedelta(seconds=length_s)
    body = OutageBody(started_at=started_at, ended_at=ended_at, since=since, cause=cause)
    assert OutageBody.read(as_object(body.document())) == body


def test_windows_and_outages_are_moved_by_what_the_clock_was_off() -> None:
    shift = timedelta(hours=3)
    window = LatencyBody.read(examples("record-latency")[0]["body"])
    outage = OutageBody.read(examples("record-outage")[0]["body"])
    assert window.window(LINE, shift=shift).started_at == window.started_at + shift
    assert outage.outage(LINE, shift=shift).ended_at == outage.ended_at + shift


def test_only_the_provider_answers_for_a_line_that_is_down() -> None:
    assert [cause for cause in OutageCause if cause.is_line_down] == [OutageCause.PROVIDER]

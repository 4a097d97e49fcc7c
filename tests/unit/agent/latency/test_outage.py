"""Outages: when a line counts as lost, since when, and where it broke."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.latency import OutageCause
from netmon_agent.latency.outage import OutageDetector, Round, Stretch

NIC, PROVIDER, BEYOND = OutageCause.NIC, OutageCause.PROVIDER, OutageCause.BEYOND
SIGNS: dict[str, dict[str, object]] = {
    ".": {"servers_answered": 2, "others_answered": 1},  # all is well
    "o": {"servers_answered": 1},  # one of two servers answers: no outage
    "B": {"others_answered": 1},
    "P": {},
    "N": {"link": False},
}


def a_round(at: float, **changes: object) -> Round:
    values: dict[str, object] = {"link": True, "servers": 2, "servers_answered": 0, "others": 1, "others_answered": 0}
    return Round(at=at, **{**values, **changes})  # type: ignore[arg-type]


def rounds(signs: str, interval_s: float = 10.0) -> list[Round]:
    return [a_round(index * interval_s, **SIGNS[sign]) for index, sign in enumerate(signs)]


def detect(signs: str, *, after: int = 3, stretch_s: float = 3600.0) -> list[tuple[float, float, float, OutageCause]]:
    detector = OutageDetector(after_probes=after, stretch_s=stretch_s)
    found: list[Stretch] = []
    for one in rounds(signs):
        found += detector.observe(one)
    return [(one.started, one.ended, one.since, one.cause) for one in found]


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        ({"servers_answered": 1}, None),
        ({"servers_answered": 2, "others_answered": 1}, None),
        ({"others_answered": 1}, BEYOND),
        ({}, PROVIDER),
        ({"link": False}, NIC),
        ({"link": False, "router": False}, NIC),
        ({"router": False}, OutageCause.GATEWAY),
        ({"router": True}, PROVIDER),
        ({"router": False, "others_answered": 1}, BEYOND),
        ({"servers": 0, "others_answered": 1}, None),
        ({"servers": 0}, PROVIDER),
        ({"servers": 0, "others": 0}, None),
    ],
)
def test_a_round_says_where_the_connection_is_broken(answers: dict[str, int], cause: OutageCause | None) -> None:
    assert a_round(0.0, **answers).cause is cause


def test_an_outage_begins_with_its_first_lost_round_and_ends_with_the_first_answer() -> None:
    assert detect("..PPPPP..") == [(20, 70, 20, PROVIDER)]


def test_a_few_lost_rounds_are_no_outage() -> None:
    assert detect(".PP.P.NN.BB.") == []


def test_exactly_enough_lost_rounds_are_an_outage() -> None:
    assert detect("PPP.") == [(0, 30, 0, PROVIDER)]
    assert detect("P.", after=1) == [(0, 10, 0, PROVIDER)]


def test_one_server_that_answers_is_enough() -> None:
    assert detect("oooooo") == []


def test_a_dead_measurement_server_is_not_the_providers_outage() -> None:
    assert detect("BBBB.") == [(0, 40, 0, BEYOND)]


def test_a_pulled_cable_is_not_the_providers_outage() -> None:
    assert detect("NNNN.") == [(0, 40, 0, NIC)]


def test_an_outage_that_changes_its_cause_is_one_outage_in_two_stretches() -> None:
    assert detect("PPPPNN.") == [(0, 40, 0, PROVIDER), (40, 60, 0, NIC)]
    assert detect("NPP.") == [(0, 10, 0, NIC), (10, 30, 0, PROVIDER)]


def test_a_line_that_breaks_after_its_server_begins_a_new_outage() -> None:
    assert detect("BBBPPP.") == [(0, 30, 0, BEYOND), (30, 60, 30, PROVIDER)]
    assert detect("BPPP.") == [(10, 40, 10, PROVIDER)]


def test_a_long_outage_is_reported_in_stretches_without_gaps() -> None:
    assert detect("P" * 10 + ".", stretch_s=30.0) == [
        (0, 30, 0, PROVIDER),
        (30, 60, 0, PROVIDER),
        (60, 90, 0, PROVIDER),
        (90, 100, 0, PROVIDER),
    ]


def test_nothing_is_reported_before_it_is_certain() -> None:
    detector = OutageDetector(after_probes=5, stretch_s=10.0)
    assert [detector.observe(one) for one in rounds("PPPP")] == [[]] * 4
    assert detector.observe(a_round(40.0)) != []


def test_shutting_down_reports_what_is_certain() -> None:
    detector = OutageDetector(after_probes=3, stretch_s=3600.0)
    for one in rounds("PPP"):
        detector.observe(one)
    assert [(one.started, one.ended) for one in detector.end(25.0)] == [(0, 25)]
    assert detector.end(26.0) == []


def test_shutting_down_says_nothing_of_what_is_not() -> None:
    detector = OutageDetector(after_probes=3, stretch_s=3600.0)
    for one in rounds("PP"):
        detector.observe(one)
    assert detector.end(25.0) == []


def test_a_failed_measurement_brings_out_what_is_known() -> None:
    detector = OutageDetector(after_probes=3, stretch_s=3600.0)
    for one in rounds("PPP"):
        assert detector.observe(one) == []
    detector.cut_soon()
    assert [(one.started, one.ended, one.since) for one in detector.observe(a_round(30.0))] == [(0, 30, 0)]
    assert detector.observe(a_round(40.0)) == []
    assert [(one.started, one.ended, one.since) for one in detector.end(50.0)] == [(30, 50, 0)]


def test_what_is_not_certain_yet_is_brought_out_as_soon_as_it_is() -> None:
    detector = OutageDetector(after_probes=3, stretch_s=3600.0)
    detector.observe(a_round(0.0))
    detector.cut_soon()
    assert detector.observe(a_round(10.0)) == []
    assert [(one.started, one.ended) for one in detector.observe(a_round(20.0))] == [(0, 20)]


def test_rounds_that_were_not_made_leave_no_gap() -> None:
    detector = OutageDetector(after_probes=2, stretch_s=3600.0)
    found: list[Stretch] = []
    for at in (0.0, 10.0, 60.0, 70.0):  # a measurement used the line from 15 to 55
        found += detector.observe(a_round(at))
    found += detector.observe(a_round(80.0, servers_answered=1))
    assert [(one.started, one.ended) for one in found] == [(0, 80)]


def merged(stretches: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for started, ended in stretches:
        if found and found[-1][1] == started:
            found[-1] = (found[-1][0], ended)
        else:
            found.append((started, ended))
    return found


@given(
    signs=st.text(st.sampled_from(".PN"), max_size=60),
    after=st.integers(1, 5),
    stretch_s=st.sampled_from([10.0, 35.0, 3600.0]),
    cuts=st.sets(st.integers(0, 60)),
)
def test_stretches_cover_exactly_the_long_runs_of_lost_rounds(
    signs: str, after: int, stretch_s: float, cuts: set[int]
) -> None:
    detector = OutageDetector(after_probes=after, stretch_s=stretch_s)
    found: list[Stretch] = []
    for index, one in enumerate(rounds(signs + ".")):
        found += detector.observe(one)
        if index in cuts:
            detector.cut_soon()
    assert all(one.since <= one.started < one.ended for one in found)
    lengths = [len(run) for run in signs.split(".")]
    at, expected = 0.0, []
    for length in lengths:
        if length >= after and length:
            expected.append((at, at + length * 10.0))
        at += (length + 1) * 10.0
    assert merged((one.started, one.ended) for one in found) == expected
    assert all(one.ended - one.started <= max(stretch_s, 10.0) + 10.0 * after for one in found)

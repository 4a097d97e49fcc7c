"""Incidents: what is folded together and what is not."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.identifiers import LineId, ProviderId
from netmon.domain.incident import Incident, incidents
from netmon.domain.latency import Outage, OutageCause
from netmon.domain.registry import Provider, Registry
from tests.support.domain import MONDAY, a_contract, a_registry, a_text, local
from tests.support.evidence import down

REGISTRY = a_registry(organisations=4, contract_mbps=100)
NOON = local(MONDAY, 12)


def lost(line: int, start: int, end: int, cause: OutageCause = OutageCause.PROVIDER) -> Outage:
    minute = timedelta(minutes=1)
    return down(NOON + start * minute, NOON + end * minute, line=LineId(f"line-{line:02}"), cause=cause)


def folded(*outages: Outage, registry: Registry = REGISTRY) -> list[tuple[str, ...]]:
    return [one.lines for one in incidents(outages, registry)]


def test_overlapping_outages_of_one_provider_are_one_incident() -> None:
    (found,) = incidents([lost(1, 0, 10), lost(2, 5, 20), lost(3, 19, 30)], REGISTRY)
    assert found.provider == ProviderId("provider-a")
    assert found.lines == ("line-01", "line-02", "line-03")
    assert (found.started_at, found.ended_at) == (NOON, NOON + timedelta(minutes=30))


def test_outages_that_only_touch_stay_apart() -> None:
    assert folded(lost(1, 0, 10), lost(2, 10, 20)) == [("line-01",), ("line-02",)]


def test_the_longest_outage_keeps_an_incident_open() -> None:
    assert folded(lost(1, 0, 60), lost(2, 5, 10), lost(3, 30, 40)) == [("line-01", "line-02", "line-03")]


def test_records_of_one_outage_are_one_outage() -> None:
    (found,) = incidents([lost(1, 0, 15), lost(1, 15, 30), lost(1, 20, 40)], REGISTRY)
    assert [(one.started_at, one.ended_at) for one in found.outages] == [(NOON, NOON + timedelta(minutes=40))]


def test_only_what_the_provider_answers_for_is_an_incident() -> None:
    assert folded(lost(1, 0, 10, OutageCause.NIC), lost(2, 0, 10, OutageCause.BEYOND)) == []


def test_lines_of_different_providers_stay_apart() -> None:
    other = replace(a_contract(), provider=ProviderId("provider-b"))
    first, second, *rest = REGISTRY.lines
    registry = replace(
        REGISTRY,
        lines=(first, replace(second, contracts=(other,)), *rest),
        providers=(*REGISTRY.providers, Provider(id=ProviderId("provider-b"), name=a_text())),
    )
    found = incidents([lost(1, 0, 10), lost(2, 0, 10), lost(3, 5, 8)], registry)
    assert [(one.provider, one.lines) for one in found] == [
        ("provider-a", ("line-01", "line-03")),
        ("provider-b", ("line-02",)),
    ]


def test_a_line_without_a_contract_is_alone() -> None:
    registry = a_registry(organisations=2)
    assert [one.provider for one in incidents([lost(1, 0, 10), lost(2, 0, 10)], registry)] == [None, None]


outages = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 50), st.integers(1, 20)).map(
        lambda one: lost(one[0], one[1], one[1] + one[2])
    ),
    max_size=12,
)


def minutes_of(found: tuple[Incident, ...]) -> dict[LineId, set[int]]:
    down_in: dict[LineId, set[int]] = {}
    for outage in (one for incident in found for one in incident.outages):
        start = int((outage.started_at - NOON).total_seconds() // 60)
        end = int((outage.ended_at - NOON).total_seconds() // 60)
        down_in.setdefault(outage.line, set()).update(range(start, end))
    return down_in


@given(outages)
def test_folding_loses_nothing_and_does_not_depend_on_order(found: list[Outage]) -> None:
    folded_once = incidents(found, REGISTRY)
    assert folded_once == incidents([*reversed(found), *found], REGISTRY)
    expected: dict[LineId, set[int]] = {}
    for one in found:
        start = int((one.started_at - NOON).total_seconds() // 60)
        end = int((one.ended_at - NOON).total_seconds() // 60)
        expected.setdefault(one.line, set()).update(range(start, end))
    assert minutes_of(folded_once) == expected
    for earlier, later in pairwise(folded_once):
        assert earlier.ended_at <= later.started_at

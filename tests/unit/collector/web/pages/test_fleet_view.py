"""The page of the fleet: what needs attention stands first, and servers show what they are asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from netmon.domain.identifiers import LineId, ServerId
from netmon.domain.measurement import ReceiptState
from netmon_collector.use_cases.line_facts import AgentBinding, ServerSeen
from netmon_collector.web.pages.fleet.health import AgentFacts
from netmon_collector.web.pages.fleet.state import FleetState, ServerFacts
from netmon_collector.web.pages.fleet.view import fleet_page
from netmon_collector.wording import Language
from tests.support.domain import MOSCOW
from tests.support.registries import a_registry, a_school
from tests.support.store import NOW, a_server

REGISTRY = a_registry(a_school(1), a_school(2), a_school(3))


def an_agent(number: int, *, silent: bool = False, software: str = "netmon-agent 0.1.0") -> AgentFacts:
    line = LineId(f"l-{number:02d}")
    bound = AgentBinding(
        agent=f"agent-{number}",  # type: ignore[arg-type]
        line=line,
        software=software,
        enrolled_at=NOW,
        revoked_at=None,
        since=NOW,
        until=None,
        last_seen_at=NOW - timedelta(hours=3 if silent else 0),
    )
    return AgentFacts(line=line, binding=bound, latest=None)


SEEN = ServerSeen(
    server=ServerId("server-1"), receipts={ReceiptState.VALID: 7, ReceiptState.INVALID: 1}, last_valid_at=NOW
)
STATE = FleetState(
    agents=[
        an_agent(1),
        an_agent(2, silent=True),
        AgentFacts(line=LineId("l-03"), binding=None, latest=None),
    ],
    servers=[ServerFacts(server=a_server(), seen=SEEN, planned=40, peak_share=0.612, peak_at=NOW)],
    unknown_servers=(),
    registry=REGISTRY,
    zone=MOSCOW,
    poll_s=900,
    now=NOW,
)


def test_what_needs_attention_stands_first() -> None:
    page = fleet_page(STATE, "", Language.RU)

    assert [row.health.line for row in page.rows] == ["l-02", "l-03", "l-01"]
    assert [(one.word, one.count) for one in page.chips] == [
        ("Все", 3),
        ("молчит", 1),
        ("агента нет", 1),
        ("работает", 1),
    ]
    assert page.rows[0].organisations == "Школа № 2"


def test_a_filter_leaves_one_state_and_the_counts() -> None:
    page = fleet_page(STATE, "silent", Language.EN)

    assert [row.health.line for row in page.rows] == ["l-02"]
    assert page.total == 3
    assert [one.word for one in page.chips if one.chosen] == ["silent"]


def test_programs_are_counted() -> None:
    agents = [an_agent(1), an_agent(2), an_agent(3, software="netmon-agent 0.0.9")]
    page = fleet_page(replace(STATE, agents=agents), "", Language.EN)

    assert [(one.software, one.count) for one in page.versions] == [
        ("netmon-agent 0.1.0", 2),
        ("netmon-agent 0.0.9", 1),
    ]


def test_a_server_says_what_it_is_asked_and_what_it_signed() -> None:
    (server,) = fleet_page(STATE, "", Language.EN).servers

    assert server.peak is not None
    assert server.peak.startswith("61.2% of the budget in the fullest hour")
    assert server.receipts == "valid 7, absent 0, not valid 1"
    assert (server.is_crowded, server.is_odd) == (True, True)
    assert len(server.public_key) == 16


@pytest.mark.parametrize("language", Language)
def test_a_server_that_nobody_measured_with_has_no_figures(language: Language) -> None:
    idle = ServerFacts(server=a_server(), seen=None, planned=0, peak_share=None, peak_at=None)
    (server,) = fleet_page(replace(STATE, servers=[idle]), "", language).servers

    assert (server.peak, server.last_valid, server.is_odd) == (None, None, False)

"""Every route has a rule, and every rule holds: each role tried on each route in each territory."""

import re
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from netmon.domain.access import Grant, Role
from netmon.domain.identifiers import TerritoryId
from netmon_collector.web.access.rules import (
    RULES,
    Rule,
    anywhere,
    everything,
    home,
    of_filter,
    of_line,
    of_organisation,
    of_path,
    of_query,
)
from netmon_collector.web.app import make_app
from tests.support.access import REGISTRY
from tests.support.collector import RunningCollector, a_running_collector

TERRITORIES = ("region", "district", "other")
# What lies in each territory; a region has nothing of its own.
LINES = {"district": "line-01", "other": "line-02"}
ORGANISATIONS = {"district": "school-01", "other": "school-02"}
GRANTS = [Grant(role, place) for role in Role for place in (None, *map(TerritoryId, TERRITORIES))]
REFUSED = {401, 403}


def _has(grant: Grant, role: Role, territory: str | None) -> bool:
    """By hand, apart from the code that is tested: a region contains its districts, nothing else contains anything."""
    ranks = ["viewer", "operator", "administrator"]
    inside = {None: {None, *TERRITORIES}, "region": {None, *TERRITORIES}}.get(grant.territory, {grant.territory})
    return ranks.index(grant.role) >= ranks.index(role) and territory in inside


def _paths(name: str, rule: Rule) -> Iterator[tuple[str, str | None, bool]]:
    """Addresses of a route, the territory that each is about, and whether having the role anywhere is enough."""
    path = name.split(" ", 1)[1]
    if rule.place is of_path:
        yield from ((path.replace("{territory}", one), one, False) for one in TERRITORIES)
    elif rule.place is of_line:
        yield from ((path.replace("{line}", line), one, False) for one, line in LINES.items())
    elif rule.place is of_organisation:
        yield from ((path.replace("{organisation}", found), one, False) for one, found in ORGANISATIONS.items())
    elif rule.place is of_query or rule.place is of_filter:
        yield from ((f"{path}?territory={one}", one, False) for one in TERRITORIES)
        yield (path, "district", False) if rule.place is of_query else (path, None, True)
    elif rule.place is home:
        yield path, "district", False
    else:
        assert rule.place in {everything, anywhere}
        yield path, None, rule.place is anywhere


Case = tuple[str, str, str | None, bool]
GUARDED: list[Case] = [
    (name, *one) for name, rule in RULES.items() if rule.role is not None for one in _paths(name, rule)
]


@pytest.fixture(scope="module")
def tokens(shut: RunningCollector) -> Mapping[Grant, str]:
    return {grant: shut.a_token(grant.role, grant.territory) for grant in GRANTS}


def _ask(collector: RunningCollector, name: str, path: str, **headers: str) -> int:
    filled = re.sub(r"{\w+(:[^}]*)?}", "1", path)
    return collector.ask(name.split(" ", 1)[0], filled, headers=headers).status


def test_every_route_has_a_rule_and_every_rule_a_route(shut: RunningCollector) -> None:
    routes = {
        f"{route.method} {route.resource.canonical}"
        for route in make_app(shut.services).router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert set(RULES) == routes


@pytest.mark.parametrize("case", GUARDED, ids=lambda case: case[0] + case[1])
def test_a_role_is_let_where_it_is_granted_and_nowhere_else(
    shut: RunningCollector, tokens: Mapping[Grant, str], case: Case
) -> None:
    name, path, territory, is_anywhere = case
    role = RULES[name].role
    assert role is not None
    for grant in GRANTS:
        places = (None, *TERRITORIES) if is_anywhere else (territory,)
        is_let = any(_has(grant, role, place) for place in places)
        status = _ask(shut, name, path, Authorization=f"Bearer {tokens[grant]}")
        is_sent_home = path == "/" and status == 303  # to the front page of their own territory
        assert (status not in REFUSED and not is_sent_home) is is_let, (grant, status)
    assert _ask(shut, name, path) == 401
    assert _ask(shut, name, path, Authorization="Bearer netmon_guess") == 401


OPEN = [name for name, rule in RULES.items() if rule.role is None and not rule.is_own and not rule.is_agents]


@pytest.mark.parametrize("name", [one for one in OPEN if one.startswith("GET ")])
def test_what_everybody_needs_is_open(shut: RunningCollector, name: str) -> None:
    assert _ask(shut, name, name.split(" ", 1)[1]) not in REFUSED


def test_only_these_are_open() -> None:
    """A new open route is a decision: it is named here."""
    assert {name for name in OPEN if "/static/" not in name} == {
        "GET /healthz",
        "GET /readyz",
        "GET /favicon.ico",
        "GET /sign-in",
        "POST /sign-in",
        "POST /sign-out",
        "GET /link/{secret}",
        "POST /link/{secret}",
    }


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.is_own])
def test_what_is_an_accounts_own_is_no_programs(shut: RunningCollector, tokens: Mapping[Grant, str], name: str) -> None:
    path = name.split(" ", 1)[1]
    assert _ask(shut, name, path) == 401
    for grant in GRANTS:
        assert _ask(shut, name, path, Authorization=f"Bearer {tokens[grant]}") == 403, grant


def test_agents_show_tokens_of_their_own(shut: RunningCollector, tokens: Mapping[Grant, str]) -> None:
    token = tokens[Grant(Role.ADMINISTRATOR)]
    assert _ask(shut, "GET ", "/api/v1/agent/timetable", Authorization=f"Bearer {token}") == 401
    agent = shut.an_agent()
    assert agent.timetable().status == 200
    assert _ask(shut, "GET ", "/api/v1/roadmap", **agent.authorization) == 401


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path_factory.mktemp("open"), registry=REGISTRY) as found:
        yield found


@pytest.mark.parametrize("case", GUARDED, ids=lambda case: case[0] + case[1])
def test_opened_viewing_shows_what_viewers_see_and_nothing_else(opened: RunningCollector, case: Case) -> None:
    name, path, *_ = case
    assert (_ask(opened, name, path) not in REFUSED) is (RULES[name].role is Role.VIEWER)
    assert _ask(opened, name, path, Authorization="Bearer netmon_guess") == 401


def test_the_table_asks_about_both_sides() -> None:
    """Each role stands in the table, or the tests above would prove less than they say."""
    assert len(list(product(GUARDED, GRANTS))) > 200

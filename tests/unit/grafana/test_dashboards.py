"""The dashboards as committed: what the generator writes, in Russian, with everything on our own machines."""

import json
import re
from typing import Any

import pytest

from grafana.as_code.dashboards import all_dashboards
from tests.support.grafana import FOLDER, boards, targets

BOARDS: dict[str, Any] = dict(boards())
_PLUGINS = {"stat", "timeseries", "table", "piechart", "state-timeline"}  # all of them are part of Grafana
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)


def test_the_committed_dashboards_are_what_the_code_writes() -> None:
    written = all_dashboards()
    assert {path.name for path in (FOLDER / "dashboards").iterdir()} == set(written)
    for name, text in written.items():
        assert (FOLDER / "dashboards" / name).read_text("utf-8") == text, f"{name}: run make dashboards"


@pytest.mark.parametrize("name", BOARDS)
def test_titles_are_russian(name: str) -> None:
    board = BOARDS[name]
    panels = [one["title"] for one in board["panels"]]
    titles = [board["title"], *panels, *(one["title"] for one in board["links"])]
    titles += [one["label"] for one in board["templating"]["list"]]
    assert [one for one in titles if not _RUSSIAN.search(one)] == []
    assert len(set(panels)) == len(panels)


@pytest.mark.parametrize("name", BOARDS)
def test_nothing_needs_the_internet(name: str) -> None:
    assert {one["type"] for one in BOARDS[name]["panels"]} <= _PLUGINS
    assert set(re.findall(r"https?://[^\s\"/]+", json.dumps(BOARDS[name]))) == {"http://localhost:8080"}


@pytest.mark.parametrize("name", BOARDS)
def test_panels_ask_the_sources_that_are_provisioned_and_leave_no_gap(name: str) -> None:
    known = {("grafana-postgresql-datasource", "netmon-sql"), ("prometheus", "netmon-prometheus")}
    for panel in BOARDS[name]["panels"]:
        asked = [panel["datasource"], *(one["datasource"] for one in panel["targets"])]
        assert {(one["type"], one["uid"]) for one in asked} <= known
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
    assert len({panel["id"] for panel in BOARDS[name]["panels"]}) == len(BOARDS[name]["panels"])


def test_dashboards_have_the_variables_and_lead_to_the_pages() -> None:
    variables = {name: [one["name"] for one in board["templating"]["list"]] for name, board in BOARDS.items()}
    assert variables == {
        "district": ["territory", "pages"],
        "fleet": ["territory", "pages"],
        "organisation": ["territory", "organisation", "line", "pages"],
        "providers": ["territory", "provider", "pages"],
        "roadmap": ["territory", "pages"],
    }
    for board in BOARDS.values():
        assert "${pages}/territories/${territory}/" in [one.get("url") for one in board["links"]]


def test_members_that_grafana_has_no_more_are_not_written() -> None:
    for board in BOARDS.values():
        assert not [one for one in board["templating"]["list"] if {"auto", "auto_count", "auto_min"} & set(one)]
        assert not [one for one in board["panels"] if "footer" in one.get("options", {})]


def test_what_people_choose_is_quoted_by_grafana() -> None:
    for one in targets("grafana-postgresql-datasource"):
        assert not re.findall(r"\$\{?(?!__)\w+(?!\w|:sqlstring)", one.text), str(one)


def test_compliance_is_read_from_sql_not_from_live_state() -> None:
    outcomes = [one for one in targets("prometheus") if "verdict" in one.text]
    assert outcomes == []

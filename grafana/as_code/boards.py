"""A dashboard around its panels: variables, links into the pages, Russian locale of the district."""

import json
from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.builders import dashboard as builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard

from grafana.as_code.panels import Panel
from grafana.as_code.queries import SQL

PAGE = "${pages}/territories/${territory}/"
ORGANISATION_PAGE = PAGE + "#organisation-${__data.fields[Код]}"
TERRITORIES = "SELECT id AS __value, name_ru AS __text FROM territory ORDER BY kind, ordinal"
# The territory and everything below it.
AREA = """\
WITH RECURSIVE area(id) AS (
  SELECT id FROM territory WHERE id = ${territory:sqlstring}
  UNION ALL SELECT t.id FROM territory t JOIN area ON t.parent_id = area.id
)"""
ORGANISATIONS = f"""\
{AREA}
SELECT o.id AS __value, o.name_ru AS __text
FROM organisation o JOIN area ON area.id = o.territory_id ORDER BY o.ordinal"""
PROVIDERS = "SELECT id AS __value, name_ru AS __text FROM provider ORDER BY ordinal"
Variable = Any


def choice(name: str, label: str, sql: str, *, many: bool = False) -> Variable:
    """A variable whose values PostgreSQL knows."""
    found = builder.QueryVariable(name).label(label).datasource(SQL).query(sql)
    return found.refresh(dashboard.VariableRefresh.ON_DASHBOARD_LOAD).multi(many).include_all(many)


def territory() -> Variable:
    return choice("territory", "Территория", TERRITORIES)


def board(uid: str, title: str, panels: Sequence[Panel], *, variables: Sequence[Variable], since: str) -> str:
    """The dashboard as the JSON that is committed."""
    found = builder.Dashboard(title).uid(uid).tags(["netmon"]).readonly().timezone("browser").time(since, "now")
    found.refresh("5m").week_start("monday").tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
    for one in variables:
        found.with_variable(one)
    pages = builder.TextBoxVariable("pages").label("Адрес страниц netmon").default_value("http://localhost:8080")
    found.with_variable(pages)
    page = builder.DashboardLink("Страница netmon").type(dashboard.DashboardLinkType.LINK).url(PAGE)
    others = builder.DashboardLink("Доски netmon").type(dashboard.DashboardLinkType.DASHBOARDS).tags(["netmon"])
    found.link(page.target_blank(True)).link(others.as_dropdown(True).keep_time(True).include_vars(True))
    for number, panel in enumerate(panels, 1):
        found.with_panel(panel.id(number))
    content = json.loads(json.dumps(found.build(), cls=JSONEncoder))
    _drop_what_grafana_dropped(content)
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _drop_what_grafana_dropped(content: dict[str, Any]) -> None:
    """The SDK still writes members that Grafana 13 has no more."""
    for one in content["templating"]["list"]:
        for member in ("auto", "auto_count", "auto_min"):
            one.pop(member, None)
    for panel in content["panels"]:
        panel.get("options", {}).pop("footer", None)

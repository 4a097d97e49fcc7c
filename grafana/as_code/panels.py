"""Panels as all dashboards have them: Russian titles, base units, verdicts in one set of words and colours."""

from collections.abc import Mapping, Sequence
from typing import Any

from grafana_foundation_sdk.builders import common as common_builder
from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.builders import piechart, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.piechart import PieChartLegendValues, PieChartType

from grafana.as_code.queries import Query

VERDICTS: Mapping[str, tuple[str, str]] = {
    "COMPLIANT": ("соответствует", "green"),
    "NON_COMPLIANT": ("не соответствует", "red"),
    "INSUFFICIENT_DATA": ("мало данных", "yellow"),
    "UNMEASURABLE": ("не измерить", "orange"),
    "EXEMPT": ("освобождена", "blue"),
}
Panel = Any  # the builders share their methods and no class


def _dress(panel: Panel, title: str, queries: Sequence[Query], *, width: int, height: int, about: str) -> Panel:
    panel.title(title).datasource(queries[0].source).span(width).height(height).no_value("нет данных")
    if about:
        panel.description(about)
    for query in queries:
        panel.with_target(query)
    return panel


def figure(
    title: str,
    *queries: Query,
    unit: str = "none",
    width: int = 6,
    height: int = 4,
    about: str = "",
    named: bool = False,
) -> Panel:
    """The last value of each column or series, in large digits; `named`: its name instead."""
    reduced = common_builder.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
    panel = stat.Panel().unit(unit).reduce_options(reduced).graph_mode(common.BigValueGraphMode.NONE)
    if named:
        panel.text_mode(common.BigValueTextMode.NAME)
    return _dress(panel, title, queries, width=width, height=height, about=about)


def lines(title: str, *queries: Query, unit: str, width: int = 12, height: int = 9, about: str = "") -> Panel:
    """Series over time; what is named a threshold, a limit, a contract or a target is drawn as a dashed step."""
    panel = _graph(unit).show_points(common.VisibilityMode.AUTO).span_nulls(False)
    return _dress(
        panel.override_by_regexp(
            "/(Порог|Предел|Договор|Цель)/",
            [
                dashboard.DynamicConfigValue("custom.lineStyle", {"fill": "dash", "dash": [8, 6]}),
                dashboard.DynamicConfigValue("custom.lineInterpolation", "stepAfter"),
                dashboard.DynamicConfigValue("custom.showPoints", "never"),
                dashboard.DynamicConfigValue("custom.spanNulls", True),
            ],
        ),
        title,
        queries,
        width=width,
        height=height,
        about=about,
    )


def bars(title: str, *queries: Query, unit: str, width: int = 12, height: int = 9, about: str = "") -> Panel:
    """Sums of days, one upon another."""
    panel = _graph(unit).draw_style(common.GraphDrawStyle.BARS).fill_opacity(60)
    panel.stacking(common_builder.StackingConfig().mode(common.StackingMode.NORMAL).group("A"))
    return _dress(panel, title, queries, width=width, height=height, about=about)


def _graph(unit: str) -> timeseries.Panel:
    legend = common_builder.VizLegendOptions().show_legend(True).placement(common.LegendPlacement.BOTTOM)
    tooltip = common_builder.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI)
    shown = legend.display_mode(common.LegendDisplayMode.LIST)
    return timeseries.Panel().unit(unit).min(0).legend(shown).tooltip(tooltip)


def shares(title: str, *queries: Query, width: int = 6, height: int = 9, about: str = "") -> Panel:
    """How a whole is made up: a row each."""
    reduced = common_builder.ReduceDataOptions().calcs(["lastNotNull"]).values(True)
    panel = piechart.Panel().reduce_options(reduced).pie_type(PieChartType.DONUT).mappings(verdict_words())
    legend = piechart.PieChartLegendOptions().show_legend(True).placement(common.LegendPlacement.RIGHT)
    panel.legend(legend.display_mode(common.LegendDisplayMode.LIST).values([PieChartLegendValues.VALUE]))
    return _dress(panel, title, queries, width=width, height=height, about=about)


def states(title: str, *queries: Query, width: int = 24, height: int = 6, about: str = "") -> Panel:
    """Which verdict held when."""
    panel = statetimeline.Panel().mappings(verdict_words()).merge_values(False)
    return _dress(panel, title, queries, width=width, height=height, about=about)


def grid(
    title: str,
    *queries: Query,
    units: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    width: int = 24,
    height: int = 10,
    about: str = "",
) -> Panel:
    """A table; `units` and `links` by the title of a column."""
    panel = table.Panel().mappings(verdict_words())
    for column, unit in (units or {}).items():
        panel.override_by_name(column, [dashboard.DynamicConfigValue("unit", unit)])
    for column, url in (links or {}).items():
        link = {"title": "Открыть", "url": url, "targetBlank": True}
        panel.override_by_name(column, [dashboard.DynamicConfigValue("links", [link])])
    return _dress(panel, title, queries, width=width, height=height, about=about)


def verdict_words() -> list[dashboard.ValueMapping]:
    options = {
        outcome: dashboard.ValueMappingResult(text=word, color=colour, index=number)
        for number, (outcome, (word, colour)) in enumerate(VERDICTS.items())
    }
    return [dashboard.ValueMap(options=options)]


def at_least(*steps: tuple[float, str]) -> dashboard_builder.ThresholdsConfig:
    """Colours from a value on; red below the first."""
    known = [dashboard.Threshold(value=None, color="red")]
    known += [dashboard.Threshold(value=value, color=colour) for value, colour in steps]
    return dashboard_builder.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(known)


def marked(panel: Panel, *steps: tuple[float, str]) -> Panel:
    """The panel with fixed thresholds, drawn where it is a graph."""
    panel.thresholds(at_least(*steps))
    if isinstance(panel, timeseries.Panel):
        drawn = common_builder.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        panel.thresholds_style(drawn)
    return panel

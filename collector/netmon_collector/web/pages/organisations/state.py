"""What the list of organisations is made of, and where it is fetched."""

from collections.abc import Sequence
from dataclasses import replace

from netmon_collector.services import Services
from netmon_collector.use_cases.summary.standing import Standing
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.pages.organisations.asked import Asked, chosen_rows
from netmon_collector.web.pages.organisations.periods import period_choices, period_views, shown_period
from netmon_collector.web.pages.organisations.rows import OrganisationRow, RowInputs, organisation_rows
from netmon_collector.web.pages.organisations.view import SPARK_DAYS, ListState, page_of
from netmon_collector.web.pages.shell.reader import Reader
from netmon_collector.wording.figures import period_text


def list_state(services: Services, found: FindingsOfNow, reader: Reader, asked: Asked) -> ListState:
    """Blocks. Raises NotFoundError for a period that has not begun."""
    period, language = shown_period(found, reader, asked.period), reader.language
    standing = found.standing(reader.territory.id, period)
    rows = found.kept(
        ("rows", reader.territory.id, period, language, standing.link and standing.link.hash),
        lambda: _rows(services, standing, reader),
    )
    chosen = chosen_rows(rows, asked)
    _, shown = page_of(chosen, asked)
    lines = [one.line for one in shown if one.line is not None]
    return ListState(
        asked=asked,
        period=period_text(period, language),
        is_closed=standing.link is not None,
        periods=period_views(period_choices(found, reader), period, language),
        rows=rows,
        chosen=chosen,
        days=services.store.day_glances(lines, reader.today - SPARK_DAYS, reader.today),
        today=reader.today,
        zone=reader.territory.time_zone,
        required_percent=services.policy.min_share_percent,
    )


def every_row(
    services: Services, found: FindingsOfNow, reader: Reader, asked: Asked
) -> tuple[str, Sequence[OrganisationRow]]:
    """The name of the period and all chosen rows, for tables to take away."""
    state = list_state(services, found, reader, replace(asked, page=1))
    return state.period, state.chosen


def _rows(services: Services, standing: Standing, reader: Reader) -> Sequence[OrganisationRow]:
    registry = services.registry
    inputs = RowInputs(
        standing=standing,
        registry=registry,
        policy=services.policy,
        last_seen=services.store.last_seen([line.id for line in registry.lines_in(reader.territory.id)]),
        on=min(standing.period.last, reader.today),
    )
    return organisation_rows(inputs, reader.language)

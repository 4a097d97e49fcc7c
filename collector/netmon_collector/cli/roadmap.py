"""The command roadmap: indicators, results and activities at a date, for people and as JSON."""

import json
import shutil
from datetime import datetime
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon_collector.app import open_services
from netmon_collector.cli.entries import add_to_roadmap
from netmon_collector.cli.options import Config, Json, Lang, terminal_language
from netmon_collector.cli.roadmap_text import roadmap_text
from netmon_collector.documents.roadmap import roadmap_document
from netmon_collector.settings import find_config
from netmon_collector.use_cases.roadmap import roadmap_at

_WIDEST = 120


def add_commands(program: typer.Typer) -> None:
    group = typer.Typer(rich_markup_mode=None)
    group.callback(invoke_without_command=True)(roadmap)
    add_to_roadmap(group)
    program.add_typer(group, name="roadmap")


def roadmap(
    context: typer.Context,
    at: Annotated[
        datetime | None, typer.Option("--at", metavar="DATE", formats=["%Y-%m-%d"], help="Else today.")
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
    config: Config = None,
) -> None:
    """Where the roadmap stands at a date: indicators against targets, results, activities; what people enter of it."""
    if context.invoked_subcommand is not None:
        return
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        of = services.roadmap
        now = clock.now()
        today = now.astimezone(services.registry.territory_by_id[of.territory].time_zone).date()
        day = today if at is None else at.date()
        found = roadmap_at(day, of, services.indicator_inputs(of.territory, now=now))
    if as_json:
        typer.echo(json.dumps(roadmap_document(found), ensure_ascii=False, indent=2))
    else:
        width = min(shutil.get_terminal_size().columns, _WIDEST)
        typer.echo(roadmap_text(found, lang or terminal_language(), width=width))

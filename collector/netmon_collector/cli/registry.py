"""Commands about the registry: list."""

import typer

from netmon.clock import SystemClock
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config
from netmon_collector.settings import find_config


def add_commands(program: typer.Typer) -> None:
    group = typer.Typer(help="The registry: organisations, sites and lines.", rich_markup_mode=None)
    group.command("list")(list_lines)
    program.add_typer(group, name="registry")


def list_lines(config: Config = None) -> None:
    """Print every line with its site, its role and who uses it, one a row, separated by tabs."""
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        registry = services.registry
        today = clock.now()
        for line in registry.lines:
            day = today.astimezone(registry.time_zone(line.id)).date()
            users = ",".join(registry.organisations_of(line.id, day))
            typer.echo(f"{line.id}\t{line.site}\t{line.role.value}\t{users}")

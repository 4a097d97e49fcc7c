"""Commands about the registry: list, export, import."""

from pathlib import Path
from typing import Annotated

import typer

from netmon.clock import Clock, SystemClock
from netmon.config.registry import read_registry
from netmon.domain.registry import Registry
from netmon_collector.app import open_services, open_updated_services
from netmon_collector.cli.entries import add_to_registry
from netmon_collector.cli.options import Config, DryRun, read_file
from netmon_collector.errors import TableError
from netmon_collector.registry_file import own_registry_file, put_in_place
from netmon_collector.settings import find_config, read_settings
from netmon_collector.use_cases.registry_export import registry_csv
from netmon_collector.use_cases.registry_import import differences, merge_table


def add_commands(program: typer.Typer) -> None:
    group = typer.Typer(help="The registry: organisations, sites and lines.", rich_markup_mode=None)
    group.command("list")(list_lines)
    group.command("export")(export)
    group.command("import")(import_table)
    add_to_registry(group)
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


def export(config: Config = None) -> None:
    """Print the registry as one flat table in CSV, which 'registry import' reads."""
    registry = read_registry(read_settings(find_config(config)).registry)
    typer.echo(registry_csv(registry), nl=False)


def import_table(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv")], dry_run: DryRun = False, config: Config = None
) -> None:
    """Merge a flat table into the registry's file: all of it or nothing. The file before is kept beside it."""
    clock, where = SystemClock(), find_config(config)
    target = own_registry_file(read_settings(where), where)
    before = read_registry(target)
    after = _merged(file, before)
    changes = differences(before, after)
    for change in changes:
        typer.echo(change)
    if dry_run or not changes:
        typer.echo("nothing was changed: a dry run" if changes else "nothing to change")
        return
    kept = put_in_place(target, after, at=clock.now(), bring_into_force=lambda: _sync(where, clock))
    typer.echo(f"{target} is changed, {kept.name} is what it was; a running collector takes it within seconds")


def _merged(file: Path, before: Registry) -> Registry:
    try:
        return merge_table(read_file(file), before)
    except TableError as error:
        for line in error.lines:
            typer.echo(line)
        message = str(error).removeprefix(f"{file}: ")
        raise TableError(f"{file}: {message}") from error


def _sync(config: Path, clock: Clock) -> None:
    """Bring the store to what the files say, as every start of the collector does."""
    with open_updated_services(config, clock):
        pass

"""Commands about the registry: list, export, import."""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from netmon.clock import Clock, SystemClock
from netmon.config.defaults import default_file
from netmon.config.registry import read_registry
from netmon.config.registry_writing import registry_yaml
from netmon.domain.registry import Registry
from netmon.errors import ConfigError, NetmonError
from netmon_collector.app import open_services, open_updated_services
from netmon_collector.cli.entries import add_to_registry
from netmon_collector.cli.options import Config, DryRun, read_file
from netmon_collector.errors import TableError
from netmon_collector.settings import find_config, read_settings
from netmon_collector.use_cases.registry_export import registry_csv
from netmon_collector.use_cases.registry_import import differences, merge_table

_FILE = "registry.yaml"


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
    target = read_settings(where).registry
    if target == default_file(_FILE):
        raise ConfigError(f"{where}: has no registry of its own; write 'registry: FILE' and copy {target} there")
    before = read_registry(target)
    after = _merged(file, before)
    changes = differences(before, after)
    for change in changes:
        typer.echo(change)
    if dry_run or not changes:
        typer.echo("nothing was changed: a dry run" if changes else "nothing to change")
        return
    kept = _replace(target, after, at=clock.now())
    try:
        _sync(where, clock)
    except NetmonError:
        shutil.copyfile(kept, target)  # the store refuses it: nothing was imported
        raise
    typer.echo(f"{target} is changed, {kept.name} is what it was; restart the collector to use it")


def _merged(file: Path, before: Registry) -> Registry:
    try:
        return merge_table(read_file(file), before)
    except TableError as error:
        for line in error.lines:
            typer.echo(line)
        message = str(error).removeprefix(f"{file}: ")
        raise TableError(f"{file}: {message}") from error


def _replace(target: Path, registry: Registry, *, at: datetime) -> Path:
    """Put the new file in the place of the old one at once, and keep the old one; answers where."""
    kept = target.with_name(f"{target.name}.{at:%Y%m%dT%H%M%SZ}.bak")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, delete=False) as file:
        written = Path(file.name)
        try:
            file.write(registry_yaml(registry))
            file.flush()
            os.fsync(file.fileno())
            if read_registry(written) != registry:
                raise TableError("cannot be written as a registry file that reads back alike")
            shutil.copy2(target, kept)
            shutil.copymode(target, written)
            written.replace(target)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
    return kept


def _sync(config: Path, clock: Clock) -> None:
    """Bring the store to what the files say, as every start of the collector does."""
    with open_updated_services(config, clock):
        pass

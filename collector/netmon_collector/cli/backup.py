"""Commands that keep the store: backup, restore."""

from pathlib import Path
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon_collector.cli.options import Config
from netmon_collector.settings import find_config, read_settings
from netmon_collector.storage.backup import Rows, restore_backup, write_backup
from netmon_collector.storage.database import Database

File = Annotated[Path, typer.Argument(metavar="FILE", help="A gzip of JSON lines, the same for every database.")]


def add_commands(program: typer.Typer) -> None:
    program.command()(backup)
    program.command()(restore)


def backup(file: File, config: Config = None) -> None:
    """Write the whole database of this instant into a new file, while the collector works on."""
    database = Database(read_settings(find_config(config)).database)
    try:
        rows = write_backup(database, file, at=SystemClock().now())
    finally:
        database.close()
    typer.echo(f"{file}: {_said(rows)}")


def restore(file: File, config: Config = None) -> None:
    """Bring an empty database to what a backup holds."""
    database = Database(read_settings(find_config(config)).database)
    try:
        rows = restore_backup(database, file)
    finally:
        database.close()
    typer.echo(f"restored {_said(rows)}")


def _said(rows: Rows) -> str:
    return f"{sum(rows.values())} rows of {len(rows)} tables, {rows.get('record', 0)} of them records"

"""The command import: measurements made elsewhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from netmon.clock import SystemClock
from netmon.domain.identifiers import LineId
from netmon.domain.measurement import Direction, Measurement
from netmon.errors import ConfigError
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config, DryRun, read_file
from netmon_collector.errors import NotFoundError, TableError
from netmon_collector.services import Services
from netmon_collector.settings import find_config
from netmon_collector.use_cases.import_cells import Unit
from netmon_collector.use_cases.import_layouts import Column
from netmon_collector.use_cases.import_rows import ImportOptions
from netmon_collector.use_cases.importing import Understood, store_imported, understand

_FIRST_LINES = 5
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_TAB = ("tab", "\\t")
_WORDS = {Direction.DOWN: "download", Direction.UP: "upload"}


def add_commands(program: typer.Typer) -> None:
    program.command("import")(import_file)


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv")],
    line: Annotated[str, typer.Option("--line", metavar="LINE_ID", help="Whose measurements these are.")],
    mapping: Annotated[
        str, typer.Option("--map", metavar="timestamp=1,download=7", help="Columns by number or name.")
    ] = "",
    unit: Annotated[Unit | None, typer.Option("--unit", help="Of the rates.")] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", metavar="Z", help="Of times without one; else the line's.")
    ] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", metavar="C", help="Else found.")] = None,
    no_header: Annotated[bool, typer.Option("--no-header", help="The first line is a measurement.")] = False,
    dry_run: DryRun = False,
    config: Config = None,
) -> None:
    """Take in measurements of a line that were made elsewhere; they are shown and never decide by default."""
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        options = ImportOptions(
            line=_line(line, services),
            zone=_zone(time_zone, services, LineId(line)),
            mapping=_mapping(mapping),
            unit=unit,
            delimiter=_delimiter(delimiter),
            has_heading=not no_header,
        )
        data = read_file(file)
        try:
            found = understand(data, options, now=clock.now())
        except TableError as error:
            raise TableError(f"{file}: {error}") from error
        _print(found, options, services)
        if not found.lines:
            reason = f"; line {found.refused[0].line}: {found.refused[0].text}" if found.refused else ""
            raise TableError(f"{file}: has no line that can be used{reason}")
        if dry_run:
            typer.echo("nothing was stored: a dry run")
            return
        total = len(list(found.measurements))
        new = store_imported(found, data=data, name=file.name, store=services.store, at=clock.now())
    typer.echo(f"stored {new} measurements; {total - new} were there already")


def _line(text: str, services: Services) -> LineId:
    if text not in services.registry.line_by_id:
        raise NotFoundError(f"the registry has no line '{text}'; netmon-collector registry list shows them")
    return LineId(text)


def _zone(text: str | None, services: Services, line: LineId) -> ZoneInfo:
    if text is None:
        return services.registry.time_zone(line)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(f"--time-zone: '{text}' is no time zone; write one such as Europe/Moscow") from error


def _delimiter(text: str | None) -> str | None:
    if text is None:
        return None
    found = "\t" if text in _TAB else text
    if len(found) != 1 or found in '"\r\n':
        raise ConfigError(f"--delimiter: '{text}' is no delimiter; write one character, or tab")
    return found


def _mapping(text: str) -> Mapping[Column, str]:
    found: dict[Column, str] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, column = part.partition("=")
        if name not in {one.value for one in Column} or not column.strip():
            raise ConfigError(f"--map: '{part}' is unknown; write {', '.join(f'{one.value}=N' for one in Column)}")
        if Column(name) in found:
            raise ConfigError(f"--map: '{name}' is given twice; keep one of the two")
        found[Column(name)] = column.strip()
    return found


def _print(found: Understood, options: ImportOptions, services: Services) -> None:
    table = found.table
    delimiter = _DELIMITERS.get(table.delimiter, table.delimiter)
    typer.echo(f"{found.layout}, {table.encoding}, {delimiter}, times without a zone in {options.zone}")
    zone = services.registry.time_zone(options.line)
    for line in found.lines[:_FIRST_LINES]:
        at = line.measurements[0].started_at.astimezone(zone)
        typer.echo(f"line {line.line}: {at.isoformat(' ', 'seconds')}  {'  '.join(map(_text, line.measurements))}")
    if len(found.lines) > _FIRST_LINES:
        typer.echo(f"... and {len(found.lines) - _FIRST_LINES} lines more")
    for note in found.notes:
        typer.echo(f"note: line {note.line}: {note.text}")
    for refused in found.refused:
        typer.echo(f"refused: line {refused.line}: {refused.text}")
    typer.echo(f"{len(found.lines)} lines understood, {len(found.refused)} refused")


def _text(one: Measurement) -> str:
    rate = "none" if one.rate_bps is None else f"{one.rate_bps / 1_000_000:.2f} Mbit/s"
    return f"{_WORDS[one.direction]} {rate}"

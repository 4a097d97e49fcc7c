"""Options that several commands share."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from netmon.domain.period import Period
from netmon.errors import ConfigError
from netmon_collector.errors import TableError
from netmon_collector.use_cases.import_text import MOST_BYTES
from netmon_collector.wording import Language

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="collector.yaml; else $NETMON_CONFIG, ./netmon.yaml, /etc/netmon/collector.yaml, the last demo's.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]
Lang = Annotated[Language | None, typer.Option("--lang", help="ru or en; else the terminal's.")]


def terminal_language(environ: Mapping[str, str] = os.environ) -> Language:
    """The language that the terminal's locale asks for: Russian, else English."""
    name = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return Language.RU if name.startswith("ru") else Language.EN


def read_file(path: Path) -> bytes:
    """The bytes of a table that somebody named, no more than are looked at. Raises TableError."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error


def named_period(text: str) -> Period:
    """The period that an option names. Raises ConfigError."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise ConfigError(f"--period: {error}") from error


def save_file(path: Path, data: bytes) -> None:
    """Write all of the file or nothing, its folder first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise

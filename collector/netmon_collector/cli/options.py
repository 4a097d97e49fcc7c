"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="collector.yaml; else $NETMON_CONFIG, ./netmon.yaml, /etc/netmon/collector.yaml, the last demo's.",
    ),
]

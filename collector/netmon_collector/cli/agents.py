"""Commands about agents: enrolment-code."""

from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon.domain.identifiers import LineId
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config
from netmon_collector.settings import find_config
from netmon_collector.use_cases.enrolment import grant_code


def add_commands(program: typer.Typer) -> None:
    program.command("enrolment-code")(enrolment_code)


def enrolment_code(line: Annotated[str, typer.Argument(metavar="LINE_ID")], config: Config = None) -> None:
    """Print a code with which one device can enrol for a line, once, within 14 days."""
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        code, grant = grant_code(LineId(line), registry=services.registry, store=services.store, at=clock.now())
    typer.echo(code)
    typer.echo(f"for line {grant.line}, once, until {grant.expires_at:%Y-%m-%d %H:%M} UTC", err=True)

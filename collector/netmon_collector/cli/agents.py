"""Commands about agents: enrolment-code, agent list, agent revoke."""

from pathlib import Path
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon.domain.identifiers import AgentId, LineId
from netmon.errors import ConfigError
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config
from netmon_collector.papers import sheet_of
from netmon_collector.report.enrolment_sheet import sheet_pdf
from netmon_collector.services import Services
from netmon_collector.settings import find_config
from netmon_collector.use_cases.enrolment import grant_code, revoke_agent
from netmon_collector.wording import Language


def add_commands(program: typer.Typer) -> None:
    program.command("enrolment-code")(enrolment_code)
    group = typer.Typer(help="The devices that measure.", rich_markup_mode=None)
    group.command("list")(list_agents)
    group.command("revoke")(revoke)
    program.add_typer(group, name="agent")


def enrolment_code(
    line: Annotated[str, typer.Argument(metavar="LINE_ID")],
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="FILE.pdf", help="Write a page to print instead of the bare code.")
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="Of the sheet: ru or en.")] = Language.RU,
    config: Config = None,
) -> None:
    """Print a code with which one device can enrol for a line, once, within 14 days."""
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        address = None if sheet is None else _address(services)
        code, grant = grant_code(LineId(line), registry=services.registry, store=services.store, at=clock.now())
        if sheet is None or address is None:
            typer.echo(code)
        else:
            found = sheet_of(services, code, grant, collector=address, language=lang)
            sheet.write_bytes(sheet_pdf(found, lang))
            typer.echo(f"{sheet} is to be printed; it holds the code, so remove the file afterwards", err=True)
    typer.echo(f"for line {grant.line}, once, until {grant.expires_at:%Y-%m-%d %H:%M} UTC", err=True)


def _address(services: Services) -> str:
    if services.settings.public_url is None:
        raise ConfigError("collector.yaml names no public_url, so the sheet could not say where the collector is")
    return services.settings.public_url


def list_agents(config: Config = None) -> None:
    """Print every agent: line, state, last heard of, software, records in conflict; separated by tabs."""
    with open_services(find_config(config), SystemClock()) as services:
        for one in services.store.known_agents():
            seen = "never" if one.last_seen is None else f"{one.last_seen:%Y-%m-%d %H:%M} UTC"
            state = "revoked" if one.revoked_at is not None else "active"
            typer.echo(f"{one.agent}\t{one.line or '-'}\t{state}\t{seen}\t{one.software}\t{one.conflicts}")
            if one.conflicts and one.revoked_at is None:
                typer.echo(f"{one.agent}: {_CLONED}", err=True)


_CLONED = (
    "two devices use this identity, probably because a disk was copied with the agent's state; revoke it and enrol "
    "both anew, each with a code of its own"
)


def revoke(agent: Annotated[str, typer.Argument(metavar="AGENT_ID")], config: Config = None) -> None:
    """Lock a device out: stolen, given away, or one of two that share an identity. What it reported keeps counting."""
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        revoke_agent(AgentId(agent), store=services.store, at=clock.now())
    typer.echo(f"{agent} is revoked; its line needs a new enrolment-code", err=True)

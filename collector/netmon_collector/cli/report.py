"""The command report: the report of a period as files, and to those who get it by mail."""

from pathlib import Path
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import MailKind
from netmon.errors import ConfigError
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config, Lang, named_period, save_file
from netmon_collector.report.formats import Format, ReportInputs, file_name, render_report
from netmon_collector.report.links import Links
from netmon_collector.services import Services
from netmon_collector.settings import find_config
from netmon_collector.use_cases.summary import Summary, summarise
from netmon_collector.wording import Language


def add_commands(program: typer.Typer) -> None:
    program.command()(report)


def report(
    period: Annotated[str, typer.Option("--period", metavar="2026-W47|2026-11|2026-11-23")],
    formats: Annotated[
        list[Format] | None, typer.Option("--format", help="May be given several times; else every format.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where the files go.")] = None,
    territory: Annotated[str | None, typer.Option("--territory", metavar="ID", help="Else the roadmap's own.")] = None,
    revision: Annotated[
        int | None, typer.Option("--revision", metavar="N", help="Of a closed period; else the newest.", min=1)
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Queue it for those who get reports by recipients.yaml.")
    ] = False,
    lang: Lang = None,
    config: Config = None,
) -> None:
    """Write the report of a day, a week or a month, or send it; a closed period is told as it was closed."""
    if out is None and not send:
        raise ConfigError("name --out DIR, or --send the report to those who get it")
    if out is None and formats:
        raise ConfigError("--format is for files and goes with --out DIR; mails have their own form")
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        of = services.roadmap.territory if territory is None else TerritoryId(territory)
        if of not in services.registry.territory_by_id:
            raise ConfigError(f"--territory: the registry has no territory '{of}'")
        inputs = services.summary_inputs(of, now=clock.now())
        summary = summarise(inputs, named_period(period), revision=revision)
        if out is not None:
            _write(services, summary, tuple(dict.fromkeys(formats or Format)), out, lang)
        if send:
            _send(services, summary)


def _write(services: Services, summary: Summary, formats: tuple[Format, ...], out: Path, lang: Language | None) -> None:
    """Everything is rendered before the first file is written."""
    inputs = ReportInputs(
        summary=summary,
        language=lang or Language(services.settings.language),
        links=Links(services.settings.public_url),
        templates=services.settings.templates,
    )
    rendered = [(out / file_name(inputs, one), render_report(inputs, one)) for one in formats]
    for path, found in rendered:
        save_file(path, found.data)
        typer.echo(path)
        if found.problem is not None:
            typer.echo(f"{found.problem}; netmon's own template was taken", err=True)


def _send(services: Services, summary: Summary) -> None:
    from netmon_collector.mailing import queue_report  # noqa: PLC0415 - only who sends needs it

    recipients = services.mailing.wanting(MailKind.REPORT, summary.territory.id)
    if not recipients:
        raise ConfigError(
            f"recipients.yaml names nobody for reports about '{summary.territory.id}'; nothing was queued"
        )
    queued = queue_report(services, summary, recipients)
    had = len(recipients) - queued
    typer.echo(f"queued for {queued} of {len(recipients)} recipients" + (f"; {had} have it already" if had else ""))

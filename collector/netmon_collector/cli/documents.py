"""The commands document and documents: notes, letters and acts in DOCX, and their templates."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon.domain.identifiers import LineId, OrganisationId, ProviderId, TerritoryId
from netmon.errors import ConfigError
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config, Lang, named_period, save_file
from netmon_collector.papers import ANSWER_WITHIN, Papers
from netmon_collector.report.documents.fill import Context, fill_document
from netmon_collector.report.documents.templates import Kind, own_template, template_name
from netmon_collector.settings import find_config
from netmon_collector.wording import Language

Out = Annotated[Path, typer.Option("--out", metavar="DIR")]


def _fields(
    papers: Papers, kind: Kind, *, line: str | None, provider: str | None, organisation: str | None
) -> tuple[str, Context]:
    """What the file is called, and what fills the template."""
    given = {"--line": line, "--provider": provider, "--organisation": organisation}
    for option, value in given.items():
        if value is not None and option not in _TAKES[kind]:
            raise ConfigError(f"{option} does not go with --kind {kind.value}; leave it out")
    if kind is Kind.ACT:
        if line is None:
            raise ConfigError("--kind act needs --line ID")
        return f"act-{line}", papers.act(LineId(line))
    if kind is Kind.PROVIDER:
        if provider is None:
            raise ConfigError("--kind letter-provider needs --provider ID")
        of_line = None if line is None else LineId(line)
        return f"{kind.value}-{provider}", papers.letter_to_provider(ProviderId(provider), of_line)
    if kind is Kind.SCHOOLS:
        to = None if organisation is None else OrganisationId(organisation)
        return kind.value if to is None else f"{kind.value}-{to}", papers.letter_to_schools(to)
    return f"{kind.value}-{papers.territory}", papers.note()


_TAKES: Mapping[Kind, tuple[str, ...]] = {
    Kind.ACT: ("--line",),
    Kind.PROVIDER: ("--line", "--provider"),
    Kind.SCHOOLS: ("--organisation",),
    Kind.NOTE: (),
}


def _deadline(text: str | None, today: date) -> date:
    if text is None:
        return today + ANSWER_WITHIN
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--deadline: '{text}' is no day; write YYYY-MM-DD") from error


def add_commands(program: typer.Typer) -> None:
    program.command()(document)
    group = typer.Typer(help="The templates of documents.", rich_markup_mode=None)
    group.command("templates")(templates)
    program.add_typer(group, name="documents")


def document(
    kind: Annotated[Kind, typer.Option("--kind")],
    period: Annotated[str, typer.Option("--period", metavar="2026-W47|2026-11|2026-11-23")],
    out: Out,
    line: Annotated[str | None, typer.Option("--line", metavar="ID")] = None,
    provider: Annotated[str | None, typer.Option("--provider", metavar="ID")] = None,
    organisation: Annotated[str | None, typer.Option("--organisation", metavar="ID")] = None,
    territory: Annotated[str | None, typer.Option("--territory", metavar="ID", help="Else the roadmap's own.")] = None,
    deadline: Annotated[
        str | None, typer.Option("--deadline", metavar="DATE", help="By when a letter asks; else in 14 days.")
    ] = None,
    lang: Lang = None,
    config: Config = None,
) -> None:
    """Write an analytical note, a letter to schools or to a provider, or the act of a line, as DOCX."""
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        of = services.roadmap.territory if territory is None else TerritoryId(territory)
        if of not in services.registry.territory_by_id:
            raise ConfigError(f"--territory: the registry has no territory '{of}'")
        today = clock.now().astimezone(services.registry.territory_by_id[of].time_zone).date()
        papers = Papers(
            services=services,
            territory=of,
            period=named_period(period),
            today=today,
            deadline=_deadline(deadline, today),
            language=lang or Language(services.settings.language),
        )
        name, fields = _fields(papers, kind, line=line, provider=provider, organisation=organisation)
        found = fill_document(kind, papers.language, fields, folder=services.settings.templates)
    path = out / f"{name}-{papers.period.name}.{papers.language.value}.docx"
    save_file(path, found.data)
    typer.echo(path)
    if found.problem is not None:
        raise ConfigError(f"{found.problem}; the document was made from netmon's own template")


def templates(out: Out) -> None:
    """Write netmon's own templates, to be changed and named under 'documents' in collector.yaml."""
    for kind in Kind:
        for language in Language:
            path = out / template_name(kind, language)
            if path.exists():
                raise ConfigError(f"{path}: is there already; name another folder")
            save_file(path, own_template(kind, language).data)
            typer.echo(path)

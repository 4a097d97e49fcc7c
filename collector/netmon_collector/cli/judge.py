"""The commands judge and indicator: verdicts and coverage, for people and as JSON."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer

from netmon.clock import SystemClock
from netmon.domain.identifiers import TerritoryId
from netmon.domain.period import FIRST_DAY, LAST_DAY, Period
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from netmon.errors import ConfigError
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config, Json, Lang, named_period, terminal_language
from netmon_collector.documents.verdicts import judgement_document
from netmon_collector.services import Services
from netmon_collector.settings import find_config
from netmon_collector.use_cases.closing import closing_document, verified
from netmon_collector.use_cases.indicator import indicator_at, indicator_document
from netmon_collector.use_cases.judging import judge_period
from netmon_collector.wording import Language, verdict_word
from netmon_collector.wording.coverage import coverage_text

Check = Annotated[bool, typer.Option("--check", help="Exit with 1 when the answer is no.")]
Territory = Annotated[str | None, typer.Option("--territory", metavar="ID", help="Else the roadmap's own.")]


def add_commands(program: typer.Typer) -> None:
    program.command()(judge)
    program.command()(indicator)


def judge(
    period: Annotated[str, typer.Option("--period", metavar="2026-W47|2026-11|2026-11-23")],
    line: Annotated[str | None, typer.Option("--line", metavar="ID")] = None,
    site: Annotated[str | None, typer.Option("--site", metavar="ID")] = None,
    organisation: Annotated[str | None, typer.Option("--organisation", metavar="ID")] = None,
    territory: Territory = None,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Judge a closed period by what is stored now.")
    ] = False,
    revision: Annotated[
        int | None, typer.Option("--revision", metavar="N", help="Of a closed period; else the newest.", min=1)
    ] = None,
    as_json: Json = False,
    check: Check = False,
    lang: Lang = None,
    config: Config = None,
) -> None:
    """Judge lines, sites and organisations over a period, and say why; a closed period is answered as it was closed."""
    wanted = _wanted(line, site, organisation)
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        of, asked = _territory(services, territory), named_period(period)
        closed = None if recompute else services.store.closing(of, asked, revision=revision)
        if closed is None and revision is not None:
            raise ConfigError(f"--revision: the period {period} has no revision {revision} that is to be shown")
        document = (
            _judged(services, of, asked, wanted, as_of=clock.now())
            if closed is None
            else closing_document(
                verified(closed), [one for one in closed.verdicts if wanted in (None, (one.kind, one.id))]
            )
        )
    verdicts: Sequence[Mapping[str, Any]] = document["verdicts"]
    if wanted is not None and not verdicts:
        raise ConfigError(f"the period {period} has no {wanted[0].value} '{wanted[1]}'; see 'registry list'")
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        _print(verdicts, lang or terminal_language())
    is_no = any(verdict["outcome"] != VerdictOutcome.COMPLIANT for verdict in verdicts)
    raise typer.Exit(1 if check and is_no else 0)


def indicator(
    territory: Territory = None,
    at: Annotated[str | None, typer.Option("--at", metavar="DATE", help="Else today.")] = None,
    as_json: Json = False,
    check: Check = False,
    lang: Lang = None,
    config: Config = None,
) -> None:
    """The share of organisations that comply at a date, against the target of its year."""
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        of = _territory(services, territory)
        inputs = services.indicator_inputs(of, now=clock.now())
        zone = services.registry.territory_by_id[of].time_zone
        found = indicator_at(_day(at, clock.now().astimezone(zone)), inputs)
        if as_json:
            typer.echo(json.dumps(indicator_document(found), ensure_ascii=False, indent=2))
        else:
            typer.echo(coverage_text(found, services.registry, lang or terminal_language()))
    raise typer.Exit(1 if check and not found.met else 0)


def _judged(
    services: Services,
    territory: TerritoryId,
    period: Period,
    wanted: tuple[SubjectKind, str] | None,
    *,
    as_of: datetime,
) -> dict[str, Any]:
    """What a period looks like now."""
    found = judge_period(
        territory,
        period,
        evidence=services.store,
        registry=services.registry,
        policy=services.policy,
        calendars=services.calendars,
        as_of=as_of,
    )
    verdicts = [verdict for verdict in found.all() if wanted in (None, (verdict.kind, verdict.id))]
    return judgement_document(found, verdicts, services.registry)


def _wanted(line: str | None, site: str | None, organisation: str | None) -> tuple[SubjectKind, str] | None:
    given = [
        (kind, identifier)
        for kind, identifier in (
            (SubjectKind.LINE, line),
            (SubjectKind.SITE, site),
            (SubjectKind.ORGANISATION, organisation),
        )
        if identifier is not None
    ]
    if len(given) > 1:
        raise ConfigError("--line, --site and --organisation exclude each other; give one")
    return given[0] if given else None


def _territory(services: Services, given: str | None) -> TerritoryId:
    territory = services.roadmap.territory if given is None else TerritoryId(given)
    if territory not in services.registry.territory_by_id:
        raise ConfigError(f"--territory: the registry has no territory '{territory}'")
    return territory


def _day(text: str | None, now: datetime) -> date:
    if text is None:
        return now.date()
    try:
        return Period.parse(Period.day(date.fromisoformat(text)).name).first
    except ValueError as error:
        raise ConfigError(f"--at: '{text}' is no day; write YYYY-MM-DD, from {FIRST_DAY} to {LAST_DAY}") from error


def _print(verdicts: Sequence[Mapping[str, Any]], language: Language) -> None:
    for verdict in verdicts:
        typer.echo(f"{verdict['kind']} {verdict['id']}: {verdict_word(VerdictOutcome(verdict['outcome']), language)}")
        typer.echo(f"    {verdict['explanation'][language.value]}")

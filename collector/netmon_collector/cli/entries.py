"""Commands that enter what no file says: values of indicators, facts of the roadmap, exemptions."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon.domain.entries import Entry, EntryKind
from netmon.errors import ConfigError
from netmon.wire.plain import plain
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config, DryRun, Json, read_file
from netmon_collector.errors import NotFoundError, TableError
from netmon_collector.settings import find_config
from netmon_collector.use_cases.entering import MOST_EVIDENCE_BYTES, GivenFile
from netmon_collector.use_cases.entry_import import understand_entries

_OPERATOR = "operator"
At = Annotated[str, typer.Option("--at", metavar="DATE", help="The day that it is about.")]
Document = Annotated[str, typer.Option("--document", help="What it stands on, such as an order with its number.")]
Role = Annotated[str, typer.Option("--role", help="Who says so: a role, in Russian, never a name.")]
RoleEnglish = Annotated[str, typer.Option("--role-en", help="The same in English; else as in Russian.")]
Evidence = Annotated[Path | None, typer.Option("--evidence", metavar="FILE", help="What proves it; kept in the store.")]
Note = Annotated[str, typer.Option("--note")]
Illustrative = Annotated[bool, typer.Option("--illustrative", help="Made up, and shown as such.")]


def add_to_roadmap(group: typer.Typer) -> None:
    group.command("value")(enter_value)
    group.command("fact")(enter_fact)
    group.command("import")(import_table)
    group.command("take-back")(take_back)
    group.command("log")(show_log)
    group.command("evidence")(write_evidence)


def add_to_registry(group: typer.Typer) -> None:
    group.command("exempt")(exempt)


def enter_value(
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR_ID")],
    at: At,
    document: Document,
    role: Role,
    numerator: Annotated[str, typer.Option("--numerator")] = "",
    denominator: Annotated[str, typer.Option("--denominator")] = "",
    percent: Annotated[str, typer.Option("--percent", help="In place of numerator and denominator.")] = "",
    territory: Annotated[str, typer.Option("--territory", metavar="ID", help="Else the roadmap's own.")] = "",
    role_en: RoleEnglish = "",
    evidence: Evidence = None,
    note: Note = "",
    illustrative: Illustrative = False,
    config: Config = None,
) -> None:
    """Enter the value of an indicator at a day, or correct the one that stands."""
    fields = {
        "indicator": indicator,
        "territory": territory,
        "at": at,
        "numerator": numerator,
        "denominator": denominator,
        "value_percent": percent,
        "document": document,
        "author_role": role,
        "author_role_en": role_en,
        "note": note,
        "illustrative": str(illustrative),
    }
    _enter(EntryKind.VALUE, fields, evidence, config)


def enter_fact(
    of: Annotated[str, typer.Argument(metavar="RESULT_OR_ACTIVITY_ID")],
    at: At,
    document: Document,
    role: Role,
    done: Annotated[bool | None, typer.Option("--done/--not-done", help="Of what has no quantities.")] = None,
    quantities: Annotated[
        list[str] | None, typer.Option("--quantity", metavar="children=110", help="One for each that it asks for.")
    ] = None,
    role_en: RoleEnglish = "",
    evidence: Evidence = None,
    note: Note = "",
    illustrative: Illustrative = False,
    config: Config = None,
) -> None:
    """Enter a fact about a result or an activity, or correct the one of that day."""
    fields = {
        "of": of,
        "at": at,
        "done": "" if done is None else str(done),
        "document": document,
        "author_role": role,
        "author_role_en": role_en,
        "note": note,
        "illustrative": str(illustrative),
    }
    _enter(EntryKind.FACT, {**fields, **_quantities(quantities or [])}, evidence, config)


def exempt(
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION_ID")],
    start: Annotated[str, typer.Option("--from", metavar="DATE")],
    reason: Annotated[str, typer.Option("--reason", help="In Russian.")],
    document: Document,
    role: Annotated[str, typer.Option("--role", help="Who approved it: a role, in Russian, never a name.")],
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="The first day on which it no longer holds.")] = "",
    reason_en: Annotated[str, typer.Option("--reason-en", help="Else as in Russian.")] = "",
    role_en: RoleEnglish = "",
    evidence: Evidence = None,
    note: Note = "",
    config: Config = None,
) -> None:
    """Exempt an organisation from the assessment; the same document and first day again correct the rest."""
    fields = {
        "organisation": organisation,
        "from": start,
        "to": end,
        "reason": reason,
        "reason_en": reason_en,
        "document": document,
        "approver_role": role,
        "approver_role_en": role_en,
        "note": note,
    }
    _enter(EntryKind.EXEMPTION, fields, evidence, config)


def import_table(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv")], dry_run: DryRun = False, config: Config = None
) -> None:
    """Enter a table of values and facts: all of it or nothing. Its column 'evidence' names files beside it."""
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        try:
            found = understand_entries(
                read_file(file),
                services.known(),
                read_evidence=lambda name: _file(file.parent / name),
            )
        except TableError as error:
            for line in error.lines:
                typer.echo(line)
            raise TableError(f"{file}: {error}") from error
        for one in found:
            typer.echo(f"{one.kind.value} {one.subject}")
        if dry_run:
            typer.echo("nothing was entered: a dry run")
            return
        added = services.store.add_entries(found, at=clock.now())
    typer.echo(f"entered {len(added)}; {len(found) - len(added)} stood already")


def take_back(
    kind: Annotated[EntryKind, typer.Argument()],
    subject: Annotated[str, typer.Argument(help="As 'roadmap log' shows it.")],
    document: Document,
    note: Note = "",
    config: Config = None,
) -> None:
    """Leave nothing in the place of a value, a fact or an exemption; what was entered stays in the log."""
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        taken = services.take_back(kind, subject, document=document, entered_by=_OPERATOR, note=note or None)
    typer.echo("nothing stood" if taken is None else f"{taken.number}: took back {kind.value} {subject}")


def show_log(as_json: Json = False, config: Config = None) -> None:
    """Everything that was entered, corrections included, oldest first."""
    with open_services(find_config(config), SystemClock()) as services:
        entries = services.store.entries()
    if as_json:
        typer.echo(json.dumps([plain(one) for one in entries], ensure_ascii=False, indent=2))
        return
    for one in entries:
        typer.echo(f"{one.number}\t{plain(one.at)}\t{one.kind.value}\t{one.subject}\t{_end(one)}")


def write_evidence(
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help="As 'roadmap log' shows it.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    config: Config = None,
) -> None:
    """Write a file that was kept as evidence; an existing file is left alone."""
    with open_services(find_config(config), SystemClock()) as services:
        content = services.store.evidence(sha256.lower())
    if content is None:
        raise NotFoundError(f"no evidence has the SHA-256 '{sha256}'; netmon-collector roadmap log shows them")
    with out.open("xb") as file:
        file.write(content)
    typer.echo(f"{out}: {len(content)} bytes")


def _enter(kind: EntryKind, fields: Mapping[str, str], evidence: Path | None, config: Path | None) -> None:
    with open_services(find_config(config), SystemClock()) as services:
        given = None if evidence is None else _file(evidence)
        added = services.enter(kind, fields, evidence=given)
    typer.echo("just this stands already" if added is None else f"{added.number}: {kind.value} {added.subject}")


def _end(one: Entry) -> str:
    told = ["taken back"] if one.value is None else []
    told += [one.document] + ([] if one.note is None else [one.note])
    if one.evidence is not None:
        told.append(f"{one.evidence.name} {one.evidence.sha256}")
    return "; ".join(told)


def _file(path: Path) -> GivenFile:
    try:
        with path.open("rb") as file:
            return GivenFile(name=path.name, content=file.read(MOST_EVIDENCE_BYTES + 1))
    except OSError as error:
        raise ConfigError(
            f"evidence: {path} cannot be read ({error.strerror}); check the path", key="evidence"
        ) from error


def _quantities(given: list[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, equals, amount = one.partition("=")
        if not equals or name in found:
            raise ConfigError(f"--quantity: '{one}' cannot be used; write each once, as children=110")
        found[name.strip()] = amount
    return found

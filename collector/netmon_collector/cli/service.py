"""Commands that run the collector: serve, migrate, check-config."""

import typer

from netmon.clock import SystemClock
from netmon_collector.cli.options import Config
from netmon_collector.configuration import read_configuration, sync
from netmon_collector.logs import configure_logs
from netmon_collector.report.documents.checking import check_templates
from netmon_collector.settings import find_config, read_settings
from netmon_collector.storage.database import Database
from netmon_collector.storage.migration import migrate as migrate_database
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.calendars import gaps


def add_commands(program: typer.Typer) -> None:
    program.command()(serve)
    program.command()(migrate)
    program.command("check-config")(check_config)


def serve(config: Config = None) -> None:
    """Serve agents and pages until stopped."""
    from netmon_collector.serving import serve as run_collector  # noqa: PLC0415 - most of what there is to load

    configure_logs()
    run_collector(find_config(config), SystemClock())


def migrate(config: Config = None) -> None:
    """Bring the database to this version's schema, and to what the files say."""
    settings = read_settings(find_config(config))
    configuration = read_configuration(settings)
    database = Database(settings.database)
    try:
        before = migrate_database(database)
        changed = sync(configuration, SqlStore(database), at=SystemClock().now())
    finally:
        database.close()
    typer.echo(f"the schema was {before.value}, it is current")
    if changed:
        typer.echo(f"new in force: {', '.join(changed)}")


def check_config(config: Config = None) -> None:
    """Read every file that the configuration names; nothing is started or changed."""
    path = find_config(config)
    settings = read_settings(path)
    found = read_configuration(settings)
    templates = 0 if settings.templates is None else check_templates(settings.templates)
    typer.echo(
        f"{path}: {len(found.registry.organisations)} organisations, {len(found.registry.lines)} lines, "
        f"{len(settings.servers)} measurement servers, policy {found.policy.id}"
    )
    if settings.templates is not None:
        typer.echo(f"{settings.templates}: {templates} templates of documents can be filled")
    for gap in gaps(found.calendars, registry=found.registry, policy=found.policy, at=SystemClock().now()):
        typer.echo(
            f"{settings.calendar}: the calendar of {gap.territory} does not cover {gap.first}, for which slots are "
            "planned by the weekday alone; enter the school year",
            err=True,
        )

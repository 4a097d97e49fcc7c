"""Running a command: every failure is one line on stderr and an exit code."""

import sys
from collections.abc import Callable, Sequence

import typer
from typer.exceptions import TyperException

from netmon import __version__
from netmon.errors import ConfigError, NetmonError
from netmon_collector.cli import (
    accounts,
    agents,
    backup,
    certificate,
    demo,
    documents,
    evidence,
    imports,
    judge,
    mail,
    registry,
    report,
    roadmap,
    service,
)
from netmon_collector.errors import CertificateError, NotFoundError, PackError, RegistryError, TableError

PROGRAM = "netmon-collector"
EXIT_UNUSABLE = 2
EXIT_OUTSIDE = 3

_GROUPS: tuple[Callable[[typer.Typer], None], ...] = (
    service.add_commands,
    accounts.add_commands,
    agents.add_commands,
    backup.add_commands,
    certificate.add_commands,
    registry.add_commands,
    demo.add_commands,
    documents.add_commands,
    evidence.add_commands,
    imports.add_commands,
    judge.add_commands,
    report.add_commands,
    mail.add_commands,
    roadmap.add_commands,
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 answered, 1 the answer is no, 2 unusable arguments or config, 3 something outside failed."""
    command = typer.main.get_command(_program())
    try:
        code = command.main(args=list(sys.argv[1:] if arguments is None else arguments), standalone_mode=False)
    except TyperException as error:
        return _fail(" ".join(error.format_message().split()), EXIT_UNUSABLE)
    except typer.Abort:
        return _fail("stopped", EXIT_OUTSIDE)
    except (CertificateError, ConfigError, RegistryError, NotFoundError, PackError, TableError) as error:
        return _fail(str(error), EXIT_UNUSABLE)
    except NetmonError as error:
        return _fail(str(error), EXIT_OUTSIDE)
    except OSError as error:
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}", EXIT_OUTSIDE)
    return code if isinstance(code, int) else 0


def _program() -> typer.Typer:
    program = typer.Typer(
        name=PROGRAM,
        help="Collector of netmon: plans, stores, judges and shows the measurements of schools' Internet lines.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        no_args_is_help=False,
    )

    @program.callback(invoke_without_command=False)
    def options(
        version: bool = typer.Option(
            False, "--version", callback=_show_version, is_eager=True, help="Show the version."
        ),
    ) -> None:
        del version

    for add_commands in _GROUPS:
        add_commands(program)
    return program


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _fail(message: str, code: int) -> int:
    typer.echo(f"{PROGRAM}: {message}", err=True)
    return code

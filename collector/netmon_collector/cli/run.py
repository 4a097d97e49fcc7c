"""Running a command: every failure is one line on stderr and an exit code."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module

import typer
from typer.exceptions import TyperException

from netmon import __version__
from netmon.errors import ConfigError, NetmonError
from netmon_collector.errors import CertificateError, NotFoundError, PackError, RegistryError, TableError

PROGRAM = "netmon-collector"
EXIT_UNUSABLE = 2
EXIT_OUTSIDE = 3

# A module knows its commands only once it is loaded, and that with all it needs: so only the one that is asked for is.
MODULES: Mapping[str, tuple[str, ...]] = {
    "service": ("serve", "migrate", "check-config"),
    "accounts": ("user",),
    "agents": ("enrolment-code", "agent"),
    "backup": ("backup", "restore"),
    "certificate": ("certificate",),
    "registry": ("registry",),
    "demo": ("demo",),
    "documents": ("document", "documents"),
    "evidence": ("evidence",),
    "imports": ("import",),
    "judge": ("judge", "indicator"),
    "report": ("report",),
    "mail": ("mail",),
    "roadmap": ("roadmap",),
}


def run(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 answered, 1 the answer is no, 2 unusable arguments or config, 3 something outside failed."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = typer.main.get_command(program(_modules_for(words)))
    try:
        code = command.main(args=words, standalone_mode=False)
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


def _modules_for(words: Sequence[str]) -> Iterable[str]:
    """The module of the command that is asked for; all of them where help or a mistake must know every command."""
    asked = [module for module, commands in MODULES.items() if words and words[0] in commands]
    return asked or MODULES


def program(modules: Iterable[str]) -> typer.Typer:
    """netmon-collector with the commands of some modules."""
    found = typer.Typer(
        name=PROGRAM,
        help="Collector of netmon: plans, stores, judges and shows the measurements of schools' Internet lines.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        no_args_is_help=False,
    )

    @found.callback(invoke_without_command=False)
    def options(
        version: bool = typer.Option(
            False, "--version", callback=_show_version, is_eager=True, help="Show the version."
        ),
    ) -> None:
        del version

    for module in modules:
        import_module(f"netmon_collector.cli.{module}").add_commands(found)
    return found


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _fail(message: str, code: int) -> int:
    typer.echo(f"{PROGRAM}: {message}", err=True)
    return code

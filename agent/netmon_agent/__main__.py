"""The command netmon-agent: a table of subcommands, each registered by its own module."""

import argparse
import sys
from collections.abc import Callable, Sequence

from netmon import __version__
from netmon.config.arguments import OneLineParser
from netmon.errors import ConfigError, NetmonError
from netmon_agent import cli_doctor, cli_enrol, cli_measure, cli_run

_SUBCOMMANDS: tuple[Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None], ...] = (
    cli_enrol.add_parser,
    cli_run.add_parser,
    cli_measure.add_parser,
    cli_doctor.add_parser,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 answered, 1 the answer is no, 2 unusable arguments or config, 3 something outside failed."""
    parser: argparse.ArgumentParser = OneLineParser(prog="netmon-agent", description="Agent of netmon.")
    parser.add_argument("--version", action="version", version=f"netmon-agent {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add_parser in _SUBCOMMANDS:
        add_parser(commands)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except ConfigError as error:
        print(f"netmon-agent: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except (NetmonError, OSError) as error:
        print(f"netmon-agent: {error}", file=sys.stderr)  # noqa: T201
        return 3


if __name__ == "__main__":
    sys.exit(main())

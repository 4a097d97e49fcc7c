"""The command netmon-agent: a table of subcommands, of which only the one that is asked for is loaded."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from netmon import __version__
from netmon.config.arguments import OneLineParser
from netmon.errors import ConfigError, NetmonError

_SUBCOMMANDS = ("enrol", "run", "measure", "doctor")


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """With the one subcommand that is meant, else with all: a service carries none that it does not run."""
    parser: argparse.ArgumentParser = OneLineParser(prog="netmon-agent", description="Agent of netmon.")
    parser.add_argument("--version", action="version", version=f"netmon-agent {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    meant = words[0] if words else ""
    for name in (meant,) if meant in _SUBCOMMANDS else _SUBCOMMANDS:
        import_module(f"netmon_agent.cli_{name}").add_parser(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 answered, 1 the answer is no, 2 unusable arguments or config, 3 something outside failed."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser(words).parse_args(words)
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

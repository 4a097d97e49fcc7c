"""The subcommand `run`: the agent as a service."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from netmon.wire.canonical import canonical_json
from netmon_agent.settings import find_settings
from netmon_agent.settings_file import read_settings, settings_document

_FOR_MALLOC: Mapping[str, str] = {
    "MALLOC_ARENA_MAX": "1",  # threads of their own heaps cost memory and gain an agent nothing
    "MALLOC_TRIM_THRESHOLD_": "65536",  # what a timetable or a measurement needed for a moment goes back
    "MALLOC_TOP_PAD_": "0",
}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = commands.add_parser("run", help="measure by the timetable and report, until told to stop")
    parser.add_argument("--config", type=Path, metavar="FILE", help="agent.yaml")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 0 after SIGTERM or SIGINT, 2 unusable settings, 3 when the state folder cannot be used."""
    settings = read_settings(find_settings(options.config, os.environ))
    become(canonical_json(settings_document(settings)))
    return 3  # not reached: the process is another one by now


def become(document: bytes) -> None:
    """Replace this process by the resident agent. Does not return; raises OSError."""
    descriptor = os.memfd_create("settings", 0)
    os.write(descriptor, document)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.set_inheritable(descriptor, True)
    path = os.pathsep.join(os.path.abspath(place) for place in sys.path if place)  # noqa: PTH100 - a file of zip too
    code = "import sys; from netmon_agent.resident import main; sys.exit(main())"
    command = [sys.executable, "-S", "-P", "-c", code, str(descriptor)]
    os.execve(sys.executable, command, {**os.environ, **_FOR_MALLOC, "PYTHONPATH": path})  # noqa: S606

"""The subcommand `run`: the agent as a service."""

import argparse
import os
import signal
import sys
from pathlib import Path

from netmon.clock import Clock
from netmon.wire.canonical import format_time
from netmon_agent.app import Agent, Surroundings, boot_id
from netmon_agent.aside import in_a_child
from netmon_agent.boot_clock import BootClock, DeviceClock, LastKnownTime, asleep_s
from netmon_agent.identity import Identity
from netmon_agent.meter import MethodMeter
from netmon_agent.methods import native
from netmon_agent.notify import ServiceManager
from netmon_agent.organic import OrganicTraffic
from netmon_agent.path.readiness import readiness
from netmon_agent.settings import Settings, find_settings
from netmon_agent.state import StateLock, prepare_folder


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = commands.add_parser("run", help="measure by the timetable and report, until told to stop")
    parser.add_argument("--config", type=Path, metavar="FILE", help="agent.yaml")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 0 after SIGTERM or SIGINT, 2 unusable settings, 3 when the state folder cannot be used."""
    path = find_settings(options.config, os.environ)
    settings = in_a_child(lambda: _read(path))
    prepare_folder(settings.state_dir)
    clock = BootClock(DeviceClock(), earliest=LastKnownTime(settings.state_dir).earliest)
    with StateLock(settings.state_dir):
        identity = Identity.load(settings.state_dir)
        around = Surroundings(
            clock=clock,
            meter=MethodMeter(native.measure, clock=clock, emulated_line=settings.emulated_line),
            organic=OrganicTraffic(clock, emulated_line=settings.emulated_line),
            say=StderrLog(clock),
            boot=boot_id(),
            asleep_s=asleep_s,
            path_diagnosis=readiness(),
            manager=ServiceManager(os.environ),
        )
        agent = Agent(settings, identity, around)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: agent.service.stop())
        around.say(f"{identity.agent} runs, state in {settings.state_dir}")
        return agent.run()


def _read(path: Path) -> Settings:
    from netmon_agent.settings_file import read_settings  # noqa: PLC0415 - the YAML reader stays in the child

    return read_settings(path)


class StderrLog:
    """One line an event on standard error, in UTC."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, message: str, /) -> None:
        line = "".join(character if character.isprintable() else " " for character in message)
        sys.stderr.write(f"{format_time(self._clock.now())[:19]}Z {line}\n")
        sys.stderr.flush()

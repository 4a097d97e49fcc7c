"""The agent as it stays in memory: `run` has read the settings, and replaces itself by this.

So nothing that only the start needs (YAML, argparse) is there, and the C library's memory is set up before it is used.
"""

import gc
import os
import signal
import sys

from netmon_agent.deferred import defer

defer("inspect")  # dataclasses import it, for classes without a docstring
defer("urllib.parse", "quote_from_bytes")  # pathlib imports it, for as_uri()

from netmon.clock import Clock  # noqa: E402
from netmon.errors import NetmonError  # noqa: E402
from netmon.wire.canonical import format_time, parse_object  # noqa: E402
from netmon_agent.app import Agent, Surroundings, boot_id  # noqa: E402
from netmon_agent.boot_clock import BootClock, DeviceClock, LastKnownTime, asleep_s  # noqa: E402
from netmon_agent.identity import Identity  # noqa: E402
from netmon_agent.meter import MethodMeter  # noqa: E402
from netmon_agent.notify import ServiceManager  # noqa: E402
from netmon_agent.organic import OrganicTraffic  # noqa: E402
from netmon_agent.path.readiness import readiness  # noqa: E402
from netmon_agent.settings import Settings, settings_of  # noqa: E402
from netmon_agent.state import StateLock, prepare_folder  # noqa: E402

_MOST_SETTINGS = 1_000_000


def main() -> int:
    """Exit code 0 after SIGTERM or SIGINT, 3 when the state folder cannot be used."""
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        settings = settings_of(parse_object(file.read(), limit=_MOST_SETTINGS))
    try:
        return run(settings)
    except (NetmonError, OSError) as error:
        sys.stderr.write(f"netmon-agent: {error}\n")
        return 3


def run(settings: Settings) -> int:
    """Measure and report until told to stop."""
    prepare_folder(settings.state_dir)
    clock = BootClock(DeviceClock(), earliest=LastKnownTime(settings.state_dir).earliest)
    with StateLock(settings.state_dir):
        identity = Identity.load(settings.state_dir)
        around = Surroundings(
            clock=clock,
            meter=MethodMeter(clock=clock, emulated_line=settings.emulated_line),
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
        gc.collect()  # what only the start needed, before anything is built around it
        return agent.run()


class StderrLog:
    """One line an event on standard error, in UTC."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, message: str, /) -> None:
        line = "".join(character if character.isprintable() else " " for character in message)
        sys.stderr.write(f"{format_time(self._clock.now())[:19]}Z {line}\n")
        sys.stderr.flush()

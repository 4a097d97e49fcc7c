"""The subcommand `doctor`: one page about what is wrong."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from netmon.clock import SystemClock
from netmon_agent.boot_clock import BootClock, LastKnownTime
from netmon_agent.doctor import device, line, machine, network
from netmon_agent.doctor.patient import Patient
from netmon_agent.doctor.phrasebook import LANGUAGES, language_of, translator
from netmon_agent.doctor.report import Finding, Status, page
from netmon_agent.errors import StateError
from netmon_agent.identity import Identity
from netmon_agent.settings import Settings, find_settings
from netmon_agent.settings_file import read_settings
from netmon_agent.timetable import TimetableCache

# In the order in which somebody would look for a mistake.
_CHECKS: tuple[Callable[[Patient], Iterator[Finding]], ...] = (
    device.check_enrolment,
    device.check_permissions,
    device.check_disk,
    line.check_interface,
    line.check_gateway,
    network.check_dns,
    network.check_proxy,
    network.check_collector,
    network.check_servers,
    machine.check_processor,
    machine.check_congestion_control,
    machine.check_buffers,
    machine.check_path_diagnosis,
    device.check_outbox,
    device.check_traffic,
)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = commands.add_parser("doctor", help="say on one page what is wrong with this device")
    parser.add_argument("--config", type=Path, metavar="FILE", help="agent.yaml")
    parser.add_argument("--lang", choices=LANGUAGES, help="of the page; else that of the locale, Russian by default")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 0 no problem, 2 unusable settings, 3 problems."""
    patient = examine(read_settings(find_settings(options.config, os.environ)))
    findings = [finding for check in _CHECKS for finding in check(patient)]
    sys.stdout.write(page(findings, translator(options.lang or language_of(dict(os.environ)))))
    problems = sum(one.status is Status.PROBLEM for one in findings)
    if problems:
        sys.stderr.write(f"netmon-agent: the doctor found problems: {problems}\n")
    return 3 if problems else 0


def examine(settings: Settings) -> Patient:
    """What is known of the device before the first check."""
    identity, why = None, ""
    try:
        identity = Identity.load(settings.state_dir)
    except StateError as error:
        why = str(error)
    return Patient(
        settings=settings,
        identity=identity,
        unenrolled=why,
        timetable=TimetableCache(settings.state_dir, say=lambda _: None).current(),
        clock=BootClock(SystemClock(), earliest=LastKnownTime(settings.state_dir).earliest),
    )

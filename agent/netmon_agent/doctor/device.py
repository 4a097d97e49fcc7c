"""Checks of what the agent keeps on the device: identity, permissions, disk, outbox."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from netmon.wire.records import AnswerResult
from netmon_agent import identity as identity_file
from netmon_agent import outbox_schema
from netmon_agent.collector_time import CollectorTime
from netmon_agent.doctor.patient import Patient
from netmon_agent.doctor.report import Finding, fine, note, problem
from netmon_agent.doctor.texts import Text
from netmon_agent.ledger import TrafficLedger, cap_for
from netmon_agent.outbox_copy import copied

_SPARE_MB = 20


def check_enrolment(patient: Patient) -> Iterator[Finding]:
    who, path = patient.identity, patient.settings.state_dir / identity_file.FILE
    if who is not None:
        yield fine(Text.ENROLMENT, Text.ENROLLED, agent=who.agent, line=who.line)
    elif _is_absent(path):
        yield problem(Text.ENROLMENT, Text.NOT_ENROLLED, Text.ENROL, path=path)
    else:
        yield problem(Text.ENROLMENT, Text.IDENTITY_UNUSABLE, Text.ENROL, problem=patient.unenrolled)


def _is_absent(path: Path) -> bool:
    """Whether it is known that there is nothing: a folder that may not be looked into tells nothing."""
    try:
        path.stat()
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return False


def check_permissions(patient: Patient) -> Iterator[Finding]:
    folder = patient.settings.state_dir
    if _is_absent(folder):
        yield note(Text.PERMISSIONS, Text.STATE_MISSING, folder=folder)
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield problem(Text.PERMISSIONS, Text.STATE_UNUSABLE, Text.STATE_OWNER, folder=folder)
        return
    for path in (folder, folder / identity_file.FILE):
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield problem(Text.PERMISSIONS, Text.STATE_OPEN, Text.STATE_CLOSE, path=path)
            return
    yield fine(Text.PERMISSIONS, Text.STATE_USABLE, folder=folder)


def check_disk(patient: Patient) -> Iterator[Finding]:
    folder = patient.settings.state_dir
    try:
        disk = os.statvfs(folder)
    except OSError:
        return  # said by the permissions
    free_mb = disk.f_bavail * disk.f_frsize // 1_000_000
    need_mb = patient.settings.outbox_max_bytes // 1_000_000 + _SPARE_MB
    fields = {"free_mb": free_mb, "need_mb": need_mb, "folder": folder}
    if free_mb < need_mb:
        yield problem(Text.DISK, Text.DISK_FULL, Text.DISK_CLEAN, **fields)
    else:
        yield fine(Text.DISK, Text.DISK_FREE, **fields)


def check_traffic(patient: Patient) -> Iterator[Finding]:
    time = CollectorTime(patient.clock)
    time.learn(patient.clock.now(), monotonic=patient.clock.monotonic())  # good enough to know the month
    ledger = TrafficLedger(patient.settings.state_dir, time)
    used, cap = sum(ledger.spent().values()), cap_for(patient.timetable, patient.settings.monthly_bytes)
    fields = {"used_mb": used // 1_000_000, "cap_mb": cap // 1_000_000}
    if used >= cap:
        yield problem(Text.TRAFFIC, Text.TRAFFIC_SPENT, Text.TRAFFIC_MEND, **fields)
    else:
        yield fine(Text.TRAFFIC, Text.TRAFFIC_FINE, **fields)


def check_outbox(patient: Patient) -> Iterator[Finding]:
    """The service may run meanwhile."""
    path = patient.settings.state_dir / outbox_schema.FILE
    if not path.exists():
        yield note(Text.OUTBOX, Text.OUTBOX_ABSENT)
        return
    try:
        with copied(path.parent) as database:
            waiting = database.execute("SELECT count(*) FROM records").fetchone()[0]
            dropped = database.execute("SELECT coalesce(sum(records), 0) FROM dropped").fetchone()[0]
            aside = dict(database.execute("SELECT result, count(*) FROM aside GROUP BY result").fetchall())
    except (OSError, sqlite3.Error) as error:
        yield problem(Text.OUTBOX, Text.OUTBOX_BROKEN, Text.OUTBOX_BROKEN_MEND, problem=error)
        return
    conflicts = aside.get(AnswerResult.CONFLICT.value, 0)
    if conflicts:
        yield problem(Text.OUTBOX, Text.OUTBOX_CONFLICT, Text.OUTBOX_CONFLICT_MEND, count=conflicts)
    elif dropped:
        yield problem(Text.OUTBOX, Text.OUTBOX_LOST, Text.OUTBOX_LOST_MEND, dropped=dropped)
    else:
        yield fine(Text.OUTBOX, Text.OUTBOX_FINE, waiting=waiting, aside=sum(aside.values()), dropped=dropped)

"""A collector that is killed at one point of delivery: ``python -m tests.support.killed_delivery URL PORT POINT``."""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from netmon_collector.mail import SmtpMailer
from netmon_collector.storage.database import Database
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.delivery import DeliveryResult, Mailer, Marks, deliver
from netmon_collector.use_cases.mail_queue import ClaimedMail
from tests.support.mails import a_mail_server
from tests.support.store import FakeClock

POINTS = ("claimed", "offered", "begun", "taken", "marked")


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process goes no further")


@dataclass(frozen=True, slots=True)
class _Mortal:
    """Dies at a point of the first mail."""

    marks: Marks
    point: str

    def begins(self, mail: ClaimedMail) -> bool:
        if self.point == "offered":
            _die()
        begins = self.marks.begins(mail)
        if self.point == "begun":
            _die()
        return begins

    def ended(self, mail: ClaimedMail, result: DeliveryResult, reason: str) -> None:
        if self.point == "taken":
            _die()
        self.marks.ended(mail, result, reason)
        if self.point == "marked":
            _die()


@dataclass(frozen=True, slots=True)
class _MortalMailer:
    mailer: Mailer
    point: str

    def send(self, mails: Sequence[ClaimedMail], marks: Marks) -> str | None:
        if self.point == "claimed":
            _die()
        return self.mailer.send(mails, _Mortal(marks, self.point))


if __name__ == "__main__":
    url, port, point = sys.argv[1:]
    mailer = _MortalMailer(SmtpMailer(a_mail_server(int(port))), point)
    deliver(queue=SqlStore(Database(url)), mailer=mailer, clock=FakeClock(), holder="mortal", per_minute=1000)

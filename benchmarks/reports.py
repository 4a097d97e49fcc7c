"""Reports: a district's week in every format beside its summary alone, and a thousand recipients beside one."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from netmon.domain.mailing import MailKind, Recipient
from netmon.domain.period import Period
from netmon_collector.app import open_services
from netmon_collector.jobs import Jobs
from netmon_collector.mail_settings import MailServer, Security
from netmon_collector.mailing import queue_report
from netmon_collector.report.formats import Format, ReportInputs, render_report
from netmon_collector.report.links import Links
from netmon_collector.services import Services
from netmon_collector.use_cases.summary import Summary, summarise
from netmon_collector.wording import Language
from tests.support.simulated import UNTIL, a_simulated_district
from tests.support.store import FakeClock

T = TypeVar("T")
_WEEK = Period.parse("2026-W46")
_REPEATS = 5
_RECIPIENTS = 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        config = a_simulated_district(Path(temporary), weeks=3)
        with open_services(config, FakeClock(UNTIL)) as services:
            Jobs(services).close()
            _formats(services)
            _recipients(services)


def _formats(services: Services) -> None:
    """The first run of each format loads its library: it is printed beside the median of the others."""
    alone, summary = _seconds(lambda: _summary(services))
    _print(part="summary", median_s=alone, lines=len(summary.lines), load=os.getloadavg()[0])
    for form in Format:
        inputs = ReportInputs(summary=summary, language=Language.RU, links=Links(None))
        started = time.perf_counter()
        render_report(inputs, form)
        first = time.perf_counter() - started
        median, rendered = _seconds(partial(render_report, inputs, form))
        _print(part=form.value, first_s=first, median_s=median, beside_summary=median / alone, size=len(rendered.data))


def _recipients(services: Services) -> None:
    server = MailServer(host="localhost", port=25, security=Security.NONE, sender="netmon@example.org")
    with_mail = replace(services, settings=replace(services.settings, mail=server))
    summary = _summary(services)
    one = _queue(with_mail, summary, 1, "one")
    many = _queue(with_mail, summary, _RECIPIENTS, "many")
    _print(part="recipients", number=_RECIPIENTS, took_s=many, one_took_s=one, times_one=many / one)


def _queue(services: Services, summary: Summary, number: int, name: str) -> float:
    kinds = frozenset({MailKind.REPORT})
    recipients = [
        Recipient(address=f"{name}-{place}@example.org", territory=summary.territory.id, language="ru", kinds=kinds)
        for place in range(number)
    ]
    started = time.perf_counter()
    queued = queue_report(services, summary, recipients)
    took = time.perf_counter() - started
    if queued != number:
        raise RuntimeError(f"{queued} of {number} mails were queued")
    return took


def _summary(services: Services) -> Summary:
    return summarise(services.summary_inputs(services.roadmap.territory, now=UNTIL), _WEEK)


def _seconds(run: Callable[[], T]) -> tuple[float, T]:
    """The median of some runs, and what the last one gave."""
    took: list[float] = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        found = run()
        took.append(time.perf_counter() - started)
    return sorted(took)[_REPEATS // 2], found


def _print(**figures: object) -> None:
    shown = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
    sys.stdout.write(json.dumps(shown) + "\n")


if __name__ == "__main__":
    main()

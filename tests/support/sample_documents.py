"""Every document that netmon makes, from the simulated district: ``make samples``."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from netmon.domain.period import Period
from netmon_collector.app import open_services
from netmon_collector.cli.run import run
from netmon_collector.jobs import Jobs
from netmon_collector.mailing.alerts import AlertsSent, alert_due, latest_slots
from netmon_collector.report.documents.templates import Kind
from netmon_collector.report.links import Links
from netmon_collector.report.mails import RenderedMail, alert_mail, digest_mail, report_mail
from netmon_collector.services import Services
from netmon_collector.use_cases.summary import summarise
from netmon_collector.wording import Language
from tests.support.simulated import UNTIL, a_simulated_district
from tests.support.store import FakeClock

WEEK = "2026-W46"
_SUBJECTS = {Kind.ACT: ("--line", "line-16"), Kind.PROVIDER: ("--provider", "provider-c")}


def main(out: Path) -> None:
    with TemporaryDirectory() as temporary:
        config = a_simulated_district(Path(temporary), weeks=3)
        with open_services(config, FakeClock(UNTIL)) as services:
            Jobs(services).close()
            for language in Language:
                _mails(services, out, language)
        for language in Language:
            common = ("--config", str(config), "--lang", language.value)
            _do("report", "--period", WEEK, "--out", str(out), *common)
            for kind in Kind:
                _do("document", "--kind", kind, "--period", WEEK, "--out", str(out), *_SUBJECTS.get(kind, ()), *common)
            _do("enrolment-code", "line-01", "--sheet", str(out / f"enrolment-sheet.{language.value}.pdf"), *common)
        _do("evidence", "--line", "line-16", "--period", WEEK, "--out", str(out), "--config", str(config))


def _do(*arguments: str) -> None:
    if run(arguments):
        raise SystemExit(f"netmon-collector {' '.join(arguments)} failed")


def _mails(services: Services, out: Path, language: Language) -> None:
    """The mails of a week, of a day and of a line, as their HTML and their text."""
    territory, links = services.roadmap.territory, Links("https://netmon.example.org")
    inputs = services.summary_inputs(territory, now=UNTIL)
    _save(report_mail(summarise(inputs, Period.parse(WEEK)), language=language, links=links), out, "report", language)
    day = Period.day(UNTIL.date())
    _save(digest_mail(summarise(inputs, day), language=language, links=links), out, "digest", language)
    for line, slots in latest_slots(services, territory, UNTIL):
        rule = services.mailing.alert
        at = slots[-1].slot.ends_at
        alert = alert_due(territory, line, slots, AlertsSent.of(()), rule=rule, at=at)
        if alert is not None:
            _save(alert_mail(alert, services.registry, language=language, links=links), out, "alert", language)
            return


def _save(mail: RenderedMail, out: Path, name: str, language: Language) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for suffix, text in (("html", mail.html), ("txt", f"{mail.subject}\n\n{mail.text}")):
        path = out / f"mail-{name}.{language.value}.{suffix}"
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

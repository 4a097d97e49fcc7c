"""Scheduled work: only here APScheduler. A job runs once, however many collectors share the database."""

import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from netmon.domain.closing import Link, working_date
from netmon.domain.registry import Territory
from netmon.errors import NetmonError
from netmon_collector.documents.canonical import canonical_document
from netmon_collector.errors import StoreError
from netmon_collector.mailing import DueMails, Mailings
from netmon_collector.services import Services
from netmon_collector.use_cases.closing import ClosingInputs, close_due, revise
from netmon_collector.use_cases.days import keep_days
from netmon_collector.use_cases.retention import roll_up, rolled_up_until
from netmon_collector.use_cases.timetable import plan

_LEASE = timedelta(minutes=15)
_EVERY = timedelta(hours=1)
_CLOSING_EVERY = timedelta(minutes=10)
_PLANNING = "planning"
_CLOSING = "closing"
_DAYS_EVERY = timedelta(minutes=15)
_DAYS = "days"
_RETENTION = "retention"
_ENTRIES = "entries"
_ENTRIES_EVERY = timedelta(seconds=10)
_MAILS = "mails"
_MAILS_EVERY = timedelta(minutes=1)
_SENDING = "sending"
_SENDING_EVERY = timedelta(seconds=15)
_log = logging.getLogger(__name__)


class Jobs:
    """The scheduled work of one collector process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._holder = secrets.token_hex(8)
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._mailings = Mailings(services)

    def start(self) -> None:
        """Plan at once and from then on; the first plan is done when this returns."""
        self.plan()
        later = self._services.clock.now() + _EVERY
        self._add(_PLANNING, self.plan, _EVERY, first=later)
        self._add(_CLOSING, self.close, _CLOSING_EVERY)
        self._add(_DAYS, self.aggregate, _DAYS_EVERY)
        self._add(_RETENTION, self.retain, _EVERY)
        self._add(_ENTRIES, self.refresh, _ENTRIES_EVERY)
        self._mailings.say_what_is_missing()
        if self._mailings.is_set_up:
            self._add(_MAILS, self.queue_mails, _MAILS_EVERY)
            self._add(_SENDING, self.send_mails, _SENDING_EVERY)
        self._scheduler.start()

    def _add(self, name: str, run: Callable[[], None], every: timedelta, *, first: datetime | None = None) -> None:
        """Runs that were missed are caught up in one."""
        self._scheduler.add_job(
            run,
            IntervalTrigger(seconds=every.total_seconds()),
            id=name,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=first or self._services.clock.now(),
        )

    def stop(self) -> None:
        """Let running jobs end and start no more."""
        self._scheduler.shutdown(wait=True)

    def plan(self) -> None:
        """Issue the slots up to the horizon, unless another collector has done it this time."""
        at, services = self._services.clock.now(), self._services
        servers = [(server.id, server.budget_bps) for server in services.settings.servers.values()]
        inputs = (services.filed.registry, services.policy, services.calendars, servers)
        due = f"{canonical_document('planning', inputs).hash[:16]}@{int(at.timestamp() // _EVERY.total_seconds())}"
        self._once(_PLANNING, due, at, lambda: self._plan(at))

    def _plan(self, at: datetime) -> None:
        lead = timedelta(seconds=self._services.settings.issue_lead_s)
        done = plan(store=self._services.store, inputs=self._services.planning, at=at + lead)
        if done.positions or done.slots:
            _log.info("planned %d slots, %d new positions", done.slots, done.positions)
        for line in done.unplaced:
            _log.warning("line %s has no slots: no measurement server has room for it", line)

    def close(self) -> None:
        """Close what is due, and once a day look at what was closed lately, unless another collector does."""
        at = self._services.clock.now()
        due = str(int(at.timestamp() // _CLOSING_EVERY.total_seconds()))
        for territory in self._services.registry.territories:
            self._once(f"{_CLOSING} {territory.id}", due, at, self._closing(territory, at, close_due))
            day = working_date(at, territory.time_zone).isoformat()
            self._once(f"revising {territory.id}", day, at, self._closing(territory, at, revise))

    def _closing(
        self, territory: Territory, at: datetime, work: Callable[[ClosingInputs], Sequence[Link]]
    ) -> Callable[[], None]:
        def run() -> None:
            for link in work(self._services.closing_inputs(territory.id, now=at)):
                _log.info("closed %s of %s, revision %d", link.period.name, link.territory, link.revision)

        return run

    def aggregate(self) -> None:
        """Bring the day aggregates up to date, unless another collector does."""
        at = self._services.clock.now()
        due = str(int(at.timestamp() // _DAYS_EVERY.total_seconds()))
        inputs = self._services.day_inputs(at)
        self._once(_DAYS, due, at, lambda: keep_days(store=self._services.store, inputs=inputs))

    def retain(self) -> None:
        """Roll up what got too old, once a day."""
        at = self._services.clock.now()
        due, store = rolled_up_until(at).isoformat(), self._services.store

        def run() -> None:
            done = store.done_for(_RETENTION)
            since = None if done is None else date.fromisoformat(done)
            fewer = roll_up(store=store, registry=self._services.registry, since=since, now=at)
            if fewer:
                _log.info("latency windows before %s became hours: %d rows fewer", due, fewer)

        self._once(_RETENTION, due, at, run)

    def refresh(self) -> None:
        """Take in what was entered by way of other collectors: each does this for itself; new lines are planned."""
        before = self._services.filed.registry
        try:
            self._services.refresh()
            if self._services.filed.registry is not before:
                self.plan()
        except StoreError as error:
            _log.error("%s failed and will be tried again: %s", _ENTRIES, error)

    def queue_mails(self) -> None:
        """Queue the mails that are due, each once whatever collector does."""
        at = self._services.clock.now()
        try:
            for one in self._mailings.due(at):
                self._once(one.name, one.due, at, partial(self._queue, one))
        except StoreError as error:
            _log.error("%s failed and will be tried again: %s", _MAILS, error)

    @staticmethod
    def _queue(due: DueMails) -> None:
        queued = due.queue()
        if queued:
            _log.info("%s: %d mails queued", due.name, queued)

    def send_mails(self) -> None:
        """Send what is due; collectors do it side by side, each its own mails."""
        try:
            self._mailings.send()
        except StoreError as error:
            _log.error("%s failed and will be tried again: %s", _SENDING, error)

    def _once(self, name: str, due: str, at: datetime, run: Callable[[], object]) -> None:
        store = self._services.store
        try:
            if not store.claim(name, holder=self._holder, due=due, at=at, until=at + _LEASE):
                return
            try:
                run()
            except BaseException:
                store.give_up(name, holder=self._holder)
                raise
            store.done(name, holder=self._holder, due=due, at=at)
        except NetmonError as error:
            _log.error("%s failed and will be tried again: %s", name, error)

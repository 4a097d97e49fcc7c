"""Alerts: a line of which too many of its last decided slots were bad, once, and once more when it is well again.

Whether somebody was told already is read off the queue: revision 1 of an alert is the bad news, revision 2 the good.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.mailing import AlertRule, MailKind
from netmon.domain.period import Period
from netmon.domain.registry import LineRole
from netmon.domain.slot import JudgedSlot, Outcome
from netmon_collector.mailing.queueing import Letter, links_of, queue_letter
from netmon_collector.report.content.alert import AlertedSlot, LineAlert
from netmon_collector.report.mails import alert_mail
from netmon_collector.services import Services
from netmon_collector.use_cases.calendars import calendar_of
from netmon_collector.use_cases.judging import judge_period
from netmon_collector.use_cases.mail_queue import MailRow

BELOW, RECOVERED = 1, 2  # revisions of an alert
_LOOK_BACK = timedelta(days=120)  # the longest vacation, for the school day before


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """Bad news that was sent: about which line, since when it was bad, to whom."""

    line: LineId
    since: datetime
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsSent:
    """What the queue knows: alerts that nobody took back, and when lines last recovered."""

    open: Mapping[LineId, OpenAlert]
    recovered_at: Mapping[LineId, datetime]

    @classmethod
    def of(cls, rows: Iterable[MailRow]) -> "AlertsSent":
        """`rows` are the mails of kind ALERT about one territory."""
        told: dict[tuple[LineId, datetime], set[str]] = {}
        ended: dict[tuple[LineId, datetime], datetime] = {}
        for row in rows:
            key = _subject(row.key.period)
            if row.key.revision == BELOW:
                told.setdefault(key, set()).add(row.key.address)
            else:
                ended[key] = max(row.queued_at, ended.get(key, row.queued_at))
        latest: dict[LineId, datetime] = {}
        for (line, _), at in ended.items():
            latest[line] = max(at, latest.get(line, at))
        standing = {
            line: OpenAlert(line=line, since=since, addresses=frozenset(addresses))
            for (line, since), addresses in sorted(told.items())
            if (line, since) not in ended
        }
        return cls(open=standing, recovered_at=latest)


def alert_due(
    territory: TerritoryId,
    line: LineId,
    slots: Sequence[JudgedSlot],
    sent: AlertsSent,
    *,
    rule: AlertRule,
    at: datetime,
) -> LineAlert | None:
    """What is to be said at once about a line, if anything. `slots` are in order of time, the latest last.

    Only a slot that ended lately gives rise to it: what a device brings after days without a connection is history.
    """
    decided = [one for one in slots if one.outcome is not Outcome.EXCLUDED]
    if not decided or at - decided[-1].slot.ends_at > rule.fresh:
        return None
    known = sent.open.get(line)
    if known is not None:
        last = decided[-rule.recovered_after :]
        well = len(last) == rule.recovered_after and all(one.outcome is Outcome.PASS for one in last)
        well = well and last[0].slot.starts_at > known.since
        return _alert(territory, line, last, since=known.since, recovered=True) if well else None
    after = sent.recovered_at.get(line)
    last = [one for one in decided if after is None or one.slot.starts_at > after][-rule.of :]
    bad = [one for one in last if one.outcome is Outcome.FAIL]
    if len(bad) < rule.bad:
        return None
    return _alert(territory, line, last, since=bad[0].slot.starts_at, recovered=False)


def _alert(
    territory: TerritoryId, line: LineId, slots: Sequence[JudgedSlot], *, since: datetime, recovered: bool
) -> LineAlert | None:
    limits = [one.limit_bps for one in slots if one.limit_bps is not None]
    if not limits:
        return None
    return LineAlert(
        territory=territory,
        line=line,
        since=since,
        limit_bps=limits[-1],
        slots=tuple(
            AlertedSlot(at=one.slot.starts_at, rate_bps=one.rate_bps, passed=one.outcome is Outcome.PASS)
            for one in slots
        ),
        recovered=recovered,
    )


def queue_alerts(services: Services, territory: TerritoryId, at: datetime) -> int:
    """Look at the latest slots of every main line of a territory and queue what is due. Blocks."""
    sent = AlertsSent.of(services.store.mails_about(MailKind.ALERT, territory))
    return sum(
        _queue(services, alert, sent)
        for line, slots in latest_slots(services, territory, at)
        if (alert := alert_due(territory, line, slots, sent, rule=services.mailing.alert, at=at)) is not None
    )


def _queue(services: Services, alert: LineAlert, sent: AlertsSent) -> int:
    """Good news goes to those who had the bad."""
    links, registry = links_of(services), services.registry
    recipients = services.mailing.wanting(MailKind.ALERT, alert.territory)
    if alert.recovered:
        told = sent.open[alert.line].addresses
        recipients = tuple(one for one in recipients if one.address in told)
    letter = Letter(
        kind=MailKind.ALERT,
        territory=alert.territory,
        period=f"{alert.line} {alert.since:%Y%m%dT%H%M%SZ}",
        revision=RECOVERED if alert.recovered else BELOW,
        render=lambda language: alert_mail(alert, registry, language=language, links=links),
        answers=BELOW if alert.recovered else None,
    )
    return queue_letter(services, letter, recipients, not_before=lambda _: services.clock.now())


def _subject(period: str) -> tuple[LineId, datetime]:
    line, _, since = period.rpartition(" ")
    return LineId(line), datetime.fromisoformat(since)


def latest_slots(
    services: Services, territory: TerritoryId, at: datetime
) -> Iterator[tuple[LineId, Sequence[JudgedSlot]]]:
    """The slots of today and of the school day before, of each main line."""
    found = [
        judge_period(
            territory,
            Period.day(day),
            evidence=services.store,
            registry=services.registry,
            policy=services.policy,
            calendars=services.calendars,
            as_of=at,
        ).slots
        for day in _days(services, territory, at)
    ]
    lines: Collection[LineId] = sorted({line for slots in found for line in slots})
    for line in lines:
        if services.registry.line_by_id[line].role is LineRole.MAIN:
            yield line, [slot for slots in found for slot in slots.get(line, ())]


def _days(services: Services, territory: TerritoryId, at: datetime) -> tuple[date, ...]:
    today = at.astimezone(services.registry.territory_by_id[territory].time_zone).date()
    calendar = calendar_of(territory, services.calendars, services.registry)
    earlier = (today - timedelta(days=number) for number in range(1, _LOOK_BACK.days))
    before = next((day for day in earlier if calendar.is_school_day(day)), None)
    return (today,) if before is None else (before, today)

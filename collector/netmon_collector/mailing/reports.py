"""The report of a week and the digest of a day: when they are due, and to whom they go."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from netmon.domain.closing import working_date
from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import Attachment, MailKind, Recipient, offset_of
from netmon.domain.period import Period
from netmon_collector.mail import MailFile
from netmon_collector.mailing.queueing import Letter, When, links_of, queue_letter
from netmon_collector.report.formats import Format, ReportInputs, file_name, render_report
from netmon_collector.report.mails import digest_mail, report_mail
from netmon_collector.services import Services
from netmon_collector.use_cases.calendars import calendar_of
from netmon_collector.use_cases.summary import Summary, summarise
from netmon_collector.wording import Language


def period_key(summary: Summary) -> str:
    """What a report is about: of a period that is not closed there is another one every day."""
    name = summary.period.name
    if summary.closed is not None:
        return name
    return f"{name} {summary.made_at.astimezone(summary.territory.time_zone):%Y-%m-%d}"


def queue_report(
    services: Services, summary: Summary, recipients: Iterable[Recipient], *, not_before: When | None = None
) -> int:
    """Queue the report of a period; answers for how many who have not had this revision of it yet.

    Blocks. Raises ConfigError where no mail server is named, StoreError, FontError.
    """
    links = links_of(services)
    letter = Letter(
        kind=MailKind.REPORT,
        territory=summary.territory.id,
        period=period_key(summary),
        revision=summary.revision,
        render=lambda language: report_mail(summary, language=language, links=links),
        attach=lambda attachment, language: _file(services, summary, attachment, language),
    )
    return queue_letter(services, letter, recipients, not_before=not_before or (lambda _: services.clock.now()))


def _file(services: Services, summary: Summary, attachment: Attachment, language: Language) -> MailFile:
    format_ = Format(attachment.value)
    inputs = ReportInputs(
        summary=summary, language=language, links=links_of(services), templates=services.settings.templates
    )
    return MailFile(
        name=file_name(inputs, format_), media_type=format_.media_type, content=render_report(inputs, format_).data
    )


def due_week(services: Services, territory: TerritoryId, at: datetime) -> Period | None:
    """The week whose report may go out: it is closed, and this morning's look at late data is over."""
    zone = _zone(services, territory)
    week = services.mailing.report.due_week(at, zone)
    closed = services.store.closing(territory, week)
    looked = services.store.done_for(f"revising {territory}") == working_date(at, zone).isoformat()
    return week if closed is not None and looked else None


def queue_week(services: Services, territory: TerritoryId, week: Period) -> int:
    """Queue the report of a week for everybody who has none of it yet, spread over the minutes that are set."""
    at, report = services.clock.now(), services.mailing.report
    had = services.store.mail_addresses(MailKind.REPORT, territory, week.name)
    recipients = [one for one in services.mailing.wanting(MailKind.REPORT, territory) if one.address not in had]
    summary = summarise(services.summary_inputs(territory, now=at), week)
    if not recipients or summary.measuring_since is None or summary.measuring_since > week.last:
        return 0
    due_at = report.of(week, _zone(services, territory))
    return queue_report(
        services, summary, recipients, not_before=lambda one: due_at + offset_of(one.address, report.spread)
    )


def due_day(services: Services, territory: TerritoryId, at: datetime) -> date | None:
    """The school day whose digest is due, else None: nobody is told yesterday's news after the next day has begun."""
    zone = _zone(services, territory)
    day = services.mailing.due_digest(at, zone)
    calendar = calendar_of(territory, services.calendars, services.registry)
    return day if day == at.astimezone(zone).date() and calendar.is_school_day(day) else None


def queue_digest(services: Services, territory: TerritoryId, day: date) -> int:
    """Queue what changed in a day."""
    summary = summarise(services.summary_inputs(territory, now=services.clock.now()), Period.day(day))
    if summary.measuring_since is None or summary.measuring_since > day:
        return 0
    links = links_of(services)
    letter = Letter(
        kind=MailKind.DIGEST,
        territory=territory,
        period=summary.period.name,
        revision=0,
        render=lambda language: digest_mail(summary, language=language, links=links),
    )
    spread, now = services.mailing.report.spread, services.clock.now()
    recipients = services.mailing.wanting(MailKind.DIGEST, territory)
    return queue_letter(services, letter, recipients, not_before=lambda one: now + offset_of(one.address, spread))


def _zone(services: Services, territory: TerritoryId) -> tzinfo:
    return services.registry.territory_by_id[territory].time_zone

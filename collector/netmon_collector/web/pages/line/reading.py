"""Reading the state of a line: long stretches from day aggregates, one day and one slot from the evidence."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from netmon.domain.identifiers import SlotId
from netmon.domain.period import Period
from netmon.domain.registry import Line
from netmon.domain.slot import Slot, accounts
from netmon.domain.verdict import SubjectKind
from netmon_collector.errors import NotFoundError
from netmon_collector.services import Services
from netmon_collector.use_cases.calendars import calendar_of
from netmon_collector.use_cases.judging import judge_slots
from netmon_collector.use_cases.line_facts import AgentBinding, Refused
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.pages.fleet.health import AgentFacts
from netmon_collector.web.pages.line.drawings import Drawable
from netmon_collector.web.pages.line.evidence import SlotFacts
from netmon_collector.web.pages.line.slots import Judged, SlotsOfDay
from netmon_collector.web.pages.line.span import Span
from netmon_collector.web.pages.line.state import LineState
from netmon_collector.web.pages.line.view import drawable
from netmon_collector.wording.language import Language

_ABSENCES = timedelta(days=31)
_CLOSED_SHOWN = 20  # about three months of weeks and months


def read_line(services: Services, found: FindingsOfNow, line: Line, span: Span, day: date) -> LineState:
    """The state of a line with the slots of one day. Blocks. Raises StoreError."""
    registry, store, now = services.registry, services.store, services.clock.now()
    zone, territory = registry.time_zone(line.id), registry.locality_of(line.id).territory
    month = Period.month(now.astimezone(zone).date())
    bindings = store.agent_bindings([line.id])
    calendar = calendar_of(territory, services.calendars, registry)
    return LineState(
        line=line,
        registry=registry,
        policy=services.policy,
        span=span,
        days=store.line_days(line.id, span.first, span.last),
        measurements=() if span.is_year else store.measurements([line.id], *span.period.bounds(zone)),
        open_days=store.line_days(line.id, month.first, month.last),
        verdict=found.of(territory).lines.get(line.id),
        closed=store.closed_standings_of(territory, SubjectKind.LINE, line.id, limit=_CLOSED_SHOWN),
        slots=read_slots(services, line, day, now),
        is_school_day=calendar.is_school_day(day),
        agent=_agent(services, line, bindings, month),
        bindings=bindings,
        poll_s=services.settings.poll_s,
        absences=store.absences(line.id, now - _ABSENCES, now),
        diagnoses=store.path_diagnoses(line.id, now - _ABSENCES, now),
        emulated=line.id in store.emulated_lines([line.id], *span.period.bounds(zone)),
        now=now,
    )


def _agent(services: Services, line: Line, bindings: Sequence[AgentBinding], month: Period) -> AgentFacts:
    """What is known of the agent that measures the line now."""
    store = services.store
    current = next((one for one in bindings if one.until is None), None)
    refused = {} if current is None else store.refused([current.agent])
    return AgentFacts(
        line=line.id,
        binding=current,
        latest=store.latest_records([line.id]).get(line.id),
        device=store.devices([line.id]).get(line.id),
        refused=Refused() if current is None else refused.get(current.agent, Refused()),
        measured_bytes=store.measured_bytes([line.id], month.first, month.last).get(line.id, 0),
    )


def read_chart(services: Services, line: Line, span: Span) -> Drawable:
    """What is drawn of a span, without the rest of the page. Blocks. Raises StoreError."""
    zone = services.registry.time_zone(line.id)
    now = services.clock.now()
    return drawable(
        line=line,
        registry=services.registry,
        policy=services.policy,
        span=span,
        days=services.store.line_days(line.id, span.first, span.last),
        measurements=() if span.is_year else services.store.measurements([line.id], *span.period.bounds(zone)),
        today=now.astimezone(zone).date(),
        language=Language.EN,
    )


def read_slots(services: Services, line: Line, day: date, now: datetime) -> SlotsOfDay:
    """The slots of a local day, judged as their verdict judges them."""
    store, zone = services.store, services.registry.time_zone(line.id)
    start, end = Period.day(day).bounds(zone)
    slots = store.slots([line.id], start, end)
    return SlotsOfDay(
        day=day,
        slots=slots,
        measurements=store.measurements([line.id], start, end),
        reports=accounts(store.reports([line.id], start, end)),
        judged=_judged(services, line, slots, day, now),
        now=now,
    )


def _judged(services: Services, line: Line, slots: Sequence[Slot], day: date, now: datetime) -> Judged:
    return judge_slots(
        line.id,
        slots,
        day,
        evidence=services.store,
        registry=services.registry,
        policy=services.policy,
        calendars=services.calendars,
        as_of=now,
    )


def read_slot(services: Services, line: Line, identifier: SlotId) -> SlotFacts:
    """One slot with its evidence. Blocks. Raises NotFoundError for one that was never issued to the line."""
    store, now = services.store, services.clock.now()
    slot = store.slot(identifier) if identifier.isprintable() else None  # PostgreSQL takes no NUL
    if slot is None or slot.line != line.id:
        raise NotFoundError(f"line '{line.id}' was never given the slot '{identifier}'")
    day = slot.starts_at.astimezone(services.registry.time_zone(line.id)).date()
    of_day = store.slots([line.id], *Period.day(day).bounds(services.registry.time_zone(line.id)))
    judged = [one for one in _judged(services, line, of_day, day, now) if one[0].slot.id == slot.id]
    return SlotFacts(
        slot=slot,
        judged=judged[0][0] if judged else None,
        measurements=store.recorded_in(slot),
        report=accounts(store.reports([line.id], slot.starts_at, slot.ends_at)).get(slot.id),
        outages=judged[0][1].outages if judged else store.outages([line.id], slot.starts_at, slot.ends_at),
        now=now,
    )

"""Builders of domain values with sensible defaults: a test names only what it is about."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from netmon.domain.identifiers import (
    LineId,
    LocalityId,
    OrganisationId,
    ProviderId,
    ServerId,
    SiteId,
    SlotId,
    TerritoryId,
)
from netmon.domain.interval import ALWAYS, Dated, History, Interval
from netmon.domain.latency import Outage, OutageCause
from netmon.domain.measurement import (
    Decision,
    Direction,
    Flag,
    Measurement,
    Mode,
    Path,
    Reason,
    ReceiptState,
    ResultKind,
)
from netmon.domain.period import PeriodKind
from netmon.domain.policy import CoverageRule, EnoughData, Policy, TimetableRule, WorkingHours
from netmon.domain.registry import (
    Contract,
    Line,
    LineRole,
    Locality,
    LocalityType,
    Occupancy,
    Organisation,
    Provider,
    Registry,
    Site,
    Territory,
    TerritoryKind,
    Text,
)
from netmon.domain.slot import Delivery, Slot, slot_id

MOSCOW = ZoneInfo("Europe/Moscow")
MEGABIT = 1_000_000
MONDAY = date(2026, 11, 23)
SERVER = ServerId("server-1")
OTHER_SERVER = ServerId("server-2")
LINE = LineId("line-01")
OTHER_LINE = LineId("line-02")
THRESHOLDS = {LocalityType.CITY: 100, LocalityType.URBAN_SETTLEMENT: 50, LocalityType.RURAL: 50}


def a_text(text: str = "text") -> Text:
    return Text(ru=text, en=text)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """A Moscow wall-clock time as an instant."""
    return datetime.combine(day, time(hour, minute), tzinfo=MOSCOW).astimezone(UTC)


class WeekdaysAreSchoolDays:
    """A calendar without holidays."""

    def is_school_day(self, day: date) -> bool:
        return day.weekday() < 5


class NoSchoolIn:
    """Weekdays are school days except in some months."""

    def __init__(self, *months: int) -> None:
        self._months = months

    def is_school_day(self, day: date) -> bool:
        return day.weekday() < 5 and day.month not in self._months


def a_policy(
    *,
    tolerance_bp: int = 500,
    thresholds_mbps: Mapping[LocalityType, int] = THRESHOLDS,
    enough: EnoughData | None = None,
    receipt_required: bool = True,
    accept_emulated: bool = False,
    coverage: CoverageRule | None = None,
    timetable: TimetableRule | None = None,
    directions: tuple[Direction, ...] = (Direction.DOWN,),
) -> Policy:
    """The default policy, in code."""
    hours = {number: (time(8), time(18)) for number in range(5)}
    return Policy(
        id="policy-test",
        name=a_text("policy"),
        thresholds=History((Dated(value={k: v * MEGABIT for k, v in thresholds_mbps.items()}, during=ALWAYS),)),
        tolerance_bp=tolerance_bp,
        deciding_directions=directions,
        working_hours=WorkingHours(hours=hours, school_days_only=True),
        rule="share",
        min_share_percent=80,
        enough={
            PeriodKind.DAY: enough or EnoughData(decided=5, days=1),
            PeriodKind.WEEK: enough or EnoughData(decided=20, days=5),
            PeriodKind.MONTH: enough or EnoughData(decided=60, days=10),
        },
        max_excluded_percent=25,
        receipt_required=receipt_required,
        accept_emulated=accept_emulated,
        proof_within=timedelta(hours=2),
        coverage=coverage or CoverageRule(),
        timetable=timetable or TimetableRule(),
    )


def a_registry(
    *,
    organisations: int = 2,
    locality: LocalityType = LocalityType.RURAL,
    history: History[LocalityType] | None = None,
    shared: bool = False,
    contract_mbps: int | None = None,
) -> Registry:
    """One district with as many organisations, a site and a main line for each; `shared` puts all into one site."""
    territory = Territory(
        id=TerritoryId("district"), kind=TerritoryKind.DISTRICT, parent=None, name=a_text(), time_zone=MOSCOW
    )
    types = history or History((Dated(value=locality, during=ALWAYS),))
    numbers = range(1, organisations + 1)
    members = [
        Organisation(id=OrganisationId(f"school-{n:02}"), territory=territory.id, name=a_text()) for n in numbers
    ]
    uses = (
        [tuple(Occupancy(organisation=one.id) for one in members)]
        if shared
        else [(Occupancy(organisation=one.id),) for one in members]
    )
    sites = tuple(
        Site(id=SiteId(f"site-{n:02}"), locality=LocalityId("place"), address=a_text(), occupancies=use)
        for n, use in enumerate(uses, start=1)
    )
    contracts = () if contract_mbps is None else (a_contract(rate_mbps=contract_mbps),)
    return Registry(
        territories=(territory,),
        localities=(Locality(id=LocalityId("place"), territory=territory.id, name=a_text(), types=types),),
        organisations=tuple(members),
        sites=sites,
        lines=tuple(
            Line(
                id=LineId(site.id.replace("site", "line")),
                site=site.id,
                role=LineRole.MAIN,
                interface="wan0",
                contracts=contracts,
            )
            for site in sites
        ),
        providers=(Provider(id=ProviderId("provider-a"), name=a_text("provider")),),
    )


def a_contract(*, rate_mbps: int = 100, during: Interval = ALWAYS, number: str = "1") -> Contract:
    return Contract(
        provider=ProviderId("provider-a"),
        number=number,
        rate_bps=rate_mbps * MEGABIT,
        price_rub_month=4500,
        during=during,
    )


def a_slot(
    starts_at: datetime | None = None,
    *,
    line: LineId = LINE,
    mode: Mode = Mode.ESTIMATE,
    direction: Direction = Direction.DOWN,
) -> Slot:
    at = starts_at or local(MONDAY, 10)
    return Slot(
        id=slot_id(line, at, direction, mode),
        line=line,
        direction=direction,
        mode=mode,
        starts_at=at,
        ends_at=at + timedelta(minutes=10),
        server=SERVER,
        fallback_server=OTHER_SERVER,
        rate_bps=200 * MEGABIT,
        duration_s=12.0,
    )


def a_measurement(
    slot: Slot | None = None,
    *,
    mbps: float | None = 60.0,
    reason: Reason | None = None,
    kind: ResultKind | None = None,
    decision: Decision | None = None,
    censored_mbps: float | None = None,
    server: ServerId = SERVER,
    receipt: ReceiptState = ReceiptState.VALID,
    path: Path = Path.DIRECT,
    time_trusted: bool = True,
    flags: frozenset[Flag] = frozenset(),
) -> Measurement:
    """A full estimate of 60 Mb/s with a valid receipt, unless told otherwise."""
    planned = slot or a_slot()
    rate = None if mbps is None else round(mbps * MEGABIT)
    return Measurement(
        line=planned.line,
        slot=SlotId(planned.id),
        server=server,
        method="native",
        direction=planned.direction,
        mode=planned.mode,
        started_at=planned.starts_at + timedelta(seconds=5),
        duration_s=1.2,
        kind=kind or (ResultKind.NONE if mbps is None else ResultKind.RATE),
        reason=reason,
        rate_bps=rate,
        goodput_bps=rate,
        background_bps=None,
        censored_at_bps=None if censored_mbps is None else round(censored_mbps * MEGABIT),
        decision=decision,
        threshold_bps=50 * MEGABIT,
        limit_bps=47_500_000,
        confidence=None,
        bytes=10 * MEGABIT,
        path=path,
        receipt=receipt,
        time_trusted=time_trusted,
        flags=flags,
    )


def a_delivery(at: datetime | None = None, *, mbps: float = 120.0, line: LineId = OTHER_LINE) -> Delivery:
    return Delivery(
        server=SERVER,
        direction=Direction.DOWN,
        at=at or local(MONDAY, 10, 30),
        line=line,
        rate_bps=round(mbps * MEGABIT),
    )


def an_outage(start: datetime, end: datetime, *, cause: OutageCause = OutageCause.PROVIDER) -> Outage:
    return Outage(line=LINE, started_at=start, ended_at=end, cause=cause)

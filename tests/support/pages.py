"""A sample district for tests of the page: seventeen schools with every kind of verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from netmon.domain.coverage import CountedOrganisation, Coverage, EnteredShare, entered_coverage
from netmon.domain.identifiers import LineId, OrganisationId, TerritoryId
from netmon.domain.judge import combine
from netmon.domain.registry import Registry, Text
from netmon.domain.slot import ExclusionReason
from netmon.domain.verdict import Basis, LineFigures, SubjectKind, Verdict, VerdictOutcome, WorstHour
from netmon_collector.web.pages.overview.state import OverviewState
from netmon_collector.web.pages.overview.view import overview_view
from netmon_collector.web.pages.shell.frame import Choice, Frame
from netmon_collector.web.pages.shell.rendering import Pages
from netmon_collector.wording.language import Language
from tests.support.domain import a_policy
from tests.support.registries import a_registry, a_school, an_exemption
from tests.support.verdicts import NOVEMBER, a_line_verdict, some_figures, some_rates

PAGES = Pages()
DISTRICT = TerritoryId("district")
AT = date(2026, 11, 30)
MADE_AT = datetime(2026, 12, 3, 3, 0, tzinfo=UTC)
_TARGETS = {2019: 17, 2020: 35, 2021: 52, 2022: 70, 2023: 88, 2024: 100, 2025: 100, 2026: 100}
_REPORTED = {2019: 3, 2020: 6, 2021: 8, 2022: 12, 2023: 13}

_GOOD = (Basis.SHARE_MET, some_figures(138, 4, strict_passed=120, rates=some_rates(94.27, 21)))
_SLOW = (
    Basis.SHARE_NOT_MET,
    some_figures(
        14,
        108,
        strict_passed=12,
        line_down=9,
        excluded={ExclusionReason.AGENT_OFF: 6, ExclusionReason.SERVER_REFUSED: 2},
        worst_hours=(WorstHour(hour=13, failed=16, decided=17), WorstHour(hour=9, failed=11, decided=17)),
        rates=some_rates(31.4, 20),
    ),
)
_CASES: Mapping[int, tuple[Basis, LineFigures]] = {
    1: (Basis.SHARE_MET, some_figures(140, 2, threshold_mbps=100, rates=some_rates(187.3, 21))),
    3: _SLOW,
    5: (Basis.SHARE_NOT_MET, some_figures(0, 61, line_down=61)),
    7: (Basis.TOO_MANY_EXCLUDED, some_figures(0, 0, excluded={ExclusionReason.AGENT_OFF: 142})),
    8: (Basis.TOO_MANY_EXCLUDED, some_figures(0, 0, excluded={ExclusionReason.AGENT_OFF: 142}, last_seen=None)),
    11: (
        Basis.WITHHELD,
        some_figures(100, 14, excluded={ExclusionReason.AGENT_OFF: 21, ExclusionReason.RECEIPT: 7}),
    ),
    13: (
        Basis.CEILINGS,
        some_figures(40, 0, excluded={ExclusionReason.METER_CEILING: 98, ExclusionReason.UNDECIDED: 4}),
    ),
    15: (Basis.TOO_FEW_DECIDED, some_figures(31, 3, days=4)),
}
_LONG_NAME = Text(
    ru="Муниципальное бюджетное общеобразовательное учреждение «Примерненская средняя общеобразовательная школа»",
    en="Municipal budgetary educational institution “Primernaya secondary general school”",
)


def a_district() -> Registry:
    """Schools o-01 (in the town) to o-17; o-02 has two buildings, o-04 a long name, o-16 is exempt."""
    schools = [
        a_school(number, buildings=2 if number == 2 else 1, name=_LONG_NAME if number == 4 else None)
        for number in range(1, 18)
    ]
    return a_registry(*schools, exemptions=[an_exemption("o-16")])


def some_verdicts(registry: Registry) -> Mapping[OrganisationId, Verdict]:
    return {o.id: _verdict(number, o.id) for number, o in enumerate(registry.organisations, start=1)}


def _verdict(number: int, organisation: OrganisationId) -> Verdict:
    suffixes = ("02", "02-2") if number == 2 else (f"{number:02d}",)
    sites = [
        combine(SubjectKind.SITE, f"s-{suffix}", [_line(suffix, number)], period=NOVEMBER, policy_id="policy")
        for suffix in suffixes
    ]
    verdict = combine(SubjectKind.ORGANISATION, organisation, sites, period=NOVEMBER, policy_id="policy")
    if number != 16:
        return verdict
    return replace(
        verdict,
        outcome=VerdictOutcome.EXEMPT,
        basis=Basis.EXEMPTION,
        exemption_document="приказ № 7 от 01.09.2026",
    )


def _line(suffix: str, number: int) -> Verdict:
    basis, figures = _SLOW if suffix == "02-2" else _CASES.get(number, _GOOD)
    return a_line_verdict(basis, figures, line=f"l-{suffix}")


def a_coverage(
    verdicts: Mapping[OrganisationId, Verdict], *, carried: bool = False, target: int | None = 100
) -> Coverage:
    counted = tuple(
        CountedOrganisation(id=identifier, outcome=verdict.outcome, period=NOVEMBER, carried=carried)
        for identifier, verdict in sorted(verdicts.items())
    )
    confirmed = sum(one.outcome is VerdictOutcome.COMPLIANT for one in counted)
    return Coverage(
        territory=DISTRICT,
        at=AT,
        numerator=confirmed,
        upper_numerator=confirmed + sum(one.outcome.is_unknown for one in counted),
        denominator=len(counted),
        target_percent=target,
        organisations=counted,
    )


def an_entered_coverage(year: int, numerator: int, *, illustrative: bool) -> Coverage:
    share = EnteredShare(
        at=date(year, 12, 31),
        numerator=numerator,
        denominator=17,
        document=f"отчёт за {year} год",
        author_role=Text(ru="специалист комитета образования", en="specialist of the education committee"),
        illustrative=illustrative,
    )
    return entered_coverage(DISTRICT, share.at, share, target_percent=_TARGETS[year])


def an_unknown_coverage(year: int, registry: Registry) -> Coverage:
    """A year in which nobody measured or reported anything."""
    counted = tuple(
        CountedOrganisation(id=o.id, outcome=VerdictOutcome.INSUFFICIENT_DATA, period=None, carried=False)
        for o in registry.organisations
    )
    return Coverage(
        territory=DISTRICT,
        at=date(year, 12, 31),
        numerator=0,
        upper_numerator=len(counted),
        denominator=len(counted),
        target_percent=_TARGETS[year],
        organisations=counted,
    )


def some_trend(registry: Registry, *, simulated: Sequence[int] = (2019, 2020)) -> Sequence[Coverage]:
    """Reported years, some of them simulated, then a measured one, then one of which nothing is known."""
    reported = [an_entered_coverage(y, n, illustrative=y in simulated) for y, n in _REPORTED.items()]
    measured = replace(a_coverage(some_verdicts(registry)), at=date(2024, 12, 31), numerator=10, upper_numerator=14)
    return (*reported, measured, an_unknown_coverage(2025, registry))


def a_state(*, carried: bool = False, demonstration: bool = False, target: int | None = 100) -> OverviewState:
    """The overview of the sample district before anything was closed."""
    registry = a_district()
    return OverviewState(
        territory=registry.territory_by_id[DISTRICT],
        registry=registry,
        policy=a_policy(),
        coverage=a_coverage(some_verdicts(registry), carried=carried, target=target),
        trend=some_trend(registry, simulated=(2019, 2020) if demonstration else ()),
        made_at=MADE_AT,
        period=NOVEMBER,
        title=Text(
            ru="Доля образовательных организаций, обеспеченных интернет-соединением со скоростью не менее 100 Мбит/с "
            "в городах и 50 Мбит/с в сельской местности и посёлках городского типа, а также гарантированным трафиком",
            en="Share of educational organisations with an Internet connection of at least 100 Mb/s in cities and "
            "50 Mb/s in rural areas and urban-type settlements, and guaranteed traffic",
        ),
        emulated={LineId("l-03"), LineId("l-06")} if demonstration else (),
    )


def a_frame(language: Language = Language.RU, *, notes: Sequence[str] = ()) -> Frame:
    """The frame of the first page of the sample district."""
    return Frame(
        root="./",
        language=language,
        territory="Примерный район",
        territory_id=DISTRICT,
        home=DISTRICT,
        sections=(Choice(url="./", text="Обзор", chosen=True),),
        territories=(Choice(url="./", text="Примерный район", chosen=True),),
        languages=tuple(
            Choice(url=f"?lang={one.value}", text=name, chosen=one is language, language=one)
            for one, name in ((Language.RU, "Русский"), (Language.EN, "English"))
        ),
        notes=tuple(notes),
        policy="policy",
        policy_id="policy-test",
        version="0.0",
        made_at="03.12.2026, 06:00",
    )


def the_overview(state: OverviewState, language: Language = Language.RU, *, notes: Sequence[str] = ()) -> str:
    """The overview of a state as HTML."""
    return PAGES.render("overview/page.html", overview_view(state, language), a_frame(language, notes=notes))

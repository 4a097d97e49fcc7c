"""What explanations say about guaranteed traffic, the median and the contract: numbers that can be checked by hand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.availability import Availability
from netmon.domain.estimates import ContractFigures, Estimates
from netmon.domain.identifiers import ProviderId
from netmon.domain.policy import AvailabilityRule, SustainedRule, ThrottlingRule
from netmon.domain.sustained import Sustained
from netmon.domain.throttling import Fall, Volume
from netmon.domain.verdict import Basis, Finding, LineFigures
from netmon_collector.wording import Language, explain, explanation
from tests.support.registries import a_registry
from tests.support.verdicts import OUTCOME_OF, a_line_verdict, some_figures

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
UP = Availability(
    working=210 * HOUR, up=205 * HOUR + 48 * MINUTE, down=4 * HOUR + 12 * MINUTE, outages=42, longest=9 * MINUTE
)
HARDLY = Availability(working=210 * HOUR, up=150 * HOUR)
BURST = Sustained(passed=0, failed=4, worst_bps=40_000_000, limit_bps=47_500_000, short_passed=231)
FALL = Fall(
    first=date(2026, 11, 17),
    last=date(2026, 11, 30),
    school_days=10,
    below_days=10,
    before_bps=60_000_000,
    after_bps=20_000_000,
    volume=Volume(own_bytes=1_540_000_000, background_bps=400_000, samples=154, working=110 * HOUR),
)
CONTRACT = ContractFigures(
    provider=ProviderId("provider-a"),
    number="17/2026",
    rate_bps=100_000_000,
    price_rub_month=4500,
    estimates=21,
    median_bps=60_000_000,
)


def figures(**found: object) -> LineFigures:
    """A share that is met, under the default policy."""
    base = some_figures(231, 4)
    requirement = replace(
        base.requirement,
        availability=AvailabilityRule(min_up_bp=9900, min_known_bp=8000),
        sustained=SustainedRule(min_passed=1),
        throttling=ThrottlingRule(fall_percent=20, school_days=3),
        estimates=10,
        rule="median" if "estimates" in found else "share",
    )
    return replace(base, requirement=requirement, **found)  # type: ignore[arg-type]


def say(basis: Basis, found: LineFigures, language: Language = Language.RU) -> str:
    return explain(a_line_verdict(basis, found), a_registry(), language).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("basis", "found", "texts"),
    [
        (
            Basis.AVAILABILITY_NOT_MET,
            figures(availability=UP, findings=(Finding.UNAVAILABLE,)),
            (
                "Не соответствует: канал не работал 4 ч 12 мин из 210 ч известного рабочего времени "
                "(доступность 98 %, нужно не менее 99 %).",
                "Скорость не ниже 47,5 Мбит/с в 231 из 235 засчитанных замеров",
                "Для соответствия канал мог не работать не более 2 ч 6 мин из 210 ч: на 2 ч 6 мин меньше.",
                "Выявлено: перерывы связи сверх допустимого.",
                "42 перерыва связи в рабочее время, самый долгий – 9 мин.",
            ),
        ),
        (
            Basis.AVAILABILITY_UNKNOWN,
            figures(availability=HARDLY),
            (
                "Недостаточно данных: работал ли канал, известно за 150 ч из 210 ч рабочего времени "
                "(71,42 %, нужно не менее 80 %).",
                "Для заключения не хватает данных ещё за 18 ч рабочего времени.",
                "Доступность канала – 100 % известного рабочего времени (не работал 0 с из 150 ч).",
            ),
        ),
        (
            Basis.SUSTAINED_NOT_MET,
            figures(sustained=BURST, findings=(Finding.BURST,)),
            (
                "устойчивая скорость – 40,0 Мбит/с, хотя в первые секунды предел достигается "
                "(нужно не ниже 47,5 Мбит/с; порог 50 Мбит/с, допуск 5 %).",
                "Для соответствия ещё 1 действительный замер устойчивой скорости должен показать не ниже 47,5 Мбит/с.",
                "Замеры устойчивой скорости: не ниже предела – 0, ниже – 4.",
            ),
        ),
        (
            Basis.SUSTAINED_NOT_MET,
            figures(sustained=replace(BURST, short_passed=0), findings=(Finding.SUSTAINED_BELOW,)),
            ("Не соответствует: устойчивая скорость – 40,0 Мбит/с (нужно не ниже",),
        ),
        (
            Basis.SUSTAINED_MISSING,
            figures(sustained=Sustained()),
            ("есть 0 действительных замеров устойчивой скорости не ниже предела, нужно не менее 1.",),
        ),
        (
            Basis.THROTTLED,
            figures(fall=FALL, findings=(Finding.THROTTLED,)),
            (
                "с 17.11.2026 наибольшая за день скорость упала с 60,0 Мбит/с до 20,0 Мбит/с и держалась так "
                "10 учебных дней (нужно не ниже 47,5 Мбит/с;",
                "ниже предела может быть менее чем 3 учебных дня такого падения; было 10.",
                "До падения за месяц в рабочее время по каналу прошло около 21,3 ГБ: другой трафик 19,8 ГБ "
                "(в среднем 0,4 Мбит/с по 154 замерам, за 110 ч рабочего времени) и замеры 1,5 ГБ.",
            ),
        ),
        (
            Basis.THROTTLING_WITHHELD,
            figures(),
            ("дни без данных могли бы скрыть падение скорости ниже предела, которое держалось 3 учебных дня.",),
        ),
        (
            Basis.MEDIAN_NOT_MET,
            figures(estimates=Estimates(count=21, below=15, median_bps=41_000_000)),
            (
                "медиана 21 полной оценки в рабочее время – лишь 41,0 Мбит/с (нужно не ниже 47,5 Мбит/с;",
                "Для соответствия предела должны достичь не менее 11 из 21 полной оценки: не хватает 5.",
            ),
        ),
        (
            Basis.MEDIAN_WITHHELD,
            figures(estimates=Estimates(count=21, below=8, hidden=6, median_bps=60_000_000)),
            ("но ещё по 6 плановым полным оценкам нет данных; если бы все они оказались ниже предела",),
        ),
        (
            Basis.TOO_FEW_ESTIMATES,
            figures(estimates=Estimates(count=7, median_bps=60_000_000)),
            ("засчитано 7 полных оценок, нужно не менее 10.", "Для заключения нужны ещё 3 полные оценки."),
        ),
        (
            Basis.SHARE_MET,
            figures(fall=replace(FALL, volume=None), sustained=replace(BURST, passed=2), contracts=(CONTRACT,)),
            (
                "С 17.11.2026 наибольшая за день скорость упала",
                "Наименьшая устойчивая скорость: 40,0 Мбит/с.",
                "Договор 17/2026: 100 Мбит/с; измерено 60,0 Мбит/с, или 60 % от договорной скорости "
                "(медиана по 21 полной оценке).",
                "1 Мбит/с стоит в месяц 45 ₽ по договору и 75 ₽ по замерам.",
            ),
        ),
    ],
)
def test_a_rule_of_guaranteed_traffic_can_be_checked_by_hand(
    basis: Basis, found: LineFigures, texts: tuple[str, ...]
) -> None:
    text = say(basis, found)
    for expected in texts:
        assert expected in text


def test_a_volume_without_counters_says_so() -> None:
    fall = replace(FALL, volume=Volume(own_bytes=54_000_000, background_bps=None, samples=0, working=110 * HOUR))
    assert "сами замеры заняли 54 МБ месячного объёма; другой трафик подсчитать было нельзя." in say(
        Basis.THROTTLED, figures(fall=fall)
    )


def test_a_contract_without_a_price_or_an_estimate_has_no_cost() -> None:
    assert "1 Мбит/с стоит" not in say(Basis.SHARE_MET, figures(contracts=(replace(CONTRACT, price_rub_month=None),)))
    assert "Договор" not in say(Basis.SHARE_MET, figures(contracts=(replace(CONTRACT, median_bps=None),)))


times = st.timedeltas(timedelta(), timedelta(hours=300))


@given(
    basis=st.sampled_from([basis for basis in OUTCOME_OF if basis not in (Basis.NO_PARTS, Basis.EXEMPTION)]),
    up=times,
    down=times,
    outages=st.integers(0, 50),
    sustained=st.none() | st.builds(Sustained, passed=st.integers(0, 5), failed=st.integers(0, 5)),
    fall=st.none() | st.just(FALL) | st.just(replace(FALL, volume=None)),
    estimates=st.integers(0, 30).map(lambda n: Estimates(count=n, below=n // 2, hidden=1, median_bps=n or None)),
    findings=st.sets(st.sampled_from(Finding)),
    language=st.sampled_from(Language),
)
def test_any_figures_of_guaranteed_traffic_make_whole_sentences(
    *,
    basis: Basis,
    up: timedelta,
    down: timedelta,
    outages: int,
    sustained: Sustained | None,
    fall: Fall | None,
    estimates: Estimates,
    findings: set[Finding],
    language: Language,
) -> None:
    availability = Availability(working=up + down, up=up, down=down, outages=outages, longest=down)
    found = figures(
        availability=availability,
        sustained=sustained,
        fall=fall,
        estimates=estimates,
        findings=tuple(findings),
        contracts=(CONTRACT,),
    )
    said = explanation(a_line_verdict(basis, found), a_registry(), language)
    for sentence in (said.headline, said.reason, *said.details):
        assert sentence.endswith(".")
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert not set("{}") & set(sentence)
        assert "None" not in sentence
        assert "  " not in sentence

"""The sentences of a verdict: every basis in both languages, and numbers that can be checked by hand."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.judge import combine
from netmon.domain.period import Period
from netmon.domain.slot import ExclusionReason
from netmon.domain.verdict import Basis, Requirement, SubjectKind, Verdict, VerdictOutcome, WorstHour
from netmon_collector.wording import Language, explain, explanation
from netmon_collector.wording.explanation import deciding_lines
from tests.support.registries import a_registry, a_school, an_exemption
from tests.support.verdicts import LAST_SEEN, NOVEMBER, OUTCOME_OF, a_line_verdict, some_figures, some_rates

RU, EN = Language.RU, Language.EN
TODAY = Period.day(date(2026, 11, 23))


def say(verdict: Verdict, language: Language = RU) -> str:
    return explain(verdict, a_registry(), language).replace("\u00a0", " ")


def headline(verdict: Verdict, language: Language = RU) -> str:
    return explanation(verdict, a_registry(), language).headline.replace("\u00a0", " ")


def test_a_failed_share_can_be_checked_by_hand() -> None:
    figures = some_figures(
        passed=14,
        failed=8,
        strict_passed=12,
        line_down=3,
        excluded={ExclusionReason.AGENT_OFF: 1, ExclusionReason.SERVER_REFUSED: 2},
        worst_hours=(WorstHour(hour=13, failed=4, decided=5), WorstHour(hour=9, failed=2, decided=3)),
        rates=some_rates(43.16),
    )

    assert say(a_line_verdict(figures=figures)) == (
        "Не соответствует: скорость не ниже 47,5 Мбит/с лишь в 14 из 22 засчитанных замеров в рабочее время "
        "(63 %, нужно не менее 80 %; порог 50 Мбит/с, допуск 5 %). "
        "Без допуска (не ниже 50 Мбит/с) – 12 из 22 (54 %). "
        "Для соответствия предела должны достичь не менее 18 из 22: не хватает 4. "
        "Канал не работал в 3 из 22 засчитанных замеров. "
        "Не засчитаны 3 из 25 плановых замеров: сервер измерений отказал – 2, нет данных от агента – 1. "
        "95-процентный доверительный интервал доли (по Уилсону): от 42 до 81 %. "
        "Чаще всего замеры неудачны в часы: 13:00–14:00 (4 из 5), 09:00–10:00 (2 из 3). "
        "Полная скорость по 3 замерам: медиана 43,1 Мбит/с, наименьшая 38,8 Мбит/с, наибольшая 47,4 Мбит/с. "
        "Агент последний раз был на связи: 23.11.2026, 12:03."
    )
    assert say(a_line_verdict(figures=figures), EN) == (
        "Does not comply: at least 47.5 Mb/s in only 14 of 22 counted measurements in working hours "
        "(63%, at least 80% required; threshold 50 Mb/s, tolerance 5%). "
        "Without the tolerance (at least 50 Mb/s): 12 of 22 (54%). "
        "To comply, at least 18 of 22 would have to reach the limit: 4 more. "
        "The line was down in 3 of 22 counted measurements. "
        "3 of 25 planned measurements are not counted: "
        "the measurement server refused – 2, no data from the agent – 1. "
        "95% confidence interval of the share (Wilson): 42 to 81%. "
        "Failed most often at: 13:00–14:00 (4 of 5), 09:00–10:00 (2 of 3). "
        "Full rate in 3 measurements: median 43.1 Mb/s, lowest 38.8 Mb/s, highest 47.4 Mb/s. "
        "Agent last heard of: 23 Nov 2026, 12:03."
    )


def test_a_met_share_says_how_many_would_have_been_enough() -> None:
    text = say(a_line_verdict(Basis.SHARE_MET, some_figures(60, 2)))

    assert text.startswith("Соответствует: скорость не ниже 47,5 Мбит/с в 60 из 62 засчитанных замеров")
    assert "Для соответствия хватило бы 50 из 62." in text


def test_a_met_share_survives_what_was_not_reported() -> None:
    figures = some_figures(60, 2, excluded={ExclusionReason.AGENT_OFF: 5, ExclusionReason.UNDECIDED: 2})

    assert ("Даже если бы все плановые замеры без данных оказались ниже предела, вышло бы 60 из 67 (89 %).") in say(
        a_line_verdict(Basis.SHARE_MET, figures)
    )


def test_a_single_full_measurement_has_no_quantiles() -> None:
    text = say(a_line_verdict(figures=some_figures(rates=some_rates(33.3, 1))))

    assert "Полная скорость, один замер: 33,3 Мбит/с." in text
    assert "медиана" not in text


def test_a_dead_line_reads_as_one() -> None:
    assert headline(a_line_verdict(figures=some_figures(0, 3, line_down=3))) == (
        "Не соответствует: канал не работал в 3 из 3 засчитанных замеров в рабочее время "
        "(нужно не ниже 47,5 Мбит/с не менее чем в 80 % замеров; порог 50 Мбит/с, допуск 5 %)."
    )


def test_no_pass_at_all_reads_as_none() -> None:
    assert headline(a_line_verdict(figures=some_figures(0, 21, line_down=2))).startswith(
        "Не соответствует: ни в одном из 21 засчитанного замера в рабочее время скорость не достигла 47,5 Мбит/с (0 %,"
    )
    assert "none of 21 counted measurements" in headline(a_line_verdict(figures=some_figures(0, 21)), EN)


def test_a_silent_agent_reads_as_one() -> None:
    figures = some_figures(0, 0, excluded={ExclusionReason.AGENT_OFF: 4})
    silent = a_line_verdict(Basis.TOO_MANY_EXCLUDED, figures, period=TODAY)

    assert headline(silent) == "Недостаточно данных: агент молчит с 12:03; нет данных по 4 из 4 плановых замеров."
    assert headline(silent, EN) == (
        "Not enough data: the agent has been silent since 12:03; no data for 4 of 4 planned measurements."
    )
    in_a_month = a_line_verdict(Basis.TOO_MANY_EXCLUDED, figures)
    assert "агент молчит с 23.11.2026, 12:03;" in headline(in_a_month)


def test_an_agent_that_never_spoke_has_no_time() -> None:
    figures = some_figures(0, 0, excluded={ExclusionReason.AGENT_OFF: 1}, last_seen=None)

    assert headline(a_line_verdict(Basis.TOO_MANY_EXCLUDED, figures)) == (
        "Недостаточно данных: агент ещё ни разу не выходил на связь; нет данных по 1 из 1 планового замера."
    )


def test_too_many_exclusions_are_named_and_rounded_up() -> None:
    excluded = {ExclusionReason.UNPROVEN: 5, ExclusionReason.RECEIPT: 2}
    text = say(a_line_verdict(Basis.TOO_MANY_EXCLUDED, some_figures(13, 7, excluded=excluded)))

    assert (
        "не засчитано 7 из 27 плановых замеров (26 %, допустимо не более 25 %): ниже предела, но не доказано, "
        "что причина в канале – 5, нет действительной квитанции сервера измерений – 2."
    ) in text
    assert "Пока скорость не ниже 47,5 Мбит/с в 13 из 20 (65 %, нужно не менее 80 %)." in text
    assert "Заключение возможно, если не засчитано не более 6 из 27 плановых замеров." in text


def test_too_few_measurements_say_how_many_are_missing() -> None:
    text = say(a_line_verdict(Basis.TOO_FEW_DECIDED, some_figures(39, 0)))

    assert "засчитано 39 плановых замеров, нужно не менее 60" in text
    assert "Для заключения нужен ещё 21 засчитанный замер." in text


def test_too_few_days_say_how_many_are_missing() -> None:
    text = say(a_line_verdict(Basis.TOO_FEW_DAYS, some_figures(70, 1, days=8)))

    assert "засчитанные замеры есть только за 8 дней, нужно не менее чем за 10." in text
    assert "Для заключения нужны засчитанные замеры ещё за 2 дня." in text


def test_withheld_data_are_counted_as_the_worst_case() -> None:
    figures = some_figures(56, 8, excluded={ExclusionReason.AGENT_OFF: 9, ExclusionReason.SERVER_CEILING: 1})

    assert (
        "Недостаточно данных: скорость не ниже 47,5 Мбит/с в 56 из 64 засчитанных замеров в рабочее время "
        "(87 %, нужно не менее 80 %; порог 50 Мбит/с, допуск 5 %), но ещё по 9 плановым замерам нет данных; "
        "если бы все они оказались ниже предела, вышло бы 56 из 73 (76 %)."
    ) in say(a_line_verdict(Basis.WITHHELD, figures))


def test_ceilings_blame_the_equipment() -> None:
    figures = some_figures(5, 0, excluded={ExclusionReason.METER_CEILING: 10, ExclusionReason.AGENT_OFF: 1})

    assert headline(a_line_verdict(Basis.CEILINGS, figures)) == (
        "Не удалось измерить: не канал, а измерительное оборудование ограничило скорость в 10 из 11 незасчитанных "
        "замеров: скорость ограничило устройство агента – 10, нет данных от агента – 1."
    )


def test_nothing_planned_says_so() -> None:
    assert headline(a_line_verdict(Basis.NO_SLOTS, some_figures(0, 0))) == (
        "Недостаточно данных: в рабочее время периода не было ни одного планового замера."
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("basis", [basis for basis in OUTCOME_OF if basis not in (Basis.NO_PARTS, Basis.EXEMPTION)])
def test_every_basis_of_a_line_has_its_text_and_says_when_the_agent_was_heard_of(
    basis: Basis, language: Language
) -> None:
    text = say(a_line_verdict(basis), language)

    assert "12:03" in text
    assert "{" not in text


@given(
    basis=st.sampled_from([basis for basis in OUTCOME_OF if basis not in (Basis.NO_PARTS, Basis.EXEMPTION)]),
    passed=st.integers(0, 200),
    failed=st.integers(0, 200),
    excluded=st.dictionaries(st.sampled_from(ExclusionReason), st.integers(1, 99)),
    known_rate=st.booleans(),
    was_heard_of=st.booleans(),
    language=st.sampled_from(Language),
)
def test_any_figures_make_whole_sentences(
    *,
    basis: Basis,
    passed: int,
    failed: int,
    excluded: dict[ExclusionReason, int],
    known_rate: bool,
    was_heard_of: bool,
    language: Language,
) -> None:
    figures = some_figures(
        passed,
        failed,
        excluded=excluded,
        rates=some_rates(33.3) if known_rate else None,
        last_seen=LAST_SEEN if was_heard_of else None,
    )
    found = explanation(a_line_verdict(basis, figures), a_registry(), language)

    for sentence in (found.headline, found.reason, *found.details):
        assert sentence.endswith(".")
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert not set("{}") & set(sentence)
        assert "None" not in sentence.removeprefix("None of ")  # which is English
        assert "  " not in sentence


@pytest.mark.parametrize("language", Language)
def test_a_strict_policy_has_no_second_share(language: Language) -> None:
    text = say(a_line_verdict(figures=some_figures(tolerance_bp=0)), language)

    assert "54" not in text
    assert ("без допуска" if language is RU else "no tolerance") in text


def test_a_changed_threshold_names_both_limits() -> None:
    figures = some_figures()
    requirement = figures.requirement
    both = Requirement(
        min_share_percent=requirement.min_share_percent,
        tolerance_bp=250,
        thresholds_bps=(50_000_000, 100_000_000),
        limits_bps=(48_750_000, 97_500_000),
        decided=requirement.decided,
        days=requirement.days,
        max_excluded_percent=requirement.max_excluded_percent,
    )

    text = say(a_line_verdict(figures=replace(figures, requirement=both)))

    assert "не ниже 48,75 / 97,5 Мбит/с" in text
    assert "порог 50 / 100 Мбит/с, допуск 2,5 %" in text


def organisation(*sites: Verdict, rule_any: bool = False) -> Verdict:
    return combine(SubjectKind.ORGANISATION, "o-02", sites, period=NOVEMBER, policy_id="policy", any_is_enough=rule_any)


def site(identifier: str, *lines: Verdict) -> Verdict:
    return combine(SubjectKind.SITE, identifier, lines, period=NOVEMBER, policy_id="policy")


BAD = a_line_verdict(line="l-02")
WORSE = a_line_verdict(figures=some_figures(2, 20), line="l-02-2")
GOOD = a_line_verdict(Basis.SHARE_MET, some_figures(60, 2), line="l-02")
BETTER = a_line_verdict(Basis.SHARE_MET, some_figures(62, 0), line="l-02-2")
UNKNOWN = a_line_verdict(Basis.TOO_FEW_DECIDED, some_figures(7, 0), line="l-02-2")


def test_an_organisation_with_one_line_speaks_like_its_line() -> None:
    assert say(organisation(site("s-02", BAD))) == say(BAD)


def test_an_organisation_names_the_building_that_decided() -> None:
    whole = organisation(site("s-02", GOOD), site("s-02-2", WORSE))

    assert headline(whole).startswith(
        "Не соответствует: не соответствует 1 из 2 зданий; ул. Школьная, 2, корпус 2: скорость не ниже 47,5 Мбит/с "
        "лишь в 2 из 22"
    )
    assert deciding_lines(whole) == (WORSE,)


def test_the_worst_of_several_deciding_parts_comes_first_and_the_others_follow() -> None:
    whole = organisation(site("s-02", BAD), site("s-02-2", WORSE))

    assert "не соответствуют 2 из 2 зданий; ул. Школьная, 2, корпус 2:" in headline(whole)
    assert "Ул. Школьная, 2, корпус 1: скорость не ниже 47,5 Мбит/с лишь в 14 из 22" in say(whole)
    assert deciding_lines(whole) == (WORSE, BAD)


def test_a_compliant_organisation_shows_its_weakest_building() -> None:
    assert headline(organisation(site("s-02", GOOD), site("s-02-2", BETTER)), EN).startswith(
        "Complies: 2 of 2 buildings comply; 2 School St, building 1: at least 47.5 Mb/s in 60 of 62"
    )


def test_one_compliant_building_may_be_enough() -> None:
    whole = organisation(site("s-02", BAD), site("s-02-2", BETTER), rule_any=True)

    assert "Соответствует: соответствует 1 из 2 зданий; ул. Школьная, 2, корпус 2:" in headline(whole)


def test_an_unknown_building_is_why_an_organisation_is_unknown() -> None:
    whole = organisation(site("s-02", GOOD), site("s-02-2", UNKNOWN))

    assert headline(whole) == (
        "Недостаточно данных: нет заключения по 1 из 2 зданий; ул. Школьная, 2, корпус 2: "
        "засчитано 7 плановых замеров, нужно не менее 60."
    )


def test_a_building_names_the_line_that_decided() -> None:
    assert headline(site("s-02", GOOD, WORSE)).startswith(
        "Не соответствует: не соответствует 1 из 2 каналов; канал l-02-2:"
    )


def test_nothing_to_judge_says_what_the_registry_lacks() -> None:
    assert "в реестре нет основного канала этого здания" in say(site("s-02"))
    assert "в реестре нет здания, в котором ведутся занятия" in say(organisation())
    assert "в реестре нет основного канала" in say(organisation(site("s-02")))


def test_an_exemption_names_its_document_and_stays_in_the_denominator() -> None:
    exempt = replace(
        organisation(site("s-02", BAD)),
        outcome=VerdictOutcome.EXEMPT,
        basis=Basis.EXEMPTION,
        exemption_document="приказ № 7 от 01.09.2026",
    )
    registry = a_registry(a_school(2), exemptions=[an_exemption("o-02")])

    assert explain(exempt, registry, RU).replace("\u00a0", " ") == (
        "Не оценивается: основание – приказ № 7 от 01.09.2026. Причина: капитальный ремонт здания; "
        "утвердил: председатель комитета образования. Организация остаётся в знаменателе показателя."
    )
    assert "Reason:" not in say(exempt, EN)


def test_units_never_part_from_their_numbers() -> None:
    text = explain(a_line_verdict(), a_registry(), RU)

    assert "47,5\u00a0Мбит/с" in text
    assert "80\u00a0%" in text
    assert "\u00a0– 14" in text

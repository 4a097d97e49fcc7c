"""What a report says: the answer first, what changed, why, and where it comes from; in whole sentences."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from netmon.domain.closing import closes_at
from netmon.domain.period import Period
from netmon_collector.report.content import Content, Section, content_of
from netmon_collector.report.html import mail_html
from netmon_collector.report.links import Links
from netmon_collector.report.plain_text import mail_text
from netmon_collector.use_cases.summary import Summary
from netmon_collector.wording import Language
from tests.support.domain import MOSCOW, a_registry, local
from tests.support.weeks import BAD, GOOD, W46, W47, Weeks

EN, RU = Language.EN, Language.RU
SITE = Links("https://netmon.example.org")
ONE, TWO, THREE = "line-01", "line-02", "line-03"


def a_summary(
    now: dict[str, float | None], before: dict[str, float | None] | None = None, organisations: int = 3
) -> Summary:
    weeks = Weeks(registry=a_registry(organisations=organisations, contract_mbps=100))
    if before is not None:
        weeks.week(W46, before)
        weeks.close(W46)
    weeks.week(W47, now)
    weeks.close(W47)
    return weeks.summary(W47)


def covering(numerator: int, denominator: int, *, target: int | None = 100) -> Summary:
    """A summary whose indicator is that share; two months ago it was the same."""
    found = a_summary({ONE: GOOD})
    coverage = replace(
        found.coverage, numerator=numerator, upper_numerator=numerator, denominator=denominator, target_percent=target
    )
    return replace(found, coverage=coverage, trend=(coverage,))


def section(content: Content, title: str) -> Section:
    return next(one for one in content.sections if one.title == title)


@pytest.mark.parametrize(
    ("numerator", "denominator", "target", "subject", "verdict"),
    [
        (
            14,
            17,
            100,
            "Охват 14 из 17 (82 %), цель 100 %: не хватает 3 · text, неделя 47",
            "Целевое значение 2026 года, 100 %, не достигнуто: не хватает 3 организаций.",
        ),
        (
            16,
            17,
            100,
            "Охват 16 из 17 (94 %), цель 100 %: не хватает 1 · text, неделя 47",
            "Целевое значение 2026 года, 100 %, не достигнуто: не хватает 1 организации.",
        ),
        (
            3,
            17,
            17,
            "Охват 3 из 17 (17 %), цель 17 %: достигнута · text, неделя 47",
            "Целевое значение 2026 года, 17 %, достигнуто.",
        ),
        (3, 17, None, "Охват 3 из 17 (17 %) · text, неделя 47", "Целевое значение на 2026 год не задано."),
        (0, 0, 100, "Охват: в реестре нет организаций · text, неделя 47", None),
    ],
)
def test_the_subject_says_the_answer(
    numerator: int, denominator: int, target: int | None, subject: str, verdict: str | None
) -> None:
    content = content_of(covering(numerator, denominator, target=target), RU, SITE)

    assert content.subject.replace("\u00a0", " ") == subject
    if verdict is not None:
        assert content.answer.verdict.replace("\u00a0", " ") == verdict


def test_what_changed_is_told_by_what_happened() -> None:
    found = a_summary({ONE: BAD, TWO: GOOD, THREE: None}, {ONE: GOOD, TWO: BAD, THREE: GOOD})
    changes = section(content_of(found, EN, SITE), "Changes of the week")

    assert [group.heading for group in changes.groups] == [
        "No longer comply (1)",
        "Comply again (1)",
        "The agent is silent (1)",
    ]
    assert changes.groups[1].entries[0].lines == ("It had not complied since 9 Nov 2026.",)
    assert changes.groups[2].entries[0].lines[0] == "Agent last heard of: 13 Nov 2026, 17:10."
    assert content_of(found, EN, SITE).preview == "No longer comply: 1; Comply again: 1; The agent is silent: 1"


def test_nothing_to_report_is_said() -> None:
    same: dict[str, float | None] = {ONE: GOOD, TWO: GOOD, THREE: GOOD}
    content = content_of(a_summary(same, same), EN, SITE)

    assert [one.empty for one in content.sections if one.is_empty] == [
        "Nothing has changed since the week before.",
        "Every line with a verdict complies.",
        "There was no outage.",
        "Nothing of the roadmap is overdue or due within 30 days.",
    ]


def test_the_first_period_compares_with_nothing() -> None:
    changes = section(content_of(a_summary({ONE: BAD}), EN, SITE), "Changes of the week")

    assert changes.intro == ("This is the first period with measurements: there is nothing to compare it with.",)
    assert [group.title for group in changes.groups][:1] == ["Do not comply"]


def test_no_data_at_all_is_said_before_any_figure() -> None:
    content = content_of(Weeks().summary(W47), EN, SITE)

    assert content.notices[-1] == "Nothing has been measured yet: without data no organisation counts as complying."
    assert content.hashes[0][0] == "Policy (SHA-256)"


def test_an_open_period_says_that_its_figures_may_change() -> None:
    weeks = Weeks()
    weeks.week(W47, {ONE: GOOD})
    content = content_of(weeks.summary(W47, now=local(date(2026, 11, 20), 18)), EN, SITE)

    assert content.notices == (
        "The period is not closed: these are the figures of 20 Nov 2026, 18:00, and they may still change.",
    )
    assert content.provenance[0] == "Judged on 20 Nov 2026, 18:00, not closed."


def test_a_closed_period_prints_its_revision_and_what_proves_it() -> None:
    found = a_summary({ONE: GOOD})
    content = content_of(found, EN, SITE)

    assert found.closed is not None
    assert content.provenance[0] == "The period was closed on 23 Nov 2026, 06:00, revision 1."
    assert [value for _, value in content.hashes] == [found.closed.root, found.closed.hash, found.policy_hash]
    for text in (mail_text(content), mail_html(content)):
        assert found.closed.root in text


def test_a_line_that_fails_says_whose_where_by_which_contract_and_since_when() -> None:
    found = a_summary({ONE: BAD, TWO: GOOD}, {ONE: BAD, TWO: GOOD})
    (row,) = section(content_of(found, RU, SITE), "Что не соответствует и почему").failing

    assert (row.tag, row.share.replace("\u00a0", " ")) == ("с 09.11.2026", "0 %")
    assert row.contract.replace("\u00a0", " ") == "Канал line-01: provider, договор 1, 100 Мбит/с."
    assert row.link == "https://netmon.example.org/lines/line-01/"
    assert row.reason.startswith("Ни в одном из 50 засчитанных замеров")


def test_without_an_address_of_the_pages_there_are_no_links() -> None:
    content = content_of(a_summary({ONE: BAD}), RU, Links(None))

    assert content.link is None
    assert "<a " not in mail_html(content)
    assert "http" not in mail_text(content)


def test_a_revision_says_what_was_and_what_is() -> None:
    weeks = Weeks()
    slots = weeks.plan(W46, Weeks().registry.lines[0].id)
    weeks.measure(slots[:30], BAD)
    weeks.close(W46)
    weeks.measure(slots[30:], BAD)
    weeks.revise(closes_at(W46, MOSCOW) + timedelta(days=1))
    weeks.week(W47, {ONE: BAD})
    weeks.close(W47)
    revised = section(content_of(weeks.summary(W47), EN, SITE), "Earlier figures revised")

    assert [group.title for group in revised.groups] == [
        "Week 46, 9 Nov 2026 – 15 Nov 2026: revision 2 instead of 1".replace(" –", "\u00a0–")
    ]
    assert (
        revised.groups[0].entries[0].lines[0].startswith("It was: not enough data, 0 of 30 measurements at the limit;")
    )


def test_a_month_ends_its_sentence_with_one_full_stop() -> None:
    note = content_of(a_summary({ONE: GOOD}), RU, SITE).answer.notes[0]

    assert note.endswith("октябрь 2026\u00a0г.")


@pytest.mark.parametrize("language", Language)
def test_text_and_html_are_the_same_every_time(language: Language) -> None:
    found = a_summary({ONE: BAD, TWO: GOOD, THREE: None}, {ONE: GOOD, TWO: GOOD, THREE: GOOD})
    first, second = (content_of(found, language, SITE) for _ in range(2))

    assert mail_text(first) == mail_text(second)
    assert mail_html(first) == mail_html(second)


def test_the_period_of_another_kind_has_its_own_words() -> None:
    weeks = Weeks()
    for number in range(41, 49):
        weeks.week(Period.parse(f"2026-W{number}"), {ONE: GOOD})
    content = content_of(weeks.summary(Period.parse("2026-11"), now=local(date(2026, 12, 10), 12)), EN, SITE)

    assert (content.title, content.sections[0].title) == ("Monthly report on internet access", "Changes of the month")
    assert content.subject.endswith("November 2026")

"""Every member of every closed set that people read has its word, in both languages."""

from enum import StrEnum

import pytest

from netmon.domain.measurement import Reason
from netmon.domain.slot import ExclusionReason
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.wording import Language, reason_word, verdict_word, word
from netmon_collector.wording.words import WORDS

MEMBERS = [member for kind in WORDS for member in kind]


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_a_set_is_complete(kind: type[StrEnum]) -> None:
    assert set(WORDS[kind]) == set(kind)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{type(member).__name__}.{member.name}")
def test_a_member_has_a_russian_word_of_its_own(member: StrEnum) -> None:
    russian, english = word(member, Language.RU), word(member, Language.EN)

    assert russian != english
    assert not any("a" <= letter <= "z" for letter in russian.lower())


def test_members_that_share_a_value_keep_their_own_words() -> None:
    assert word(ExclusionReason.SERVER_UNREACHABLE, Language.RU) == word(Reason.SERVER_UNREACHABLE, Language.RU)
    assert reason_word(ExclusionReason.AGENT_OFF, Language.RU) == "нет данных от агента"


def test_outcomes_are_told_apart() -> None:
    for language in Language:
        assert len({verdict_word(outcome, language) for outcome in VerdictOutcome}) == len(VerdictOutcome)

"""The indicator in words: the answer, every organisation, and who is nearest to complying."""

from datetime import date

import pytest

from netmon.domain.coverage import CountedOrganisation, Coverage, nearest_to_compliance
from netmon.domain.identifiers import OrganisationId, TerritoryId
from netmon.domain.verdict import VerdictOutcome
from netmon_collector.wording import Language
from netmon_collector.wording.coverage import coverage_text
from tests.support.registries import a_registry, a_school
from tests.support.verdicts import NOVEMBER

SCHOOLS = [OrganisationId(f"o-{number:02d}") for number in range(1, 9)]


def _found(*short_by: int | None) -> Coverage:
    members = SCHOOLS[: len(short_by)]
    return Coverage(
        territory=TerritoryId("district"),
        at=date(2026, 11, 30),
        numerator=0,
        upper_numerator=0,
        denominator=len(members),
        target_percent=None,
        organisations=tuple(
            CountedOrganisation(id=one, outcome=VerdictOutcome.NON_COMPLIANT, period=NOVEMBER, carried=False)
            for one in members
        ),
        nearest=nearest_to_compliance(dict(zip(members, short_by, strict=True))),
    )


def _text(found: Coverage, language: Language) -> list[str]:
    return coverage_text(found, a_registry(*(a_school(n) for n in range(1, 9))), language).splitlines()


@pytest.mark.parametrize(
    ("language", "heading", "first", "second"),
    [
        (
            Language.EN,
            "Nearest to compliance, with the passes that are missing:",
            "    School No. 3: 1",
            "    School No. 1: 4",
        ),
        (
            Language.RU,
            "Ближе всего к соответствию; сколько замеров не хватает:",
            "    Школа № 3: 1",
            "    Школа № 1: 4",
        ),
    ],
)
def test_who_lacks_the_fewest_passes_comes_first_and_who_fails_otherwise_is_left_out(
    language: Language, heading: str, first: str, second: str
) -> None:
    assert _text(_found(4, None, 1), language)[-3:] == [heading, first, second]


def test_five_are_named() -> None:
    lines = _text(_found(8, 7, 6, 5, 4, 3, 2, 1), Language.EN)
    heading = lines.index("Nearest to compliance, with the passes that are missing:")
    assert [line.rsplit(": ", 1)[1] for line in lines[heading + 1 :]] == ["1", "2", "3", "4", "5"]


def test_nobody_near_is_no_heading() -> None:
    assert "Nearest" not in "\n".join(_text(_found(None, None), Language.EN))

"""docs/methodology*.md: every worked example is computed again, and every sum in it is true."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from netmon.domain.interval import Interval
from netmon.domain.latency import Outage
from netmon.domain.measurement import Measurement, Mode, Reason, ResultKind
from netmon.domain.registry import Exemption, Registry
from netmon.domain.slot import Slot
from netmon.domain.verdict import Verdict, VerdictOutcome
from netmon_collector.wording import Language, explanation
from tests.support.domain import LINE, MOSCOW, a_measurement, a_registry, a_text, local
from tests.support.evidence import NOVEMBER, EvidenceInMemory, Measure, down, judged, measuring, organic, slots_of
from tests.support.evidence import the_default_policy as policy

DOCS = Path(__file__).parents[4] / "docs"
PAGES = {Language.EN: DOCS / "methodology.md", Language.RU: DOCS / "methodology.ru.md"}
REGISTRY = a_registry(organisations=1)
SLOTS = slots_of(LINE, NOVEMBER, policy=policy())
COUNTED = [slot for slot in SLOTS if slot.direction.value == "down"]
DECISIONS = [slot.id for slot in COUNTED if slot.mode is Mode.DECISION]  # ten a day, 21 days


def day_of(slot: Slot) -> date:
    return slot.starts_at.astimezone(MOSCOW).date()


def some(*places: int, first: int = 210) -> set[str]:
    """The decisions at some places of each day, at most so many of them."""
    return set([one for number, one in enumerate(DECISIONS) if number % 10 in places][:first])


def a_month(*, slow: set[str] = frozenset(), missing: set[str] = frozenset()) -> Measure:  # type: ignore[assignment]
    """60 Mb/s but for the slow slots (20 Mb/s) and those without any record."""

    def measure(slot: Slot) -> Measurement | None:
        return None if slot.id in missing else measuring(20 if slot.id in slow else 60)(slot)

    return measure


def at_the_card(slot: Slot) -> Measurement:
    return a_measurement(slot, mbps=40, kind=ResultKind.LOWER_BOUND, reason=Reason.METER_NIC)


def verdict_of(measure: Measure, *outages: Outage, registry: Registry = REGISTRY) -> Verdict:
    evidence = EvidenceInMemory(found_outages=list(outages)).add(SLOTS, measure)
    return judged(evidence, registry).lines[LINE]


def exempt() -> Verdict:
    exemption = Exemption(
        organisation=REGISTRY.organisations[0].id,
        reason=a_text(),
        document="№ 7",
        approver_role=a_text(),
        during=Interval(),
    )
    evidence = EvidenceInMemory().add(SLOTS, a_month())
    registry = replace(REGISTRY, exemptions=(exemption,))
    return judged(evidence, registry).organisations[exemption.organisation]


def short_outages() -> list[Outage]:
    """Twelve minutes of every school day, between the slots."""
    starts = [local(day, 9, 20) for day in sorted({day_of(slot) for slot in SLOTS})]
    return [down(start, start + timedelta(minutes=12)) for start in starts]


EXAMPLES: Mapping[str, tuple[Callable[[], Verdict], VerdictOutcome]] = {
    "complies": (
        lambda: verdict_of(a_month(slow=some(3, first=20), missing=some(7, first=15))),
        VerdictOutcome.COMPLIANT,
    ),
    "organic": (lambda: verdict_of(half_organic), VerdictOutcome.COMPLIANT),
    "share": (lambda: verdict_of(a_month(slow=some(3, 4) | some(5, first=13))), VerdictOutcome.NON_COMPLIANT),
    "availability": (lambda: verdict_of(a_month(), *short_outages()), VerdictOutcome.NON_COMPLIANT),
    "burst": (lambda: verdict_of(measuring(100, sustained_mbps=40)), VerdictOutcome.NON_COMPLIANT),
    "throttled": (
        lambda: verdict_of(measuring(lambda slot: 60 if day_of(slot) < date(2026, 11, 26) else 20)),
        VerdictOutcome.NON_COMPLIANT,
    ),
    "withheld": (
        lambda: verdict_of(a_month(missing=some(5, 6) | some(7, first=9))),
        VerdictOutcome.INSUFFICIENT_DATA,
    ),
    "unmeasurable": (lambda: verdict_of(at_the_card), VerdictOutcome.UNMEASURABLE),
    "exempt": (exempt, VerdictOutcome.EXEMPT),
}


def half_organic(slot: Slot) -> Measurement | None:
    return organic(slot) if slot.id in some(0, 2, 4, 6, 8) else measuring(60)(slot)


def page(language: Language) -> str:
    return PAGES[language].read_text(encoding="utf-8")


def one_line(text: str) -> str:
    return re.sub(r"[\s\u00a0]+", " ", re.sub(r"^> ?", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_sentence_of_an_example_is_what_netmon_says(name: str, language: Language) -> None:
    make, outcome = EXAMPLES[name]
    verdict = make()
    assert verdict.outcome is outcome
    assert one_line(explanation(verdict, REGISTRY, language).headline) in one_line(page(language))


@pytest.mark.parametrize("language", Language)
def test_what_users_traffic_proved_is_said_as_on_the_page(language: Language) -> None:
    details = explanation(verdict_of(half_organic), REGISTRY, language).details
    [said] = [one for one in details if "105" in one]
    assert one_line(said) in one_line(page(language))


_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "≥": operator.ge,
    "≤": operator.le,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def value_of(text: str) -> float:
    """The value of a sum as people write it: ``20 × (100 − 5) / 100``."""
    source = text.replace("×", "*").replace("−", "-").replace(",", ".").replace(" ", "")

    def value(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](value(left), value(right))
        raise ValueError(text)

    return value(ast.parse(source, mode="eval").body)


def sums(language: Language) -> list[str]:
    return [one for one in re.findall(r"`([^`\n]+)`", page(language)) if re.search(r"\d.*[≥≤<>=].*\d", one)]


@pytest.mark.parametrize("language", Language)
def test_every_sum_of_the_page_is_true(language: Language) -> None:
    wrong = []
    for one in sums(language):
        left, sign, right = re.split(r"\s*([≥≤<>=])\s*", one, maxsplit=1)
        if not _SIGNS[sign](round(value_of(left), 6), round(value_of(right), 6)):
            wrong.append(one)
    assert wrong == []


def test_both_languages_have_the_same_sums() -> None:
    english, russian = ([one.replace(",", ".") for one in sums(language)] for language in (Language.EN, Language.RU))
    assert english == russian
    assert len(english) > 15

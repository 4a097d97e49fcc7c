"""What results of the roadmap count, and the values of its indicators, as people read them."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

from netmon.domain.roadmap import QuantityKind
from netmon_collector.wording.figures import integer_text, percent_text, share_percent
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

_QUANTITIES: Mapping[QuantityKind, str] = {
    QuantityKind.ORGANISATIONS_PERCENT: N_("{amount} of organisations"),
    QuantityKind.GENERAL_SCHOOLS_PERCENT: N_("{amount} of general schools"),
    QuantityKind.MUNICIPALITIES_PERCENT: N_("{amount} of municipalities"),
    QuantityKind.CHILDREN: N_("children: {amount}"),
    QuantityKind.STAFF: N_("staff: {amount}"),
}


def quantities_text(amounts: Mapping[QuantityKind, int], language: Language) -> str:
    say = phrasebook(language).say
    return ", ".join(say(_QUANTITIES[kind], amount=_amount(kind, n, language)) for kind, n in amounts.items())


def _amount(kind: QuantityKind, amount: int, language: Language) -> str:
    is_percent = kind.value.endswith("_percent")
    return percent_text(amount, language) if is_percent else integer_text(amount, language)


def share_value_text(numerator: int, denominator: int, language: Language, *, counted: bool) -> str:
    """A reported percentage is shown as it was reported, everything counted with its counts."""
    if not counted:
        exact = Decimal(numerator) * 100 / Decimal(denominator)
        return percent_text(exact.quantize(Decimal("0.01"), rounding=ROUND_FLOOR), language)
    percent = percent_text(share_percent(numerator, denominator), language)
    return phrasebook(language).say("{part} of {whole} ({percent})", part=numerator, whole=denominator, percent=percent)

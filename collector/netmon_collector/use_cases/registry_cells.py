"""The columns of the registry as one flat table, and what a cell of each may say."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from netmon.domain.registry import LineRole, LineRule, LocalityType
from netmon_collector.use_cases.import_cells import number

EXTERNAL_ID = "external_ids."
_IDENTIFIER = re.compile(r"[\w.-]+\Z")
_DATES = ("%Y-%m-%d", "%d.%m.%Y")
_MEGABIT = 1_000_000
_LOWEST_BPS, _HIGHEST_BPS = 100_000, 100_000_000_000
_YES = {"true", "yes", "1", "да"}
_NO = {"false", "no", "0", "нет"}


def _identifier(cell: str) -> object:
    if not _IDENTIFIER.match(cell):
        raise ValueError(f"'{cell}' is not an identifier: use letters, digits, '_', '.' and '-' only")
    return cell


def _text(cell: str) -> object:
    return cell


def day(cell: str) -> date:
    """Raises ValueError for what is no day."""
    for form in _DATES:
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a local day has no zone
        except ValueError:
            continue
    raise ValueError(f"'{cell}' is not a day: write YYYY-MM-DD or DD.MM.YYYY")


def _rate(cell: str) -> int:
    value = number(cell)
    found = 0 if value is None else int((value * _MEGABIT).to_integral_value())
    if not _LOWEST_BPS <= found <= _HIGHEST_BPS:
        raise ValueError(f"{cell} is no rate: write Mb/s from 0.1 to 100000")
    return found


def _price(cell: str) -> int:
    value = number(cell)
    if value is None or value < 0 or value != int(value):
        raise ValueError(f"{cell} is no price: write whole roubles a month")
    return int(value)


def flag(cell: str) -> bool:
    """Raises ValueError for what is neither yes nor no."""
    if cell.lower() in _YES | _NO:
        return cell.lower() in _YES
    raise ValueError(f"'{cell}' is not true or false")


def _role(cell: str) -> object:
    return _member(cell, LineRole)


def _rule(cell: str) -> object:
    return _member(cell, LineRule)


def _type(cell: str) -> object:
    return _member(cell, LocalityType)


def _member(cell: str, enum: type[LineRole] | type[LineRule] | type[LocalityType]) -> object:
    if cell not in {one.value for one in enum}:
        raise ValueError(f"'{cell}' is unknown: write one of {', '.join(enum)}")
    return enum(cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of fact: the columns that name it, of which the first `needed` must be there, and those of its content."""

    key: tuple[str, ...]
    needed: int
    fields: tuple[str, ...]


LOCALITY = Kind(key=("locality",), needed=1, fields=("locality_territory", "locality_name_ru", "locality_name_en"))
TYPE = Kind(key=("locality", "locality_type", "type_from"), needed=2, fields=("type_to",))
ORGANISATION = Kind(
    key=("organisation",),
    needed=1,
    fields=(
        "territory",
        "organisation_name_ru",
        "organisation_name_en",
        "line_rule",
        "organisation_from",
        "organisation_to",
    ),
)
SITE = Kind(key=("site",), needed=1, fields=("locality", "address_ru", "address_en", "site_from", "site_to"))
USE = Kind(key=("site", "organisation", "use_from"), needed=2, fields=("teaching", "main", "use_to"))
LINE = Kind(key=("line",), needed=1, fields=("site", "role", "interface", "line_from", "line_to"))
PROVIDER = Kind(key=("provider",), needed=1, fields=("provider_name_ru", "provider_name_en"))
CONTRACT = Kind(
    key=("line", "contract_number", "contract_from"),
    needed=2,
    fields=("provider", "rate_mbps", "price_rub_month", "contract_to"),
)
KINDS = (LOCALITY, TYPE, ORGANISATION, SITE, USE, LINE, PROVIDER, CONTRACT)

READERS: Mapping[str, Callable[[str], object]] = {
    "territory": _identifier,
    "organisation": _identifier,
    "organisation_name_ru": _text,
    "organisation_name_en": _text,
    "line_rule": _rule,
    "organisation_from": day,
    "organisation_to": day,
    "locality_territory": _identifier,
    "locality": _identifier,
    "locality_name_ru": _text,
    "locality_name_en": _text,
    "locality_type": _type,
    "type_from": day,
    "type_to": day,
    "site": _identifier,
    "address_ru": _text,
    "address_en": _text,
    "site_from": day,
    "site_to": day,
    "teaching": flag,
    "main": flag,
    "use_from": day,
    "use_to": day,
    "line": _identifier,
    "role": _role,
    "interface": _identifier,
    "line_from": day,
    "line_to": day,
    "provider": _identifier,
    "provider_name_ru": _text,
    "provider_name_en": _text,
    "contract_number": _text,
    "rate_mbps": _rate,
    "price_rub_month": _price,
    "contract_from": day,
    "contract_to": day,
}

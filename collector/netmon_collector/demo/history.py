"""Made-up history for the trend of the demo: entered values of earlier years, each marked as simulated."""

from collections.abc import Sequence
from datetime import date

# How many of 17 complied at the end of each year: some targets met, some not, as in life.
_NUMERATORS = {2019: 3, 2020: 6, 2021: 8, 2022: 12, 2023: 14, 2024: 15, 2025: 15}
_DENOMINATOR = 17


def simulated_values(today: date) -> Sequence[dict[str, object]]:
    """Entries for `entered_values` of a roadmap, up to the year before this one."""
    return [
        {
            "indicator": "indicator-1",
            "at": date(year, 12, 31),
            "numerator": numerator,
            "denominator": _DENOMINATOR,
            "document": "имитация для демонстрации / simulated for the demo",
            "author_role": {"ru": "демонстрация", "en": "demonstration"},
            "illustrative": True,
        }
        for year, numerator in _NUMERATORS.items()
        if year < today.year
    ]

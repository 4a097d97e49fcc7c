"""Figures of a run: rates and quantiles of what was waited for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass
class Sent:
    """What one load generator sent and got."""

    seconds: list[float]
    statuses: Counter[int]
    until: float
    stored: int = 0
    took_s: float = 0.0

    def document(self) -> Mapping[str, object]:
        return {
            "requests": len(self.seconds),
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "stored": self.stored,
            "took_s": self.took_s,
            "p50_ms": quantile(self.seconds, 0.5) * 1000,
            "p99_ms": quantile(self.seconds, 0.99) * 1000,
        }


def quantile(values: Sequence[float], share: float) -> float:
    """Nearest rank; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def median(values: Sequence[float]) -> float:
    return quantile(values, 0.5)

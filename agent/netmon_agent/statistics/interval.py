"""A robust mean of batch rates and how far it can be trusted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Student's t, two-sided 95 %, by degrees of freedom; beyond 20 the last value errs on the safe side.
_STUDENT_95 = (
    *(12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23),
    *(2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09, 2.09),
)
_TRIM = 4
_MOST_AUTOCORRELATION = 0.8
_ALTERNATING = -0.7
_LEAST_AUTOCORRELATION = -0.9


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the half-width of its 95 % confidence interval."""

    mean: float
    half_width: float


def trimmed_interval(values: Sequence[float]) -> Interval:
    """The 25 %-trimmed mean with the confidence interval of Tukey and McLaughlin (1963).

    The variance is the winsorised one, inflated by the lag-1 autocorrelation as for a first-order process, because
    neighbouring batches of one transfer are not independent. Batches that clearly alternate are large segments that
    fall into one batch or the next: there the same factor narrows. Needs at least two values.
    """
    ordered, count = sorted(values), len(values)
    cut = count // _TRIM
    kept = ordered[cut : count - cut]
    mean = math.fsum(kept) / len(kept)
    low, high = ordered[cut], ordered[count - cut - 1]
    winsorised = [min(max(value, low), high) for value in values]
    variance = _variance(winsorised) * _inflation(winsorised)
    quantile = _STUDENT_95[min(max(len(kept) - 1, 1), len(_STUDENT_95)) - 1]
    return Interval(mean, quantile * math.sqrt(variance / count) * count / len(kept))


def _variance(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / max(len(values) - 1, 1)


def _inflation(values: Sequence[float]) -> float:
    variance, count = _variance(values), len(values)
    if count <= 3 or variance == 0:
        return 1.0
    mean = math.fsum(values) / count
    lagged = math.fsum((values[i] - mean) * (values[i + 1] - mean) for i in range(count - 1))
    correlation = min(lagged / ((count - 1) * variance), _MOST_AUTOCORRELATION)
    if _ALTERNATING < correlation < 0:
        correlation = 0.0  # the estimate from few batches leans below zero by chance
    correlation = max(correlation, _LEAST_AUTOCORRELATION)
    return (1 + correlation) / (1 - correlation)


def median(values: Sequence[float]) -> float:
    """The upper median of a non-empty sequence."""
    return sorted(values)[len(values) // 2]


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of a non-empty sequence lies, without interpolation."""
    return sorted(values)[int(share * (len(values) - 1))]


def variation(values: Sequence[float]) -> float:
    """Standard deviation over mean; infinite for a mean of zero."""
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return deviation / mean if mean else math.inf

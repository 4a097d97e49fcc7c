"""The figures of a verdict as JSON: everything that is printed about it but the sentences."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from netmon.domain.estimates import ContractFigures
from netmon.domain.throttling import Fall
from netmon.domain.verdict import Finding, LineFigures, Verdict
from netmon.wire.plain import plain


def verdict_figures(verdict: Verdict) -> dict[str, object]:
    """One verdict without its explanation; counts of a site or an organisation are those of its lines together."""
    counts = [line.figures.counts for line in verdict.lines if line.figures is not None]
    passed, failed = sum(one.passed for one in counts), sum(one.failed for one in counts)
    excluded: Counter[str] = Counter()
    for one in counts:
        excluded.update({reason.value: number for reason, number in one.excluded.items()})
    decided = passed + failed
    return {
        "id": verdict.id,
        "kind": verdict.kind.value,
        "outcome": verdict.outcome.value,
        "basis": verdict.basis.value,
        "pass": passed,
        "fail": failed,
        "organic": sum(one.organic for one in counts),
        "excluded": dict(sorted(excluded.items())),
        "share_percent": round(100 * passed / decided, 2) if decided else None,
        "findings": list(_findings(verdict)),
        **_line_members(verdict.figures),
        "input_hash": verdict.input_hash,
    }


def _findings(verdict: Verdict) -> Iterator[Mapping[str, object]]:
    """Each finding of each line, with the figures that show it."""
    for line in verdict.lines:
        if line.figures is not None:
            for finding in line.figures.findings:
                yield {"kind": finding.value, "line": line.id, **_SHOWN[finding](line.figures)}


def _shown_availability(figures: LineFigures) -> dict[str, object]:
    return {"availability": _availability(figures)}


def _shown_sustained(figures: LineFigures) -> dict[str, object]:
    return {"sustained": plain(figures.sustained)}


def _shown_fall(figures: LineFigures) -> dict[str, object]:
    return {"fall": None if figures.fall is None else _fall(figures.fall)}


_SHOWN: Mapping[Finding, Callable[[LineFigures], dict[str, object]]] = {
    Finding.UNAVAILABLE: _shown_availability,
    Finding.BURST: _shown_sustained,
    Finding.SUSTAINED_BELOW: _shown_sustained,
    Finding.THROTTLED: _shown_fall,
}


def _availability(figures: LineFigures) -> dict[str, object] | None:
    """Working time and what is known of it, in seconds."""
    found = figures.availability
    if found is None:
        return None
    return {
        "working_s": found.working.total_seconds(),
        "up_s": found.up.total_seconds(),
        "down_s": found.down.total_seconds(),
        "outages": found.outages,
        "longest_s": found.longest.total_seconds(),
    }


def _fall(fall: Fall) -> dict[str, object]:
    volume = fall.volume
    return {
        "from": fall.first.isoformat(),
        "to": fall.last.isoformat(),
        "school_days": fall.school_days,
        "below_days": fall.below_days,
        "before_bps": fall.before_bps,
        "after_bps": fall.after_bps,
        "volume": None
        if volume is None
        else {
            "total_bytes": volume.total_bytes,
            "own_bytes": volume.own_bytes,
            "others_bytes": volume.others_bytes,
            "background_bps": volume.background_bps,
            "samples": volume.samples,
            "working_s": volume.working.total_seconds(),
        },
    }


def _line_members(figures: LineFigures | None) -> dict[str, object]:
    """What only the verdict of a line has."""
    if figures is None:
        return {}
    return {
        "availability": _availability(figures),
        "sustained": plain(figures.sustained),
        "estimates": {"count": figures.estimates.count, "median_bps": figures.estimates.median_bps},
        "contracts": [_contract(contract) for contract in figures.contracts],
    }


def _contract(contract: ContractFigures) -> dict[str, object]:
    """What was bought beside what was measured; it decides nothing."""
    return {
        "provider": contract.provider,
        "number": contract.number,
        "rate_bps": contract.rate_bps,
        "price_rub_month": contract.price_rub_month,
        "estimates": contract.estimates,
        "median_bps": contract.median_bps,
        "measured_percent": contract.measured_percent,
        "contracted_rub_per_mbps": contract.contracted_rub_per_mbps,
        "measured_rub_per_mbps": contract.measured_rub_per_mbps,
    }

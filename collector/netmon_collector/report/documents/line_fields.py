"""The fields of one line that a note or a letter names."""

from datetime import date

from netmon.domain.verdict import LineFigures
from netmon_collector.report.content.words import Words
from netmon_collector.report.evidence.pack import pack_file_name
from netmon_collector.use_cases.summary import LineState
from netmon_collector.wording.figures import date_text, exact_rate_text, exact_rates_text, rate_text


def line_fields(line: LineState, number: int, words: Words) -> dict[str, object]:
    """Whose it is, where, what was bought, what was measured, since when it fails, and its evidence pack."""
    reason, details = words.reason(line)
    figures, contract = line.verdict.figures, line.contract
    return {
        "number": number,
        "id": line.id,
        "users": words.users(line),
        "place": words.place(line),
        "provider": "–" if line.provider is None else words.of(line.provider.name),
        "contract": "–" if contract is None else contract.number,
        "contract_rate": "–" if contract is None else exact_rate_text(contract.rate_bps, words.language),
        "threshold": _threshold(figures, words),
        "measured": _measured(figures, words),
        "share": _share(figures, words),
        "since": date_text(_failing_since(line, words), words.language),
        "reason": reason,
        "details": " ".join(details),
        "pack": pack_file_name(line.id, words.summary.period, words.summary.revision),
    }


def _threshold(figures: LineFigures | None, words: Words) -> str:
    found = () if figures is None else figures.requirement.thresholds_bps
    return exact_rates_text(found, words.language) if found else "–"


def _measured(figures: LineFigures | None, words: Words) -> str:
    return rate_text(None if figures is None else figures.estimates.median_bps, words.language)


def _share(figures: LineFigures | None, words: Words) -> str:
    return "–" if figures is None else words.share(figures.counts.passed, figures.counts.decided)


def _failing_since(line: LineState, words: Words) -> date:
    """The first day of the period in which it began to fail; of this one where nothing earlier is known."""
    since = None if line.change is None else line.change.failing_since
    return (since or words.summary.period).first

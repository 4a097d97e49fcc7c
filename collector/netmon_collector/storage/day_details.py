"""The rows of what pages draw of a day, and back."""

import json
from typing import Any

from sqlalchemy import Row

from netmon.domain.identifiers import LineId, SlotId
from netmon.domain.slot import Outcome
from netmon_collector.use_cases.day_values import DayTraffic, LineDay, SlotMark


def detail_row(one: LineDay) -> dict[str, object]:
    """The row beside the sums of a day."""
    slots = [[_short(mark.slot, one.line), mark.outcome.value, mark.why] for mark in one.slots]
    traffic = one.traffic
    return {
        "line_id": one.line,
        "day": one.day,
        "slots": json.dumps(slots, separators=(",", ":")),
        "measured_bytes": traffic.measured_bytes,
        "probes_sent": traffic.probes_sent,
        "probes_lost": traffic.probes_lost,
        "rtt_s": traffic.rtt_s,
        "rtt_p95_s": traffic.rtt_p95_s,
    }


def read_line_day(row: Row[Any]) -> LineDay:
    """A day from its sums and its details."""
    return LineDay(
        line=row.line_id,
        day=row.day,
        passed=row.passed,
        failed=row.failed,
        strict_passed=row.strict_passed,
        line_down=row.line_down,
        excluded=row.excluded,
        excluded_by_reason=json.loads(row.excluded_by_reason),
        working_s=row.working_s,
        up_s=row.up_s,
        down_s=row.down_s,
        median_bps=row.median_bps,
        input_hash=row.input_hash,
        computed_at=row.computed_at,
        slots=tuple(_mark(row.line_id, *one) for one in json.loads(row.slots)),
        traffic=DayTraffic(
            measured_bytes=row.measured_bytes,
            probes_sent=row.probes_sent,
            probes_lost=row.probes_lost,
            rtt_s=row.rtt_s,
            rtt_p95_s=row.rtt_p95_s,
        ),
    )


def _short(slot: SlotId, line: LineId) -> str:
    """The id without the line that it begins with, which leaves a colon in front."""
    return slot.removeprefix(line) if slot.startswith(f"{line}:") else slot


def _mark(line: LineId, slot: str, outcome: str, why: str | None) -> SlotMark:
    return SlotMark(slot=SlotId(f"{line}{slot}" if slot.startswith(":") else slot), outcome=Outcome(outcome), why=why)

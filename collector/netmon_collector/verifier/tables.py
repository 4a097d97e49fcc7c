"""The tables of a pack, made of its data alone: every slot with its outcome, every measurement, outage and probe."""

import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, tzinfo
from io import StringIO

from netmon.domain.latency import Outage
from netmon.domain.measurement import Measurement
from netmon.domain.slot import JudgedSlot, Slot, SlotReport, accounts
from netmon.errors import WireError
from netmon.wire.receipt import Receipt, read_receipt
from netmon_collector.ports import StoredRecord
from netmon_collector.verifier.contents import Contents
from netmon_collector.verifier.recompute import Recomputed

Cell = str | int | float | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MEGABIT = 1_000_000
_OTHER_DIRECTION, _NOT_WORKING, _NOT_OVER = "other_direction", "not_working_time", "not_over"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with their names, and rows of typed cells; times are local to the site, without a zone."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> bytes:
        """As a Russian spreadsheet opens it: a byte order mark, semicolons, decimal commas, no formulas."""
        written = StringIO()
        writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows([csv_text(cell) for cell in row] for row in self.rows)
        return written.getvalue().encode("utf-8-sig")


def csv_text(cell: Cell, *, decimal: str = ",") -> str:
    """The text of a cell in CSV, with what a fraction begins by."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="milliseconds")
    if isinstance(cell, float):
        return repr(cell).replace(".", decimal)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else str(cell)


def tables_of(contents: Contents, found: Recomputed) -> Mapping[str, Table]:
    """Every table by its name, in the order in which the workbook has them."""
    zone = contents.registry.time_zone(contents.about.line)
    return {name: make(contents, found, zone) for name, make in _TABLES.items()}


def _table(rows: Sequence[Mapping[str, Cell]], columns: Sequence[str]) -> Table:
    return Table(tuple(columns), tuple(tuple(row[name] for name in columns) for row in rows))


def _local(at: datetime | None, zone: tzinfo) -> datetime | None:
    """To the millisecond, which a spreadsheet can hold."""
    if at is None:
        return None
    local = at.astimezone(zone).replace(tzinfo=None)
    return local.replace(microsecond=local.microsecond // 1000 * 1000)


def _mbps(rate_bps: int | None) -> float | None:
    """Rounded down to thousandths: a rate never shows as a limit that it misses."""
    return None if rate_bps is None else rate_bps * 1000 // _MEGABIT / 1000


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


_OUTCOME_COLUMNS = (
    *("outcome", "reason", "cause", "rate_mbps", "rate_bps", "bound_only", "threshold_bps", "limit_bps"),
    *("strict_pass", "proof_server", "proof_at", "proof_rate_bps"),
)
_SLOT_COLUMNS = (
    *("slot", "starts_at", "direction", "mode", "server"),
    *_OUTCOME_COLUMNS,
    *("measurements", "agent_says", "agent_reason"),
)


def _slots(contents: Contents, found: Recomputed, zone: tzinfo) -> Table:
    start, end = contents.period.bounds(zone)
    facts = [one.fact for one in found.records if one is not None]
    reports = accounts(one for one in facts if isinstance(one, SlotReport))
    measured = Counter(one.slot for one in facts if isinstance(one, Measurement))
    rows = []
    for slot in contents.slots:
        if start <= slot.starts_at < end:
            report = reports.get(slot.id)
            rows.append(
                {
                    "slot": slot.id,
                    "starts_at": _local(slot.starts_at, zone),
                    "direction": slot.direction.value,
                    "mode": slot.mode.value,
                    "server": slot.server,
                    **_outcome(slot, found.slots.get(slot.id), contents, zone),
                    "measurements": measured[slot.id],
                    "agent_says": None if report is None else report.end.value,
                    "agent_reason": None if report is None or report.reason is None else report.reason.value,
                }
            )
    return _table(rows, _SLOT_COLUMNS)


def _outcome(slot: Slot, judged: JudgedSlot | None, contents: Contents, zone: tzinfo) -> Mapping[str, Cell]:
    if judged is None:
        empty: dict[str, Cell] = dict.fromkeys(_OUTCOME_COLUMNS)
        return {**empty, "outcome": "not_counted", "reason": _why_not(slot, contents)}
    proof = judged.proof
    return {
        "outcome": judged.outcome.value,
        "reason": None if judged.exclusion is None else judged.exclusion.value,
        "cause": None if judged.cause is None else judged.cause.value,
        "rate_mbps": _mbps(judged.rate_bps),
        "rate_bps": judged.rate_bps,
        "bound_only": None if judged.rate_bps is None else _yes(judged.censored),
        "threshold_bps": judged.threshold_bps,
        "limit_bps": judged.limit_bps,
        "strict_pass": _yes(judged.strict_pass),
        "proof_server": None if proof is None else proof.server,
        "proof_at": None if proof is None else _local(proof.at, zone),
        "proof_rate_bps": None if proof is None else proof.rate_bps,
    }


def _why_not(slot: Slot, contents: Contents) -> str:
    """Why a planned slot is no part of the verdict."""
    if slot.direction not in contents.policy.deciding_directions:
        return _OTHER_DIRECTION
    return _NOT_OVER if slot.ends_at > contents.about.as_of else _NOT_WORKING


_MEASURED = tuple(one.name for one in fields(Measurement) if one.name not in ("line", "flags", "started_at", "slot"))
_MEASUREMENT_COLUMNS = (
    "agent",
    "stream",
    "number",
    "received_at",
    "started_at",
    "slot",
    "rate_mbps",
    *_MEASURED,
    "flags",
    "receipt_bytes",
    "receipt_started_at",
    "receipt_ended_at",
    "receipt_text",
)


def _measurements(contents: Contents, found: Recomputed, zone: tzinfo) -> Table:
    rows = [_measurement(one.fact, one, zone) for one in found.records if _is_measurement(one)]  # type: ignore[union-attr,arg-type]
    rows += [_measurement(one.measurement, None, zone) for one in contents.imported]
    return _table(rows, _MEASUREMENT_COLUMNS)


def _is_measurement(one: StoredRecord | None) -> bool:
    return one is not None and isinstance(one.fact, Measurement)


def _measurement(fact: Measurement, record: StoredRecord | None, zone: tzinfo) -> Mapping[str, Cell]:
    text = None if record is None else record.envelope.body.get("receipt")
    receipt = _receipt(text)
    row: dict[str, Cell] = {name: _cell(getattr(fact, name)) for name in _MEASURED}
    return {
        **row,
        "agent": "imported" if record is None else record.agent,
        "stream": None if record is None else record.envelope.stream,
        "number": None if record is None else record.envelope.sequence,
        "received_at": None if record is None else _local(record.received_at, zone),
        "started_at": _local(fact.started_at, zone),
        "slot": fact.slot,
        "rate_mbps": _mbps(fact.rate_bps),
        "flags": " ".join(sorted(flag.value for flag in fact.flags)) or None,
        "receipt_bytes": None if receipt is None else receipt.bytes + receipt.udp_bytes,
        "receipt_started_at": None if receipt is None else _local(receipt.started_at, zone),
        "receipt_ended_at": None if receipt is None else _local(receipt.ended_at, zone),
        "receipt_text": text if isinstance(text, str) else None,
    }


def _receipt(text: object) -> Receipt | None:
    """What a receipt says, whether or not its signature is right."""
    try:
        return read_receipt(text) if isinstance(text, str) else None
    except WireError:
        return None


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return _yes(value)
    if value is None or isinstance(value, int | float):
        return value
    return str(value)


def _outages(contents: Contents, found: Recomputed, zone: tzinfo) -> Table:
    del contents
    rows = [
        {
            "started_at": _local(one.fact.started_at, zone),
            "ended_at": _local(one.fact.ended_at, zone),
            "seconds": (one.fact.ended_at - one.fact.started_at).total_seconds(),
            "cause": one.fact.cause.value,
            "agent": one.agent,
            "number": one.envelope.sequence,
        }
        for one in found.records
        if one is not None and isinstance(one.fact, Outage)
    ]
    return _table(rows, ("started_at", "ended_at", "seconds", "cause", "agent", "number"))


def _probes(contents: Contents, found: Recomputed, zone: tzinfo) -> Table:
    del found
    names = ("target", "sent", "lost", "rtt_min_s", "rtt_median_s", "rtt_p95_s", "rtt_max_s", "jitter_s")
    rows = [
        {
            "started_at": _local(one.started_at, zone),
            "ended_at": _local(one.ended_at, zone),
            **{name: _cell(getattr(one, name)) for name in names},
        }
        for one in contents.windows
    ]
    return _table(rows, ("started_at", "ended_at", *names))


_TABLES: Mapping[str, Callable[[Contents, Recomputed, tzinfo], Table]] = {
    "slots": _slots,
    "measurements": _measurements,
    "outages": _outages,
    "probes": _probes,
}

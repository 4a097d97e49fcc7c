"""Measurements as JSON and as CSV."""

import csv
import io
from collections.abc import Sequence

from netmon.domain.measurement import Measurement
from netmon.wire.plain import plain

COLUMNS = (
    "started_at",
    "slot",
    "server",
    "method",
    "direction",
    "mode",
    "duration_s",
    "kind",
    "reason",
    "rate_bps",
    "goodput_bps",
    "background_bps",
    "censored_at_bps",
    "decision",
    "threshold_bps",
    "limit_bps",
    "confidence",
    "bytes",
    "path",
    "receipt",
    "time_trusted",
    "flags",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def measurement_document(one: Measurement) -> dict[str, object]:
    """A measurement as the API shows it."""
    return {name: plain(getattr(one, name)) for name in COLUMNS}


def measurements_csv(measurements: Sequence[Measurement]) -> str:
    """The same as CSV with a heading; an empty field is a value that does not exist, never 0."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in measurements:
        document = measurement_document(one)
        writer.writerow([_cell(document[name]) for name in COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    """Texts come from devices: none may be a formula to the program that opens the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(map(str, value))
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """A text that no program for tables takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text

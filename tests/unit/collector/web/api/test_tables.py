"""Measurements as CSV: a missing value is empty, and no text is a formula."""

import csv
import io
from dataclasses import replace

from netmon.domain.measurement import Flag, Measurement, Reason
from netmon_collector.web.api.tables import COLUMNS, measurement_document, measurements_csv
from tests.support.domain import a_measurement


def _row(one: Measurement) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(measurements_csv([one])))
    return row


def test_every_field_of_a_measurement_but_its_line_is_shown() -> None:
    shown = {*COLUMNS, "line"}
    assert shown == set(Measurement.__dataclass_fields__)
    assert list(measurement_document(a_measurement())) == list(COLUMNS)


def test_a_missing_value_is_empty_never_nought() -> None:
    row = _row(a_measurement(mbps=None, reason=Reason.SERVER_BUSY))
    assert (row["rate_bps"], row["reason"], row["bytes"] != "") == ("", "server_busy", True)


def test_words_are_those_of_the_wire() -> None:
    row = _row(replace(a_measurement(), flags=frozenset({Flag.LOSS_SEEN, Flag.EMULATED_LINE})))
    assert (row["time_trusted"], row["flags"], row["receipt"]) == ("true", "emulated_line loss_seen", "receipt_valid")


def test_a_text_of_a_device_is_no_formula() -> None:
    assert _row(replace(a_measurement(), method="=cmd()"))["method"] == "'=cmd()"

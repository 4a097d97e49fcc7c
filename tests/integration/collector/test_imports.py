"""Imported measurements in the store: each once, shown, no part of what our own agent found, in the log."""

from dataclasses import replace
from datetime import timedelta

from netmon.domain.audit import AuditKind, Change
from netmon.domain.measurement import Measurement, Mode, ReceiptState
from netmon_collector.ports import ImportedMeasurement
from netmon_collector.storage.store import SqlStore
from tests.support.domain import LINE, a_measurement
from tests.support.store import NOW

CHANGE = Change(
    at=NOW, actor="operator", kind=AuditKind.IMPORT, subject=LINE, before=None, after="aa", document="a.csv"
)


def _imported(hours: int) -> Measurement:
    return replace(
        a_measurement(),
        line=LINE,
        slot=None,
        method="imported:speedtest-cli",
        mode=Mode.ESTIMATE,
        started_at=NOW - timedelta(hours=hours),
        receipt=ReceiptState.ABSENT,
        time_trusted=False,
        decision=None,
        censored_at_bps=None,
    )


def _rows(*hours: int) -> list[ImportedMeasurement]:
    return [ImportedMeasurement(number=2**60 - one, measurement=_imported(one)) for one in hours]


def test_what_was_imported_is_found_with_the_measurements_of_its_line(store: SqlStore) -> None:
    assert store.add_imported(_rows(1, 2), CHANGE) == 2
    assert store.measurements([LINE], NOW - timedelta(days=1), NOW) == [_imported(2), _imported(1)]


def test_importing_twice_stores_nothing_twice_and_says_so_nowhere(store: SqlStore) -> None:
    store.add_imported(_rows(1, 2), CHANGE)
    assert store.add_imported(_rows(2, 3), CHANGE) == 1
    assert store.add_imported(_rows(1, 2, 3), CHANGE) == 0
    assert len(store.measurements([LINE], NOW - timedelta(days=1), NOW)) == 3
    assert [entry.change for entry, _ in store.audit_page(after=0, limit=1000)] == [CHANGE, CHANGE]


def test_what_was_imported_proves_no_delivery_and_is_no_rate_of_our_agent(store: SqlStore) -> None:
    store.add_imported(_rows(1), CHANGE)
    assert store.deliveries(NOW - timedelta(days=1), NOW, at_least_bps=1) == []
    assert store.latest_rates([LINE], NOW - timedelta(days=1)) == {}

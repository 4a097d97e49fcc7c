"""The audit log: any change of an entry, its place or its absence shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from netmon.domain.audit import AuditEntry, AuditKind, Change, first_broken_entry

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXTS = st.text(max_size=8)
CHANGES = st.builds(
    Change,
    at=st.integers(0, 10**6).map(lambda seconds: AT + timedelta(seconds=seconds)),
    actor=TEXTS,
    kind=st.sampled_from(AuditKind),
    subject=TEXTS,
    before=st.none() | st.text("0123456789abcdef", min_size=1, max_size=4),
    after=st.none() | st.text("0123456789abcdef", min_size=1, max_size=4),
    document=st.none() | st.text(min_size=1, max_size=8),
)


def _log(changes: list[Change]) -> list[tuple[AuditEntry, str]]:
    entries: list[tuple[AuditEntry, str]] = []
    for number, change in enumerate(changes, start=1):
        entry = AuditEntry(number=number, change=change, previous=entries[-1][1] if entries else None)
        entries.append((entry, entry.hash))
    return entries


@given(CHANGES, CHANGES)
def test_entries_have_one_hash_exactly_when_they_are_equal(one: Change, other: Change) -> None:
    first, second = (AuditEntry(number=1, change=change, previous=None) for change in (one, other))
    assert (first.hash == second.hash) == (one == other)


@given(st.lists(CHANGES, min_size=1, max_size=5), CHANGES, st.data())
def test_a_changed_entry_is_found_also_when_its_hash_is_computed_anew(
    changes: list[Change], other: Change, data: st.DataObject
) -> None:
    log = _log(changes)
    assert first_broken_entry(log) is None
    place = data.draw(st.integers(0, len(log) - 1))
    forged = replace(log[place][0], change=other)
    if other == changes[place]:
        return
    assert first_broken_entry([*log[:place], (forged, log[place][1]), *log[place + 1 :]]) == forged
    if place + 1 < len(log):
        assert first_broken_entry([*log[:place], (forged, forged.hash), *log[place + 1 :]]) == log[place + 1][0]


@given(st.lists(CHANGES, min_size=2, max_size=5), st.data())
def test_an_entry_taken_out_is_found(changes: list[Change], data: st.DataObject) -> None:
    log = _log(changes)
    place = data.draw(st.integers(0, len(log) - 2))
    assert first_broken_entry([*log[:place], *log[place + 1 :]]) == log[place + 1][0]

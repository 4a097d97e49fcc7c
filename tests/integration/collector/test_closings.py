"""Closed periods and the audit log in the store: only added to, chained, the same on both engines."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from netmon.domain.audit import AuditKind, Change, first_broken_entry
from netmon.domain.closing import first_broken
from netmon.domain.identifiers import TerritoryId
from netmon.domain.period import Period, PeriodKind
from netmon.domain.verdict import SubjectKind, VerdictOutcome
from netmon_collector.errors import StoreError
from netmon_collector.storage.audit import write_audit
from netmon_collector.storage.store import SqlStore
from tests.support.closings import DISTRICT, a_closed_verdict, a_new_closing
from tests.support.store import NOW

TABLES = ("closed_period", "closed_verdict", "verdict_content", "audit_entry")


def test_a_closed_period_reads_back_as_it_was_stored(store: SqlStore) -> None:
    new = a_new_closing("2026-11", a_closed_verdict(), a_closed_verdict("school-02", VerdictOutcome.EXEMPT))
    link = store.add_closing(new)
    assert link is not None
    found = store.closing(DISTRICT, new.period)
    assert found is not None
    assert (found.link, found.hash, found.policy_id) == (link, link.hash, "policy-test")
    assert found.verdicts == new.verdicts
    assert found.summary == {"at": "2026-11-30"}
    assert store.closed_periods(DISTRICT, PeriodKind.MONTH) == {new.period}
    assert store.closed_periods(DISTRICT, PeriodKind.WEEK) == set()


def test_a_period_that_was_not_closed_has_no_closing(store: SqlStore) -> None:
    store.add_closing(a_new_closing("2026-11"))
    assert store.closing(DISTRICT, Period.parse("2026-10")) is None
    assert store.closing(TerritoryId("region"), Period.parse("2026-11")) is None
    assert store.closed_outcomes(DISTRICT, Period.parse("2026-10")) is None
    assert store.closed_standings(DISTRICT, Period.parse("2026-10")) is None


def test_a_revision_is_added_and_the_one_before_stays_readable(store: SqlStore) -> None:
    first = a_new_closing("2026-11", a_closed_verdict(outcome=VerdictOutcome.NON_COMPLIANT, short_by=1))
    second = a_new_closing("2026-11", a_closed_verdict(), revision=2)
    store.add_closing(first)
    store.add_closing(second)
    newest = store.closing(DISTRICT, first.period)
    before = store.closing(DISTRICT, first.period, revision=1)
    assert newest is not None
    assert before is not None
    assert (newest.link.revision, newest.verdicts) == (2, second.verdicts)
    assert (before.link.revision, before.verdicts) == (1, first.verdicts)
    outcomes = store.closed_outcomes(DISTRICT, first.period)
    assert outcomes is not None
    assert {id_: one.outcome for id_, one in outcomes.items()} == {"school-01": VerdictOutcome.COMPLIANT}
    school = (SubjectKind.ORGANISATION, "school-01")
    assert store.closed_standings(DISTRICT, first.period) == {school: VerdictOutcome.COMPLIANT}


def test_a_revision_that_another_collector_stored_is_not_stored_twice(store: SqlStore) -> None:
    assert store.add_closing(a_new_closing("2026-11")) is not None
    assert store.add_closing(a_new_closing("2026-11")) is None
    assert store.add_closing(a_new_closing("2026-11", revision=3)) is None
    assert len(store.chain(DISTRICT, PeriodKind.MONTH)) == 1


def test_closings_of_a_territory_and_kind_are_one_chain(store: SqlStore) -> None:
    for new in (
        a_new_closing("2026-10"),
        a_new_closing("2026-11"),
        a_new_closing("2026-10", revision=2),
        a_new_closing("2026-W47"),
        a_new_closing("2026-10", territory=TerritoryId("region")),
    ):
        store.add_closing(new)
    chain = store.chain(DISTRICT, PeriodKind.MONTH)
    assert [(link.period.name, link.revision) for link, _ in chain] == [("2026-10", 1), ("2026-11", 1), ("2026-10", 2)]
    assert [link.previous for link, _ in chain] == [None, chain[0][1], chain[1][1]]
    assert first_broken(chain) is None
    assert [link.previous for link, _ in store.chain(DISTRICT, PeriodKind.WEEK)] == [None]


def test_a_verdict_that_stayed_is_kept_once(store: SqlStore) -> None:
    store.add_closing(a_new_closing("2026-11"))
    store.add_closing(a_new_closing("2026-11", revision=2))
    with store.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM verdict_content")).scalar_one() == 1


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET hash = 'forged'", "DELETE FROM {}"])
def test_the_database_lets_nobody_rewrite_what_was_closed(store: SqlStore, table: str, statement: str) -> None:
    store.add_closing(a_new_closing("2026-11"))
    with pytest.raises((DBAPIError, StoreError), match=f"{table} is append-only"), store.database.write() as connection:
        connection.execute(text(statement.format(table)))
    assert store.closing(DISTRICT, Period.parse("2026-11")) is not None


def test_every_closing_is_in_the_audit_log(store: SqlStore) -> None:
    first = store.add_closing(a_new_closing("2026-11"))
    second = store.add_closing(a_new_closing("2026-11", revision=2))
    assert first is not None
    assert second is not None
    log = store.audit_page(after=0, limit=1000)
    assert [(entry.change.kind, entry.change.subject) for entry, _ in log] == [
        (AuditKind.CLOSING, "district 2026-11 revision 1"),
        (AuditKind.CLOSING, "district 2026-11 revision 2"),
    ]
    assert [(entry.change.before, entry.change.after) for entry, _ in log] == [
        (None, first.hash),
        (first.hash, second.hash),
    ]
    assert first_broken_entry(log) is None


def test_the_audit_log_is_one_chain_read_in_pages(store: SqlStore) -> None:
    change = Change(at=NOW, actor="role", kind=AuditKind.IMPORT, subject="line-01", before=None, after="aa")
    for number in range(5):
        with store.database.write() as connection:
            write_audit(connection, [replace(change, after=str(number))])
    log = store.audit_page(after=0, limit=1000)
    assert [entry.number for entry, _ in log] == [1, 2, 3, 4, 5]
    assert first_broken_entry(log) is None
    assert store.audit_page(after=2, limit=2) == log[2:4]
    assert store.audit_page(after=5, limit=2) == []

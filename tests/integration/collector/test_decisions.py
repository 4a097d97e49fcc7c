"""The audit log of what people decide: each file, exemption and entered value that changed, in the same transaction."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from netmon.domain.audit import AuditKind, first_broken_entry
from netmon.domain.identifiers import IndicatorId, TerritoryId
from netmon.domain.interval import Interval
from netmon.domain.registry import Registry
from netmon.domain.roadmap import EnteredValue
from netmon_collector.documents.canonical import canonical_document
from netmon_collector.errors import RegistryError
from netmon_collector.storage.store import SqlStore
from tests.support import registries
from tests.support.domain import a_text
from tests.support.store import NOW, bind

PLAIN = registries.a_registry(registries.a_school(1))
EXEMPTION = registries.an_exemption("o-01")
EXEMPT = replace(PLAIN, exemptions=(EXEMPTION,))
EXPIRING = replace(PLAIN, exemptions=(replace(EXEMPTION, during=Interval(None, date(2027, 1, 1))),))


def _sync(store: SqlStore, registry: Registry, *, days: int = 0) -> None:
    document = canonical_document("registry", registry)
    store.put_in_force([document], registry=registry, entered=(), at=NOW + timedelta(days=days))


def _changes(store: SqlStore) -> list[tuple[AuditKind, str, bool, bool]]:
    """Kind, subject, whether there was one before and is one after."""
    log = store.audit_page(after=0, limit=1000)
    assert first_broken_entry(log) is None
    changes = [entry.change for entry, _ in log]
    return [(one.kind, one.subject, one.before is not None, one.after is not None) for one in changes]


def test_a_file_that_changes_is_in_the_log_with_both_versions(store: SqlStore) -> None:
    _sync(store, PLAIN)
    _sync(store, PLAIN, days=1)
    _sync(store, replace(PLAIN, note=a_text("note")), days=2)
    log = [entry.change for entry, _ in store.audit_page(after=0, limit=1000)]
    assert [(one.kind, one.at) for one in log] == [
        (AuditKind.REGISTRY, NOW),
        (AuditKind.REGISTRY, NOW + timedelta(days=2)),
    ]
    assert (log[0].before, log[1].before) == (None, log[0].after)


def test_an_exemption_is_in_the_log_from_its_order_to_its_end(store: SqlStore) -> None:
    for day, registry in enumerate((PLAIN, EXEMPT, EXPIRING, PLAIN)):
        _sync(store, registry, days=day)
    kind = AuditKind.EXEMPTION
    assert [one for one in _changes(store) if one[0] is kind] == [
        (kind, "o-01", False, True),
        (kind, "o-01", True, True),
        (kind, "o-01", True, False),
    ]
    said = next(entry.change for entry, _ in store.audit_page(after=0, limit=1000) if entry.change.kind is kind)
    assert (said.actor, said.document) == (EXEMPTION.approver_role.ru, EXEMPTION.document)


def _value(numerator: int) -> EnteredValue:
    return EnteredValue(
        indicator=IndicatorId("indicator-1"),
        territory=TerritoryId("district"),
        at=date(2024, 12, 31),
        numerator=numerator,
        denominator=17,
        counted=True,
        document="letter 1",
        author_role=a_text("role"),
        illustrative=False,
    )


def test_entered_values_are_in_the_log_with_who_entered_them(store: SqlStore) -> None:
    for values in ((_value(3),), (_value(3),), (_value(4),), ()):
        store.put_in_force([canonical_document("roadmap", values)], registry=PLAIN, entered=values, at=NOW)
    kind = AuditKind.ENTERED_VALUE
    subject = "indicator-1 district 2024-12-31"
    assert [one for one in _changes(store) if one[0] is kind] == [
        (kind, subject, False, True),
        (kind, subject, True, True),
        (kind, subject, True, False),
    ]
    said = next(entry.change for entry, _ in store.audit_page(after=0, limit=1000) if entry.change.kind is kind)
    assert (said.actor, said.document) == ("role", "letter 1")


def test_what_was_refused_is_not_in_the_log(store: SqlStore) -> None:
    _sync(store, PLAIN)
    bind(store, PLAIN.lines[0].id, at=NOW)
    with pytest.raises(RegistryError):
        _sync(store, replace(EXEMPT, lines=()))
    assert len(store.audit_page(after=0, limit=1000)) == 1

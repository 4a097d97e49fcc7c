"""The registry in the store, and every version of what people decided."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from netmon.config.calendar import read_calendars
from netmon.config.defaults import default_file
from netmon.config.policy import read_policy
from netmon.config.registry import read_registry
from netmon.config.roadmap import read_roadmap
from netmon.domain.identifiers import IndicatorId, TerritoryId
from netmon.domain.interval import Dated, History, Interval
from netmon.domain.policy import Policy
from netmon.domain.registry import LocalityType, Registry
from netmon.domain.roadmap import EnteredValue
from netmon_collector.documents.canonical import canonical_document, value_of
from netmon_collector.errors import RegistryError, SchemaError
from netmon_collector.ports import Document
from netmon_collector.storage.store import SqlStore
from netmon_collector.use_cases.ingest import ingest
from tests.support import registries
from tests.support.domain import LINE, OTHER_LINE, a_registry, a_slot, a_text
from tests.support.store import AGENT, NOW, a_measurement_record, bind


def _sync(store: SqlStore, registry: Registry, *, days: int = 0) -> bool:
    document = canonical_document("registry", registry)
    return bool(store.put_in_force([document], registry=registry, entered=(), at=NOW + timedelta(days=days)))


def _enter(store: SqlStore, *values: EnteredValue) -> None:
    document = canonical_document("roadmap", values)
    store.put_in_force([document], registry=a_registry(), entered=values, at=NOW)


def _without_last_line(registry: Registry) -> Registry:
    return replace(registry, lines=registry.lines[:-1])


@pytest.mark.parametrize(
    "registry",
    [
        read_registry(default_file("registry.yaml")),
        registries.a_registry(registries.a_school(1, buildings=2), exemptions=[registries.an_exemption("o-01")]),
        replace(a_registry(contract_mbps=100), note=a_text("sample")),
        a_registry(
            history=History(
                (
                    Dated(value=LocalityType.RURAL, during=Interval(None, date(2026, 1, 1))),
                    Dated(value=LocalityType.CITY, during=Interval(date(2026, 1, 1), None)),
                )
            )
        ),
    ],
    ids=["shipped", "exempt", "noted", "grown"],
)
def test_a_registry_reads_back_as_it_was_written(store: SqlStore, registry: Registry) -> None:
    assert _sync(store, registry)
    assert store.registry() == registry


def test_the_same_registry_again_changes_nothing(store: SqlStore) -> None:
    assert _sync(store, a_registry())
    assert not _sync(store, a_registry())


def test_a_line_that_nothing_depends_on_may_be_dropped(store: SqlStore) -> None:
    _sync(store, a_registry())
    _sync(store, _without_last_line(a_registry()))
    assert [line.id for line in store.registry().lines] == [LINE]


def test_a_line_with_an_agent_is_not_dropped(store: SqlStore) -> None:
    _sync(store, a_registry())
    bind(store, OTHER_LINE, at=NOW)
    with pytest.raises(RegistryError, match=r"line 'line-02' has an agent and cannot be dropped; close it with 'to'"):
        _sync(store, _without_last_line(a_registry()))
    assert store.registry() == a_registry()


def test_a_line_with_planned_slots_is_not_dropped(store: SqlStore) -> None:
    _sync(store, a_registry())
    store.add_slots([a_slot(line=OTHER_LINE)])
    with pytest.raises(RegistryError, match="line 'line-02' has planned slots"):
        _sync(store, _without_last_line(a_registry()))


def test_a_line_with_records_is_not_dropped_even_when_its_agent_moved_on(store: SqlStore) -> None:
    _sync(store, a_registry())
    bind(store, OTHER_LINE, at=NOW - timedelta(days=1))
    slot = a_slot(NOW - timedelta(hours=1), line=OTHER_LINE)
    ingest([a_measurement_record(slot).line()], agent=AGENT, received_at=NOW, store=store, verifiers={})
    with pytest.raises(RegistryError, match="line 'line-02' has"):
        _sync(store, _without_last_line(a_registry()))


def test_every_version_that_was_in_force_can_be_found_again(store: SqlStore) -> None:
    first, second = a_registry(), _without_last_line(a_registry())
    documents = [canonical_document("registry", one) for one in (first, second, first)]
    for number, (registry, document) in enumerate(zip((first, second, first), documents, strict=True)):
        assert _sync(store, registry, days=number)
        assert store.documents_in_force() == {"registry": document}
    assert [store.document("registry", one.hash) for one in documents] == documents
    assert store.document("policy", documents[0].hash) is None


def test_the_shipped_policy_calendar_and_roadmap_have_a_canonical_form(store: SqlStore) -> None:
    territories = read_registry(default_file("registry.yaml")).territory_by_id.keys()
    values = {
        "policy": read_policy(default_file("policy.yaml")),
        "calendar": read_calendars(default_file("calendar.yaml"), territories=territories),
        "roadmap": read_roadmap(default_file("roadmap.yaml"), territories=territories),
    }
    for kind, value in values.items():
        document = canonical_document(kind, value)
        assert store.put_in_force([document], registry=a_registry(), entered=(), at=NOW) == (kind,)
        assert not store.put_in_force([document], registry=a_registry(), entered=(), at=NOW + timedelta(days=1))
        assert store.document(kind, document.hash) == document


def _entered(at: date, numerator: int) -> EnteredValue:
    return EnteredValue(
        indicator=IndicatorId("indicator-1"),
        territory=TerritoryId("district"),
        at=at,
        numerator=numerator,
        denominator=17,
        counted=True,
        document="letter 1",
        author_role=a_text("role"),
        illustrative=True,
    )


def test_entered_values_replace_those_before_and_come_by_indicator_and_territory_in_time_order(
    store: SqlStore,
) -> None:
    _enter(store, _entered(date(2019, 12, 31), 1))
    _enter(store, _entered(date(2020, 12, 31), 6), _entered(date(2019, 12, 31), 3))
    found = store.entered_shares("indicator-1", TerritoryId("district"))
    assert [(one.at.year, one.numerator, one.illustrative) for one in found] == [(2019, 3, True), (2020, 6, True)]
    assert {one.author_role for one in found} == {a_text("role")}
    assert store.entered_shares("indicator-1", TerritoryId("region")) == []
    assert store.entered_shares("indicator-2", TerritoryId("district")) == []


def test_a_roadmap_is_in_force_with_its_entered_values_or_not_at_all(store: SqlStore) -> None:
    _enter(store, _entered(date(2019, 12, 31), 1))
    before = store.documents_in_force()
    impossible = replace(_entered(date(2020, 12, 31), 6), numerator=None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        _enter(store, impossible)
    assert store.documents_in_force() == before
    assert [one.numerator for one in store.entered_shares("indicator-1", TerritoryId("district"))] == [1]


def test_a_document_of_another_netmon_is_said_with_its_mend() -> None:
    other = Document(kind="policy", hash="0" * 64, content='{"colour":"red"}')
    with pytest.raises(SchemaError, match="the policy in force was written by another netmon; run netmon-collector mi"):
        value_of(other, Policy)

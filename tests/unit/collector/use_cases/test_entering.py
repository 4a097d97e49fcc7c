"""What people enter: read as they write it, refused in one line, and which of two holds."""

from dataclasses import replace
from datetime import date

import pytest

from netmon.config.defaults import default_file
from netmon.config.registry import read_registry
from netmon.config.roadmap import read_roadmap
from netmon.domain.entries import Entered, Entry, EntryKind, kind_of, registry_with, roadmap_with, subject_of
from netmon.domain.identifiers import IndicatorId, OrganisationId
from netmon.domain.registry import Exemption, Text
from netmon.domain.roadmap import EnteredValue, Fact, QuantityKind
from netmon.errors import ConfigError
from netmon_collector.use_cases.entering import Known, prepared
from tests.support.entries import EXEMPTION, FACT, VALUE
from tests.support.store import NOW

REGISTRY = read_registry(default_file("registry.yaml"))
KNOWN = Known(
    roadmap=read_roadmap(default_file("roadmap.yaml"), territories=REGISTRY.territory_by_id.keys()),
    registry=replace(REGISTRY, exemptions=()),
    today=date(2026, 11, 23),
)


@pytest.mark.parametrize(
    ("kind", "changes", "key", "message"),
    [
        (EntryKind.VALUE, {"numerator": "18"}, "numerator", "18 is too large; write 17 or less"),
        (EntryKind.VALUE, {"numerator": "three"}, "numerator", "'three' is not a number"),
        (EntryKind.VALUE, {"denominator": ""}, "denominator", "has no 'denominator'"),
        (EntryKind.VALUE, {"at": "2026-12-31"}, "at", "2026-12-31 is in the future"),
        (EntryKind.VALUE, {"at": "31.13.2019"}, "at", "'31.13.2019' is not a day"),
        (EntryKind.VALUE, {"indicator": "indicator-9"}, "indicator", "'indicator-9' is no indicator"),
        (EntryKind.VALUE, {"territory": "moon"}, "territory", "'moon' is no territory"),
        (EntryKind.VALUE, {"document": " "}, "document", "has no 'document'"),
        (EntryKind.VALUE, {"author_role": ""}, "author_role", "has no 'author_role'"),
        (EntryKind.VALUE, {"colour": "red"}, "colour", "unknown key 'colour'"),
        (EntryKind.VALUE, {"document": "x" * 2001}, "document", "is longer than 2000 characters"),
        (EntryKind.FACT, {"of": "result-1.2"}, "of", "'result-1.2' is decided by indicator-1"),
        (EntryKind.FACT, {"children": ""}, "children", "has no 'children'"),
        (EntryKind.FACT, {"general_schools_percent": "101"}, "quantities.general_schools_percent", "101 is too large"),
        (EntryKind.EXEMPTION, {"organisation": "moon"}, "organisation", "unknown organisation 'moon'"),
        (EntryKind.EXEMPTION, {"to": "2026-09-01"}, "to", "2026-09-01 is not after 'from'"),
        (EntryKind.EXEMPTION, {"from": ""}, "from", "is missing"),
    ],
)
def test_what_cannot_be_is_one_line_that_names_its_field(
    kind: EntryKind, changes: dict[str, str], key: str, message: str
) -> None:
    fields = {EntryKind.VALUE: VALUE, EntryKind.FACT: FACT, EntryKind.EXEMPTION: EXEMPTION}[kind]
    with pytest.raises(ConfigError) as raised:
        prepared(kind, {**fields, **changes}, KNOWN)
    assert (raised.value.key, message in str(raised.value)) == (key, True), str(raised.value)


def test_days_numbers_and_yes_are_read_as_people_write_them() -> None:
    percent = {key: text for key, text in VALUE.items() if key not in ("numerator", "denominator")}
    value = prepared(EntryKind.VALUE, percent | {"value_percent": "69,96", "illustrative": "да"}, KNOWN).value
    assert isinstance(value, EnteredValue)
    assert (value.at, value.numerator, value.denominator, value.illustrative) == (date(2019, 12, 31), 1749, 2500, True)
    assert value.author_role == Text(ru="специалист", en="специалист")
    people = prepared(EntryKind.FACT, {**FACT, "children": "1 110"}, KNOWN).value
    assert isinstance(people, Fact)
    assert people.quantities[QuantityKind.CHILDREN] == 1110


def test_the_newest_entry_about_a_subject_holds_and_one_that_takes_back_leaves_nothing() -> None:
    filed = prepared(EntryKind.VALUE, VALUE, KNOWN).value
    assert isinstance(filed, EnteredValue)
    roadmap = replace(KNOWN.roadmap, entered_values=(filed,))
    corrected = _entry(1, replace(filed, numerator=4))
    assert roadmap_with(roadmap, ()).entered_values == (filed,)
    assert [one.numerator for one in roadmap_with(roadmap, (corrected,)).entered_values] == [4]
    again = _entry(2, replace(filed, numerator=5))
    assert [one.numerator for one in roadmap_with(roadmap, (again, corrected)).entered_values] == [5]
    nothing = replace(again, number=3, value=None)
    assert roadmap_with(roadmap, (corrected, again, nothing)).entered_values == ()


def test_an_entry_about_what_is_gone_stops_nothing() -> None:
    filed = prepared(EntryKind.VALUE, VALUE, KNOWN).value
    exemption = prepared(EntryKind.EXEMPTION, EXEMPTION, KNOWN).value
    assert isinstance(filed, EnteredValue)
    assert isinstance(exemption, Exemption)
    gone = replace(filed, indicator=IndicatorId("indicator-99"))
    closed = replace(exemption, organisation=OrganisationId("closed"))
    assert roadmap_with(KNOWN.roadmap, (_entry(1, gone),)).entered_values == ()
    assert registry_with(KNOWN.registry, (_entry(1, closed),)).exemptions == ()


def _entry(number: int, value: Entered) -> Entry:
    return Entry(
        number=number,
        at=NOW,
        kind=kind_of(value),
        subject=subject_of(value),
        value=value,
        entered_by="роль",
        document="Приказ",
    )

"""Values of the domain as plain JSON, and back."""

import json
from collections.abc import Mapping

import pytest

from netmon.config.calendar import read_calendars
from netmon.config.defaults import default_file
from netmon.config.policy import read_policy
from netmon.config.registry import read_registry
from netmon.config.roadmap import read_roadmap
from netmon.domain.calendar import SchoolCalendar
from netmon.domain.identifiers import TerritoryId
from netmon.domain.policy import CoverageRule, Policy
from netmon.domain.registry import Registry
from netmon.domain.roadmap import Roadmap
from netmon.errors import WireError
from netmon.wire.canonical import canonical_json
from netmon.wire.plain import plain, restored

REGISTRY = read_registry(default_file("registry.yaml"))
TERRITORIES = REGISTRY.territory_by_id.keys()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Registry, REGISTRY),
        (Policy, read_policy(default_file("policy.yaml"))),
        (Policy, read_policy(default_file("policy-demo.yaml"))),
        (
            Mapping[TerritoryId, SchoolCalendar],
            read_calendars(default_file("calendar.yaml"), territories=TERRITORIES),
        ),
        (Roadmap, read_roadmap(default_file("roadmap.yaml"), territories=TERRITORIES)),
    ],
    ids=["registry", "policy", "policy-demo", "calendar", "roadmap"],
)
def test_what_is_kept_as_evidence_can_be_judged_by_again(kind: object, value: object) -> None:
    assert restored(kind, json.loads(canonical_json(plain(value)))) == value


def test_a_field_that_is_not_there_takes_its_default() -> None:
    assert restored(CoverageRule, {"carry_periods": 2}) == CoverageRule(carry_periods=2)


@pytest.mark.parametrize("value", [None, [], {"carry_periods": "many"}, {"colour": "red"}, {"period": "decade"}])
def test_what_is_no_plain_form_is_refused(value: object) -> None:
    with pytest.raises(WireError, match="is no plain form of CoverageRule"):
        restored(CoverageRule, value)

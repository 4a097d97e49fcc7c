"""Verdicts as JSON: findings with the figures that show them, what only lines have, incidents."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from netmon.domain.identifiers import OrganisationId
from netmon_collector.documents.verdicts import judgement_document
from netmon_collector.use_cases.judging import Judgement
from tests.support.domain import LINE, MONDAY, MOSCOW, a_registry, local
from tests.support.evidence import NOVEMBER, EvidenceInMemory, Measure, down, judged, measuring, slots_of
from tests.support.evidence import the_default_policy as policy

REGISTRY = a_registry(organisations=1, contract_mbps=100)


def document_of(measure: Measure, *, with_outage: bool = False) -> dict[str, Any]:
    start = local(MONDAY, 9)
    evidence = EvidenceInMemory(found_outages=[down(start, start + timedelta(hours=4))] if with_outage else [])
    evidence.add(slots_of(LINE, NOVEMBER, policy=policy()), measure)
    judgement: Judgement = judged(evidence, REGISTRY)
    found: dict[str, Any] = json.loads(json.dumps(judgement_document(judgement, judgement.all(), REGISTRY)))
    return found


def of(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    (found,) = [one for one in document["verdicts"] if one["kind"] == kind]
    return dict(found)


def test_a_good_line_has_no_findings_and_its_figures() -> None:
    document = document_of(measuring(60))
    line = of("line", document)
    assert (line["findings"], document["incidents"]) == ([], [])
    assert line["availability"] == {
        "working_s": 756_000.0,
        "up_s": 756_000.0,
        "down_s": 0.0,
        "outages": 0,
        "longest_s": 0.0,
    }
    assert (line["sustained"]["passed"], line["sustained"]["failed"]) == (4, 0)
    assert line["estimates"] == {"count": 21, "median_bps": 60_000_000}
    assert line["contracts"] == [
        {
            "provider": "provider-a",
            "number": "1",
            "rate_bps": 100_000_000,
            "price_rub_month": 4500,
            "estimates": 21,
            "median_bps": 60_000_000,
            "measured_percent": 60,
            "contracted_rub_per_mbps": 45.0,
            "measured_rub_per_mbps": 75.0,
        }
    ]
    assert "contracts" not in of("site", document)


def test_a_finding_of_a_line_is_one_of_its_site_and_organisation() -> None:
    document = document_of(measuring(100, sustained_mbps=40))
    for kind in ("line", "site", "organisation"):
        (finding,) = of(kind, document)["findings"]
        assert (finding["kind"], finding["line"]) == ("burst", LINE)
        assert finding["sustained"] == {
            "passed": 0,
            "failed": 4,
            "worst_bps": 40_000_000,
            "limit_bps": 47_500_000,
            "short_passed": 231,
            "short_failed": 0,
        }


def test_throttling_comes_with_date_and_volume() -> None:
    measure = measuring(
        lambda slot: 60 if slot.starts_at.astimezone(MOSCOW).date() < date(2026, 11, 26) else 20, background_mbps=0.4
    )
    (finding,) = of("line", document_of(measure))["findings"]
    assert finding["kind"] == "throttled"
    fall = finding["fall"]
    assert (fall["from"], fall["to"], fall["school_days"], fall["below_days"]) == ("2026-11-26", "2026-11-30", 3, 3)
    assert (fall["before_bps"], fall["after_bps"]) == (60_000_000, 20_000_000)
    assert fall["volume"]["others_bytes"] == 400_000 * 18 * 36_000 // 8
    assert fall["volume"]["total_bytes"] == fall["volume"]["own_bytes"] + fall["volume"]["others_bytes"]
    assert fall["volume"]["background_bps"] == 400_000


def test_an_outage_is_a_finding_and_an_incident() -> None:
    document = document_of(measuring(60), with_outage=True)
    line = of("line", document)
    assert [one["kind"] for one in line["findings"]] == ["unavailable"]
    assert line["findings"][0]["availability"]["down_s"] == 14_400.0
    assert document["incidents"] == [
        {
            "provider": "provider-a",
            "started_at": "2026-11-23T06:00:00.000000Z",
            "ended_at": "2026-11-23T10:00:00.000000Z",
            "lines": [LINE],
            "outages": [
                {
                    "line": LINE,
                    "started_at": "2026-11-23T06:00:00.000000Z",
                    "ended_at": "2026-11-23T10:00:00.000000Z",
                }
            ],
        }
    ]
    assert of("organisation", document)["id"] == OrganisationId("school-01")

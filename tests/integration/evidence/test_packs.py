"""What a pack encloses, and that its verdict follows from it."""

import json
from datetime import timedelta

import pytest

from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.period import Period
from netmon.wire.canonical import canonical_json
from netmon_collector.errors import NotFoundError
from netmon_collector.report.evidence.gather import gather
from netmon_collector.services import Services
from netmon_collector.use_cases.judging import judge_period
from netmon_collector.verifier import members as names
from netmon_collector.verifier.archive import read_archive
from netmon_collector.verifier.checks import Result
from netmon_collector.verifier.contents import read_contents
from netmon_collector.verifier.keys import PublicKeys
from netmon_collector.verifier.phrases import speaker
from netmon_collector.verifier.recompute import recompute
from netmon_collector.verifier.verification import verify
from tests.support.packs import a_pack

DISTRICT = TerritoryId("district")
SAY = speaker("en")


@pytest.mark.parametrize(
    ("line", "period", "revision"),
    [
        ("line-16", "2026-W46", 1),  # closed, below the limit
        ("line-01", "2026-W46", 1),  # complies
        ("line-01-backup", "2026-W46", 1),
        ("line-07", "2026-W47", 0),  # silent
        ("line-12", "2026-11", 0),
    ],
)
def test_what_a_pack_prints_follows_from_what_it_encloses(
    services: Services, keys: PublicKeys, line: str, period: str, revision: int
) -> None:
    found = verify(a_pack(services, line, period), keys=keys, say=SAY)

    assert [check for check in found.checks if check.result is Result.DISAGREES] == []
    assert found.contents is not None
    assert found.contents.about.revision == revision


def test_the_verdict_of_an_open_period_is_the_one_that_judge_gives(services: Services, small: bytes) -> None:
    contents = read_contents(read_archive(small))
    judged = judge_period(
        DISTRICT,
        contents.period,
        evidence=services.store,
        registry=services.registry,
        policy=services.policy,
        calendars=services.calendars,
        as_of=services.clock.now(),
    )

    mine = recompute(contents, services.verifiers).verdict
    theirs = judged.lines[LineId("line-16")]
    assert (mine.outcome, mine.basis, mine.input_hash) == (theirs.outcome, theirs.basis, theirs.input_hash)
    assert contents.verdict["printed"]["input_hash"] == theirs.input_hash


def test_records_are_enclosed_as_they_were_received(services: Services, small: bytes) -> None:
    contents = read_contents(read_archive(small))
    start = min(slot.starts_at for slot in contents.slots)
    stored = services.store.line_records(LineId("line-16"), (start, start + timedelta(days=1)), start)

    enclosed = {one.line.decode() for one in contents.records}
    assert enclosed == {one.document for one in stored}
    assert len(enclosed) > 20


def test_other_lines_show_only_their_receipts(small: bytes) -> None:
    members = read_archive(small)
    lines = members[names.DELIVERIES].splitlines()

    assert len(lines) > 3
    assert {tuple(json.loads(line)) for line in lines} == {("rate_bps", "receipt")}
    registry = json.loads(members[names.REGISTRY])
    assert [one["id"] for one in registry["lines"]] == ["line-16"]
    assert len(registry["organisations"]) == 1
    assert b"school-01" not in b"".join(members.values())


def test_the_same_inputs_are_the_same_bytes(services: Services, failing: bytes) -> None:
    assert a_pack(services, "line-16", "2026-W46") == failing


def test_a_closed_pack_does_not_change_when_time_goes_by(services: Services, failing: bytes) -> None:
    inputs = services.gather_inputs(now=services.clock.now() + timedelta(days=400), language="ru")

    found = gather(inputs, LineId("line-16"), Period.parse("2026-W46"))
    assert found == read_contents(read_archive(failing))
    assert canonical_json(found.verdict) == canonical_json(read_contents(read_archive(failing)).verdict)


@pytest.mark.parametrize(
    ("line", "period", "revision", "reason"),
    [
        ("line-99", "2026-W46", None, "the registry has no line 'line-99'; see 'registry list'"),
        ("line-01", "2027-01", None, "the period 2027-01 has not begun; name one that has"),
        ("line-01", "2026-W46", 9, "the period 2026-W46 has no revision 9; leave it out for the newest"),
        ("line-01", "2026-W47", 1, "the period 2026-W47 has no revision 1; leave it out for the newest"),
    ],
)
def test_what_there_is_not_is_one_line(
    services: Services, line: str, period: str, revision: int | None, reason: str
) -> None:
    with pytest.raises(NotFoundError) as raised:
        a_pack(services, line, period, revision=revision)
    assert str(raised.value) == reason


def test_the_fingerprint_can_be_made_by_hand(failing: bytes) -> None:
    """As the act says: grep ' data/' SHA256SUMS | sha256sum."""
    from hashlib import sha256

    members = read_archive(failing)
    lines = [line for line in members[names.MANIFEST].decode().splitlines(keepends=True) if " data/" in line]

    assert sha256("".join(lines).encode()).hexdigest() == names.fingerprint(members)

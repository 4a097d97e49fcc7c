"""Whatever is changed in a pack, the verifier says so; what is no pack is refused in one line."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.domain.identifiers import ServerId
from netmon_collector.errors import PackError
from netmon_collector.verifier import archive
from netmon_collector.verifier import members as names
from netmon_collector.verifier.archive import read_archive, write_archive
from netmon_collector.verifier.checks import Result
from netmon_collector.verifier.keys import PublicKeys
from netmon_collector.verifier.phrases import speaker
from netmon_collector.verifier.verification import verify
from tests.support.packs import tampered
from tests.support.store import OTHER_SIGNING_KEY

SAY = speaker("en")


def disagreeing(pack: bytes, keys: PublicKeys) -> list[str]:
    return [one.text for one in verify(pack, keys=keys, say=SAY).checks if one.result is Result.DISAGREES]


def agrees(pack: bytes, keys: PublicKeys) -> bool:
    try:
        return verify(pack, keys=keys, say=SAY).agrees
    except PackError:
        return False


@settings(max_examples=40)
@given(data=st.data())
def test_a_changed_byte_is_noticed_wherever_it_is(small: bytes, keys: PublicKeys, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(small) - 1))
    change = data.draw(st.integers(1, 255))
    changed = bytearray(small)
    changed[place] ^= change

    assert not agrees(bytes(changed), keys)


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_stands_in_the_data_there_is_an_answer(small: bytes, keys: PublicKeys, data: st.DataObject) -> None:
    """With a manifest that hides it: values that nobody wrote, and that judging was not made for."""
    members = dict(read_archive(small))
    name = data.draw(st.sampled_from(names.DATA))
    changed = bytearray(members[name])
    if changed:
        for _ in range(data.draw(st.integers(1, 3))):
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.sampled_from(b'0123456789-"T:,ntx'))
    members[name] = bytes(changed)
    members[names.MANIFEST] = names.manifest_of(members)

    agrees(write_archive(members), keys)  # never anything but an answer or a refusal


def test_data_that_cannot_be_judged_are_an_answer(small: bytes, keys: PublicKeys) -> None:
    pack = tampered(small, names.ABOUT, b'"period": "2026-11-18"', b'"period": "2999-12-30"')
    pack = tampered(pack, names.POLICY, b'"proof_within": 7200.0', b'"proof_within": 8e13')
    assert "the data with their format" in disagreeing(pack, keys)


@pytest.mark.parametrize("member", names.ALL)
def test_a_changed_member_is_named(small: bytes, keys: PublicKeys, member: str) -> None:
    members = dict(read_archive(small))
    members[member] = members[member] + b" "

    found = verify(write_archive(members), keys=keys, say=SAY)
    details = [detail for check in found.checks if check.result is Result.DISAGREES for detail in check.details]
    assert [detail for detail in details if member in detail]


# Each change comes with a manifest that hides it: what is printed and what is enclosed must not fit together.
CHANGES = {
    "the rate of a measurement": (names.RECORDS, b'"rate_bps":2', b'"rate_bps":6'),
    "the bytes of a measurement": (names.RECORDS, b'"bytes":1', b'"bytes":9'),
    "a receipt": (names.RECORDS, b'"receipt":"eyJ', b'"receipt":"eyK'),
    "when a record came": (names.RECORDS, b'"received_at":"2026', b'"received_at":"2025'),
    "the start of a slot": (names.SLOTS, b'"starts_at":"2026-11-18T', b'"starts_at":"2026-11-17T'),
    "the server of a slot": (names.SLOTS, b'"server":"server-demo"', b'"server":"server-dema"'),
    "the threshold": (names.POLICY, b'"rural": 50000000', b'"rural": 20000000'),
    "the share": (names.POLICY, b'"min_share_percent": 80', b'"min_share_percent": 10'),
    "the contract": (names.REGISTRY, b'"rate_bps": 3', b'"rate_bps": 9'),
    "the type of the locality": (names.REGISTRY, b'"value": "rural"', b'"value": "city"'),
    "a delivery": (names.DELIVERIES, b'"rate_bps":', b'"rate_bps":9'),
    "the receipt of a delivery": (names.DELIVERIES, b'"receipt":"eyJ', b'"receipt":"eyK'),
    "a probe": (names.PROBES, b'"lost":', b'"lost":9'),
    "the outcome": (names.VERDICT, b'"outcome": "NON_COMPLIANT"', b'"outcome": "COMPLIANT"'),
    "a figure": (names.VERDICT, b'"failed": ', b'"failed": 1'),
    "a cell of a table": (names.table_member("slots"), b"fail", b"pass"),
    "a rate in a table": (names.table_member("measurements"), b";29", b";92"),
    "a key": (names.KEYS, b'"server-demo": "', b'"server-demo": "00'),
    "the agent's binding": (names.BINDINGS, b'"since":"2026', b'"since":"2027'),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_what_was_changed_with_its_manifest_still_disagrees(
    small: bytes, keys: PublicKeys, change: tuple[str, bytes, bytes]
) -> None:
    assert not agrees(tampered(small, *change), keys)


def test_a_cell_of_the_workbook_is_held_against_the_data(small: bytes, keys: PublicKeys) -> None:
    members = dict(read_archive(small))
    parts = {}
    with zipfile.ZipFile(BytesIO(members[names.WORKBOOK])) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v>29", b"<v>92", 1)
    assert parts["xl/worksheets/sheet1.xml"] != sheet
    members[names.WORKBOOK] = write_archive(parts, compression=zipfile.ZIP_DEFLATED)
    members[names.MANIFEST] = names.manifest_of(members)

    assert disagreeing(write_archive(members), keys) == ["tables/tables.xlsx with the data"]


def test_a_closed_verdict_must_be_one_of_its_period(failing: bytes, keys: PublicKeys) -> None:
    """A sentence is no figure, but the closed period names the hash of all of it."""
    found = disagreeing(tampered(failing, names.VERDICT, "Не соответствует".encode(), "Соответствует".encode()), keys)

    assert len(found) == 1
    assert found[0].startswith("the verdict with the closed period, revision 1;")


@pytest.mark.parametrize(
    ("before", "after"),
    [(b'"number": ', b'"number": 9'), (b'"root": "', b'"root": "0'), (b'"revision": 1', b'"revision": 2')],
)
def test_the_link_must_be_what_its_hash_says(failing: bytes, keys: PublicKeys, before: bytes, after: bytes) -> None:
    assert not agrees(tampered(failing, names.CLOSING, before, after), keys)


def test_another_key_proves_nothing(small: bytes) -> None:
    found = verify(small, keys=PublicKeys({None: (OTHER_SIGNING_KEY.public_hex,)}), say=SAY)

    details = [detail for check in found.checks if check.result is Result.DISAGREES for detail in check.details]
    assert "none is: is it the key of these measurement servers?" in details
    assert "server server-demo: another key" in details


def test_the_enclosed_key_is_never_used(small: bytes) -> None:
    """A pack whose receipts somebody signed with a key of their own, and enclosed that key."""
    members = dict(read_archive(small))
    members[names.KEYS] = b'{"server-demo": "%s"}' % OTHER_SIGNING_KEY.public_hex.encode()
    members[names.MANIFEST] = names.manifest_of(members)

    assert not agrees(write_archive(members), PublicKeys({ServerId("server-demo"): (OTHER_SIGNING_KEY.public_hex,)}))


def test_a_hash_from_paper_is_compared(failing: bytes, keys: PublicKeys) -> None:
    known = names.fingerprint(read_archive(failing))
    for expected, agreed in ((known, True), (known.upper(), True), ("0" * 64, False)):
        assert verify(failing, keys=keys, say=SAY, expected=expected).agrees is agreed


# What is no pack.


def repacked(pack: bytes, **changes: bytes | None) -> dict[str, bytes]:
    members = dict(read_archive(pack))
    for name, content in changes.items():
        if content is None:
            del members[name]
        else:
            members[name] = content
    return members


def refusal(data: bytes, keys: PublicKeys) -> str:
    with pytest.raises(PackError) as raised:
        verify(data, keys=keys, say=SAY)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_missing_member_is_named(small: bytes, keys: PublicKeys) -> None:
    assert refusal(write_archive(repacked(small, **{names.SLOTS: None})), keys) == "lacks the member data/slots.jsonl"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "data\\slots.jsonl", "extra.txt", "a" * 5000])
def test_a_member_that_is_none_of_a_packs_is_refused(small: bytes, keys: PublicKeys, name: str) -> None:
    members = repacked(small, **{names.SLOTS: None, name: b"x"})
    assert refusal(write_archive(members), keys).endswith("which belongs to no evidence pack")


def test_a_member_that_is_there_twice_is_refused(small: bytes, keys: PublicKeys) -> None:
    written = BytesIO()
    members = repacked(small, **{"act.docx": None})
    with zipfile.ZipFile(written, "w") as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content)
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr(zipfile.ZipInfo(names.SLOTS), b"again")
    assert refusal(written.getvalue(), keys) == "has the member 'data/slots.jsonl' twice"


def test_a_bomb_is_refused_unread(small: bytes, keys: PublicKeys) -> None:
    members = repacked(small, **{names.PROBES: b"\0" * 10_000_000})
    bomb = write_archive(members, compression=zipfile.ZIP_DEFLATED)
    assert refusal(bomb, keys).endswith("compressed; netmon writes packs without compression")


def test_too_many_members_are_refused(keys: PublicKeys) -> None:
    many = write_archive({f"{number}": b"" for number in range(1000)})
    assert refusal(many, keys) == f"has 1000 members, an evidence pack has {len(names.ALL)}"


def test_a_file_beyond_the_limit_is_refused(keys: PublicKeys) -> None:
    assert archive.MOST_BYTES == 64 * 1024 * 1024
    assert refusal(b"\0" * (archive.MOST_BYTES + 1), keys) == "is longer than 64 MiB, which no evidence pack is"


@pytest.mark.parametrize("data", [b"", b"PK", b"not a pack", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive_is_refused(data: bytes, keys: PublicKeys) -> None:
    assert refusal(data, keys)


def test_half_a_pack_is_refused(small: bytes, keys: PublicKeys) -> None:
    assert refusal(small[: len(small) // 2], keys).startswith("is no whole ZIP archive")


def test_data_that_cannot_be_read_are_named(small: bytes, keys: PublicKeys) -> None:
    found = verify(tampered(small, names.SLOTS, b"{", b"["), keys=keys, say=SAY)
    (check,) = [one for one in found.checks if one.result is Result.DISAGREES]
    assert check.details[0].startswith("data/slots.jsonl, line 1: is not JSON")


def test_a_workbook_that_is_a_bomb_is_no_workbook(small: bytes, keys: PublicKeys) -> None:
    entities = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><workbook>&b;</workbook>'
    members = dict(read_archive(small))
    members[names.WORKBOOK] = write_archive({"xl/workbook.xml": entities, "xl/_rels/workbook.xml.rels": entities})
    members[names.MANIFEST] = names.manifest_of(members)

    found = verify(write_archive(members), keys=keys, say=SAY)
    (check,) = [one for one in found.checks if one.result is Result.DISAGREES]
    assert check.details == ("has a document type, which no workbook has",)


def test_a_pack_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    from netmon_collector.verifier.verification import read_pack

    with pytest.raises(PackError, match="cannot be read"):
        read_pack(tmp_path / "no.zip")

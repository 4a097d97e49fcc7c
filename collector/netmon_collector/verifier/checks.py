"""The checks of a pack: each says whether the pack agrees with what its own data come to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from netmon.domain.identifiers import ServerId
from netmon.domain.measurement import Measurement, ReceiptState
from netmon.errors import WireError
from netmon.wire.canonical import parse_object
from netmon.wire.receipt import read_receipt
from netmon_collector.errors import PackError
from netmon_collector.verifier import members as names
from netmon_collector.verifier.archive import write_archive
from netmon_collector.verifier.contents import Contents
from netmon_collector.verifier.differences import csv_differences, sheet_differences, verdict_differences
from netmon_collector.verifier.keys import PublicKeys
from netmon_collector.verifier.phrases import Say, speaker
from netmon_collector.verifier.recompute import Recomputed
from netmon_collector.verifier.tables import tables_of
from netmon_collector.verifier.titles import outcome_words, titles_of
from netmon_collector.verifier.workbook import read_workbook

_MOST_DETAILS = 5


class Result(StrEnum):
    AGREES = "agrees"
    DISAGREES = "disagrees"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the answer; details name the places."""

    result: Result
    text: str
    details: tuple[str, ...] = field(default=())


def checked(text: str, differences: Iterable[str]) -> Check:
    """What agrees when there is no difference."""
    found = tuple(differences)
    return Check(Result.DISAGREES if found else Result.AGREES, text, found)


def short(check: Check, say: Say) -> tuple[str, ...]:
    """The first details, and how many more there are."""
    if len(check.details) <= _MOST_DETAILS:
        return check.details
    return (*check.details[:_MOST_DETAILS], say("and more: {n}", n=len(check.details) - _MOST_DETAILS))


def check_archive(data: bytes, members: Mapping[str, bytes], say: Say) -> Check:
    """Nothing is in the file but the members: no comment, no other copy, no other times."""
    same = write_archive(members) == data
    return checked(
        say("the archive with how netmon writes it, byte for byte"),
        () if same else (say("bytes between or about the members were changed"),),
    )


def check_manifest(members: Mapping[str, bytes], say: Say) -> Check:
    text = say("SHA-256 of every file with {manifest}, files: {n}", manifest=names.MANIFEST, n=len(members) - 1)
    return checked(text, _unlike_manifest(members, say))


def _unlike_manifest(members: Mapping[str, bytes], say: Say) -> Iterator[str]:
    if members[names.MANIFEST] == names.manifest_of(members):
        return
    lines = members[names.MANIFEST].decode(errors="replace").splitlines()
    said = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    others = 0
    for name in sorted(members.keys() - {names.MANIFEST}):
        if said.get(name) != sha256(members[name]).hexdigest():
            others += 1
            yield say("{name} is another file than the manifest names", name=name)
    if not others:
        yield say("{manifest} itself was changed", manifest=names.MANIFEST)


def check_receipts(found: Recomputed, say: Say) -> Check:
    """How many receipts prove their measurement by the reader's own key."""
    signed = [one for one in found.records if one is not None and one.envelope.body.get("receipt") is not None]
    proven = sum(isinstance(one.fact, Measurement) and one.fact.receipt is ReceiptState.VALID for one in signed)
    text = say(
        "receipts with the key given and with their measurements: {proven} of {n}",
        proven=proven,
        n=len(signed),
    )
    if not signed:
        return Check(Result.NOTED, text)
    if not proven:
        return Check(Result.DISAGREES, text, (say("none is: is it the key of these measurement servers?"),))
    details = tuple(
        say("record {n} of agent {agent}: no valid receipt", n=one.envelope.sequence, agent=one.agent)
        for one in signed
        if not (isinstance(one.fact, Measurement) and one.fact.receipt is ReceiptState.VALID)
    )
    return Check(Result.NOTED if details else Result.AGREES, text, details)


def check_records(contents: Contents, found: Recomputed, say: Say) -> Check:
    text = say("records of the agent with their format and this line: {n}", n=len(contents.records))
    broken = [number for number, one in enumerate(found.records, start=1) if one is None]
    strangers = [
        number
        for number, one in enumerate(found.records, start=1)
        if one is not None and one.line != contents.about.line
    ]
    return checked(
        text,
        (
            *(say("line {n} of {name} is no record", n=number, name=names.RECORDS) for number in broken),
            *(say("line {n} of {name} is not of this line", n=number, name=names.RECORDS) for number in strangers),
        ),
    )


def check_deliveries(contents: Contents, found: Recomputed, say: Say) -> Check:
    """What proves "below": the same server served another line well."""
    text = say(
        "receipts of other lines, which show what servers can deliver, with the key given: {n}",
        n=len(contents.deliveries),
    )
    line = contents.about.line
    return checked(
        text,
        (
            say("line {n} of {name}: proves nothing by the key given", n=number, name=names.DELIVERIES)
            for number, one in enumerate(found.deliveries, start=1)
            if one is None or one.line == line
        ),
    )


def check_tables(contents: Contents, found: Recomputed, members: Mapping[str, bytes], say: Say) -> Iterator[Check]:
    """Every cell of every table against the data."""
    tables = tables_of(contents, found)
    try:
        sheets = read_workbook(members[names.WORKBOOK])
        broken = None
    except PackError as error:
        sheets, broken = {}, str(error)
    for name, table in tables.items():
        member = names.table_member(name)
        text = say("{name} with the data, rows: {n}", name=member, n=len(table.rows))
        yield checked(text, csv_differences(table, members[member], say))
    titles = speaker(contents.about.language)
    differences: list[str] = [] if broken is None else [broken]
    for name, table in tables.items() if broken is None else ():
        given = sheets.get(name, [])
        differences += [f"{name}: {one}" for one in sheet_differences(table, titles_of(table, titles), given, say)]
    yield checked(say("{name} with the data", name=names.WORKBOOK), differences)


def check_verdict(contents: Contents, found: Recomputed, say: Say) -> Iterator[Check]:
    """The verdict and each of its figures; then whether it was judged by these very data."""
    counts = found.verdict.figures.counts if found.verdict.figures is not None else None
    text = say(
        "the verdict with the data: {outcome} ({basis}), passed {passed}, failed {failed}, not counted {excluded}",
        outcome=f"{found.verdict.outcome.value}, {outcome_words(say)[found.verdict.outcome]}",
        basis=found.verdict.basis.value,
        passed=0 if counts is None else counts.passed,
        failed=0 if counts is None else counts.failed,
        excluded=0 if counts is None else counts.excluded_total,
    )
    yield checked(text, verdict_differences(contents.verdict, found.verdict, say))
    printed = contents.verdict.get("printed")
    is_same = isinstance(printed, dict) and printed.get("input_hash") == found.verdict.input_hash
    yield _check_inputs(contents, found, is_same=is_same, say=say)
    period = contents.verdict.get("period")
    subject = isinstance(printed, dict) and (printed.get("kind"), printed.get("id")) == ("line", contents.about.line)
    same_period = isinstance(period, dict) and period.get("name") == contents.about.period
    if not (subject and same_period):
        yield Check(Result.DISAGREES, say("the verdict with the line and the period of the pack"))


def _check_inputs(contents: Contents, found: Recomputed, *, is_same: bool, say: Say) -> Check:
    """Another netmon hashes other inputs; the closed period then still vouches for the verdict."""
    text = say("the data with those that the verdict was given by (input_hash)")
    if is_same:
        return Check(Result.AGREES, text)
    other = say("the hash of its inputs is another one: {hash}", hash=found.verdict.input_hash)
    if contents.closing is None:
        return Check(Result.DISAGREES, text, (other,))
    return Check(Result.NOTED, text, (other, say("another version of netmon may have closed the period")))


def check_keys(contents: Contents, members: Mapping[str, bytes], keys: PublicKeys, say: Say) -> Check:
    """What the pack says of the servers' keys is compared and never used."""
    try:
        said = parse_object(members[names.KEYS], limit=len(members[names.KEYS]))
    except WireError as error:
        return Check(Result.DISAGREES, say("{name} with its format", name=names.KEYS), (str(error),))
    wrong = [
        server for server in sorted(servers_of(contents)) if keys.of(server) and said.get(server) not in keys.of(server)
    ]
    return checked(
        say("the enclosed public keys, which are not used, with those given"),
        (say("server {server}: another key", server=server) for server in wrong),
    )


def servers_of(contents: Contents) -> frozenset[ServerId]:
    """Every measurement server that the data speak of."""
    found: set[Any] = {slot.server for slot in contents.slots}
    found |= {slot.fallback_server for slot in contents.slots if slot.fallback_server is not None}
    for one in contents.records:
        body = one.record.get("body") if isinstance(one.record, dict) else None
        if isinstance(body, dict) and isinstance(body.get("server"), str):
            found.add(body["server"])
    for delivery in contents.deliveries:
        try:
            found.add(read_receipt(delivery.receipt).server)
        except WireError:
            continue
    return frozenset(found)

"""Verifying a pack: every check in its order, and the answer as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from netmon.errors import NetmonError
from netmon_collector.errors import PackError
from netmon_collector.verifier import checks
from netmon_collector.verifier.archive import MOST_BYTES, read_archive
from netmon_collector.verifier.checks import Check, Result, short
from netmon_collector.verifier.closing_check import check_closing
from netmon_collector.verifier.contents import Contents, read_contents
from netmon_collector.verifier.keys import PublicKeys
from netmon_collector.verifier.members import fingerprint
from netmon_collector.verifier.phrases import Say
from netmon_collector.verifier.recompute import recompute

_UNFIT = (NetmonError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer about one pack; `contents` is None when its data cannot be read."""

    contents: Contents | None
    fingerprint: str
    checks: tuple[Check, ...]

    @property
    def disagreeing(self) -> int:
        return sum(one.result is Result.DISAGREES for one in self.checks)

    @property
    def agrees(self) -> bool:
        return self.disagreeing == 0


def read_pack(path: Path) -> bytes:
    """The bytes of a pack, no more than are looked at. Raises PackError."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PackError(f"cannot be read ({error.strerror}); check the path and its permissions") from error


def verify(data: bytes, *, keys: PublicKeys, say: Say, expected: str | None = None) -> Verification:
    """Check a pack by keys that the reader brings. Raises PackError for a file that is no pack.

    `expected` is a hash that the reader knows from elsewhere: the fingerprint on a signed act, or a link in a mail.
    """
    members = read_archive(data)
    found = [checks.check_archive(data, members, say), checks.check_manifest(members, say)]
    contents = None
    try:
        contents = read_contents(members)
        found += _of_contents(contents, members, keys, say)
    except _UNFIT as error:  # written by strangers: what cannot be judged is an answer, too
        found.append(Check(Result.DISAGREES, say("the data with their format"), (_one_line(error),)))
    known = fingerprint(members)
    if expected is not None:
        found.append(_expected(expected.strip().lower(), known, contents, say))
    return Verification(contents=contents, fingerprint=known, checks=tuple(found))


def _one_line(error: Exception) -> str:
    said = " ".join(str(error).split())[:200]
    return said if isinstance(error, NetmonError) else f"{type(error).__name__}: {said}"


def _of_contents(contents: Contents, members: Mapping[str, bytes], keys: PublicKeys, say: Say) -> Iterator[Check]:
    verifiers = keys.verifiers(checks.servers_of(contents))
    found = recompute(contents, verifiers)
    yield checks.check_keys(contents, members, keys, say)
    yield checks.check_records(contents, found, say)
    yield checks.check_receipts(found, say)
    yield checks.check_deliveries(contents, found, say)
    yield from checks.check_tables(contents, found, members, say)
    yield from checks.check_verdict(contents, found, say)
    yield check_closing(contents, say)


def _expected(expected: str, known: str, contents: Contents | None, say: Say) -> Check:
    link = None if contents is None or contents.closing is None else contents.closing.hash
    if expected in (known, link):
        return Check(Result.AGREES, say("the hash that was given with the pack"))
    return Check(Result.DISAGREES, say("the hash that was given with the fingerprint and with the link of the pack"))


def answer_lines(name: str, found: Verification, say: Say) -> Iterator[str]:
    """What people read: the subject, a line for each check, and the answer."""
    about = None if found.contents is None else found.contents.about
    if about is not None:
        yield say("{file}: line {line}, {period}", file=name, line=about.line, period=about.period)
    words = {Result.AGREES: say("agrees"), Result.DISAGREES: say("DISAGREES"), Result.NOTED: say("note")}
    for one in found.checks:
        yield f"{words[one.result]}: {one.text}"
        yield from (f"    {detail}" for detail in short(one, say))
    yield say("Fingerprint of the data, to compare with the signed act: {hash}", hash=found.fingerprint)
    if found.agrees:
        yield say("ANSWER: everything that the pack prints follows from its data.")
    else:
        yield say("ANSWER: the pack disagrees with its data; checks that disagree: {n}.", n=found.disagreeing)

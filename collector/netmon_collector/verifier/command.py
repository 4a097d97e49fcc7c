"""Checking a pack from a command line: the same for netmon-collector and for the single file."""

from collections.abc import Callable
from pathlib import Path

from netmon_collector.errors import PackError
from netmon_collector.verifier.keys import read_public_keys
from netmon_collector.verifier.phrases import speaker
from netmon_collector.verifier.verification import answer_lines, read_pack, verify


def check_pack(
    file: Path, public_key: Path, *, language: str, expected: str | None, write: Callable[[str], object]
) -> bool:
    """Write the answer about a pack, a line at a time; whether it agrees. Raises PackError and ConfigError."""
    keys = read_public_keys(public_key)
    say = speaker(language)
    try:
        found = verify(read_pack(file), keys=keys, say=say, expected=expected)
    except PackError as error:
        raise PackError(f"{file}: {error}") from error
    for line in answer_lines(file.name, found, say):
        write(line)
    return found.agrees

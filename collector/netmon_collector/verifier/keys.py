"""Public keys of measurement servers, from a file that the reader got from who runs the servers, never from a pack."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from netmon.domain.identifiers import ServerId
from netmon.errors import ConfigError
from netmon.wire.receipt import Verifier
from netmon_collector.signatures import Ed25519Verifier

_MEND = "write the 64 hex digits that netmon-server prints, a line for each server, with the server's id before it"
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """Keys in hexadecimal by server; None stands for every server that is not named."""

    by_server: Mapping[ServerId | None, tuple[str, ...]]

    def of(self, server: ServerId) -> tuple[str, ...]:
        return self.by_server.get(server, self.by_server.get(None, ()))

    def verifiers(self, servers: frozenset[ServerId]) -> Mapping[ServerId, Verifier]:
        return {
            server: _AnyOf(tuple(Ed25519Verifier(bytes.fromhex(key)) for key in self.of(server)))
            for server in sorted(servers)
            if self.of(server)
        }


@dataclass(frozen=True, slots=True)
class _AnyOf:
    """A server signs with one key, and had another before."""

    verifiers: tuple[Verifier, ...]

    def is_valid(self, signature: bytes, data: bytes, /) -> bool:
        return any(one.is_valid(signature, data) for one in self.verifiers)


def read_public_keys(path: Path) -> PublicKeys:
    """Lines of ``HEX`` or ``SERVER HEX``; ``#`` begins a comment. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is no text; {_MEND}") from error
    found: dict[ServerId | None, tuple[str, ...]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        server, key = (None, words[0]) if len(words) == 1 else (ServerId(words[0]), words[1])
        if len(words) > 2 or not _is_key(key):
            raise ConfigError(f"{path}, line {number}: is no public key; {_MEND}")
        found[server] = (*found.get(server, ()), key.lower())
    if not found:
        raise ConfigError(f"{path}: has no public key; {_MEND}")
    return PublicKeys(found)


def _is_key(text: str) -> bool:
    if len(text) != 64:
        return False
    try:
        Ed25519Verifier(bytes.fromhex(text))
    except ValueError:
        return False
    return True

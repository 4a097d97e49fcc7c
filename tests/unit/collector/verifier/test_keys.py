"""The file with the servers' public keys that a reader brings."""

from pathlib import Path

import pytest

from netmon.domain.identifiers import ServerId
from netmon.errors import ConfigError
from netmon_collector.verifier.keys import read_public_keys
from tests.support.store import OTHER_SIGNING_KEY, SIGNING_KEY

ONE, OTHER = SIGNING_KEY.public_hex, OTHER_SIGNING_KEY.public_hex


def a_file(folder: Path, text: str) -> Path:
    path = folder / "server.pub"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_key_without_a_name_is_every_servers(tmp_path: Path) -> None:
    keys = read_public_keys(a_file(tmp_path, f"# of the district\n{ONE.upper()}\n"))
    assert keys.of(ServerId("server-1")) == keys.of(ServerId("server-2")) == (ONE,)


def test_a_named_key_is_that_servers_alone(tmp_path: Path) -> None:
    keys = read_public_keys(a_file(tmp_path, f"\ufeffserver-1 {ONE}\nserver-1 {OTHER}  # before 2026\n"))
    assert keys.of(ServerId("server-1")) == (ONE, OTHER)
    assert keys.of(ServerId("server-2")) == ()
    assert set(keys.verifiers(frozenset({ServerId("server-1"), ServerId("server-2")}))) == {"server-1"}


def test_either_key_of_a_server_verifies(tmp_path: Path) -> None:
    keys = read_public_keys(a_file(tmp_path, f"{ONE}\n{OTHER}\n"))
    verifier = keys.verifiers(frozenset({ServerId("server-1")}))[ServerId("server-1")]
    for key in (SIGNING_KEY, OTHER_SIGNING_KEY):
        assert verifier.is_valid(key.sign(b"data"), b"data")
        assert not verifier.is_valid(key.sign(b"data"), b"others")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ": has no public key; "),
        ("# nothing\n", ": has no public key; "),
        ("abc\n", ", line 1: is no public key; "),
        (f"{'zz' * 32}\n", ", line 1: is no public key; "),
        (f"\nserver-1 {ONE} {ONE}\n", ", line 2: is no public key; "),
    ],
)
def test_what_is_no_key_is_one_line(tmp_path: Path, text: str, reason: str) -> None:
    path = a_file(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        read_public_keys(path)
    assert str(raised.value).startswith(f"{path}{reason}write the 64 hex digits")


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "server.pub"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="is no text"):
        read_public_keys(path)

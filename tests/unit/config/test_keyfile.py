"""Key files."""

from pathlib import Path

import pytest

from netmon.config.keyfile import read_key_file, write_key_file
from netmon.errors import ConfigError

KEY = bytes(range(32))


def test_what_is_written_is_read_and_only_the_owner_can(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.key"
    write_key_file(path, KEY)
    assert read_key_file(path) == KEY
    assert path.stat().st_mode & 0o777 == 0o600
    assert not caplog.records


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_that_others_can_read_is_told(tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.key"
    path.write_text(KEY.hex().upper() + "\n", encoding="ascii")
    path.chmod(mode)
    assert read_key_file(path) == KEY
    assert caplog.messages == [f"others can read {path}; run chmod 600 {path}"]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    write_key_file(tmp_path / "a.key", KEY)
    with pytest.raises(ConfigError, match="name a new file"):
        write_key_file(tmp_path / "a.key", KEY)


@pytest.mark.parametrize("text", ["", "ab", "zz" * 32, "ab" * 33, "ключ", "ab" * 32 + "\nab"])
def test_anything_else_is_no_key(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="is no key; write 64 hex digits on one line"):
        read_key_file(path)

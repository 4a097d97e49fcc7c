"""Files of the state folder are there whole or not at all."""

import os
from pathlib import Path

import pytest

from netmon_agent.errors import StateError
from netmon_agent.state import StateLock, prepare_folder, write_atomically


def test_a_file_is_replaced_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "identity.json"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["identity.json"]  # noqa: PTH208 - names are what counts


def test_what_a_power_cut_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "file.new").write_bytes(b"half")
    (tmp_path / "file.new").chmod(0o666)
    write_atomically(tmp_path / "file", b"whole")
    assert (tmp_path / "file").read_bytes() == b"whole"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be written: No such file or directory"):
        write_atomically(tmp_path / "none" / "file", b"")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StateError, match="cannot be made: Not a directory"):
        prepare_folder(tmp_path / "file" / "state")


def test_two_agents_do_not_share_a_state_folder(tmp_path: Path) -> None:
    with (
        StateLock(tmp_path),
        pytest.raises(StateError, match="another netmon-agent runs on"),
        StateLock(tmp_path),
    ):
        pass
    with StateLock(tmp_path):
        pass

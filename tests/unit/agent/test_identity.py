"""The identity file."""

from pathlib import Path

import pytest

from netmon_agent.errors import StateError
from netmon_agent.identity import FILE, Identity
from tests.support.agent import an_identity
from tests.support.fake_collector import TOKEN


def test_an_identity_is_read_as_it_was_written(tmp_path: Path) -> None:
    identity = an_identity("https://collector.example", ca="-----BEGIN CERTIFICATE-----\n")
    identity.save(tmp_path)
    assert Identity.load(tmp_path) == identity
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_the_token_shows_in_no_message() -> None:
    assert TOKEN not in repr(an_identity("https://collector.example"))


def test_a_device_that_was_not_enrolled_says_so(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"this device is not enrolled: .* run netmon-agent enrol"):
        Identity.load(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"v": 2}', '{"v": 1, "agent": "", "token": "t"}'])
def test_a_damaged_identity_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StateError, match=r"is damaged \(.*\); remove it and enrol again with a new code"):
        Identity.load(tmp_path)

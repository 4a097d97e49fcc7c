"""The server's configuration is strict."""

from pathlib import Path

import pytest

from netmon.errors import ConfigError
from netmon_collector.measurement_server.settings import parse_listen, read_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("ticket.key", "server.key"):
        (tmp_path / name).write_text("ab" * 32 + "\n", encoding="ascii")
        (tmp_path / name).chmod(0o600)
    return tmp_path


GOOD = """\
id: server-1
listen: 0.0.0.0:8377
keys: {"2026-11": ticket.key}
signing_key_file: server.key
budget_mbps: 500
state: state
limits: {connections: 100, connections_per_client: 50}
"""


def read(folder: Path, text: str) -> object:
    (folder / "server.yaml").write_text(text, encoding="utf-8")
    return read_settings(folder / "server.yaml")


def test_paths_are_relative_to_the_file(folder: Path) -> None:
    (folder / "server.yaml").write_text(GOOD, encoding="utf-8")
    settings = read_settings(folder / "server.yaml")
    assert settings.keys == {"2026-11": bytes.fromhex("ab" * 32)}
    assert settings.budget_bps == 500_000_000
    assert settings.state == folder / "state"
    assert (settings.host, settings.port) == ("0.0.0.0", 8377)
    assert settings.limits.connections == 100


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("budget_mbps: 500", "budget_mbps: much"), "5: budget_mbps: 'much' is not a whole number"),
        (("listen: 0.0.0.0:8377", "listen: 8377"), "2: listen: '8377' cannot be used; write HOST:PORT"),
        (('{"2026-11": ticket.key}', "{}"), "3: keys: 0 keys are given"),
        (("ticket.key", "absent.key"), "absent.key: cannot be read"),
        (("state: state", "stat: state"), "6: stat: unknown key 'stat'"),
        (("id: server-1", "id: 1.10"), "1: id: 1.10 is a number"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(folder: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(folder, GOOD.replace(*change))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_that_others_may_change_is_refused(folder: Path) -> None:
    (folder / "ticket.key").chmod(0o666)
    with pytest.raises(ConfigError, match="others may change this key"):
        read(folder, GOOD)


def test_addresses_to_listen_on() -> None:
    assert parse_listen("[::1]:80") == ("::1", 80)
    for wrong in ("host", ":80", "host:port", "host:70000"):
        with pytest.raises(ValueError, match="HOST:PORT"):
            parse_listen(wrong)

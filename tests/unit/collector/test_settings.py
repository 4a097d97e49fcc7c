"""collector.yaml: what is refused, with its exact message, and where a command finds its file."""

from pathlib import Path

import pytest

from netmon.config.defaults import default_file
from netmon.errors import ConfigError
from netmon_collector.settings import Limits, demo_config, find_config, read_settings
from tests.support.invalid_files import FOLDER, expected_message, invalid_files
from tests.support.store import CollectorFiles


@pytest.mark.parametrize("name", invalid_files("collector"))
def test_a_mistake_is_one_line_with_its_place_and_mend(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(FOLDER / name)
    assert str(caught.value) == expected_message(name).replace("{folder}", str(FOLDER))


def test_an_almost_empty_file_is_a_whole_collector(tmp_path: Path) -> None:
    path = tmp_path / "collector.yaml"
    path.write_text("language: en\n", encoding="utf-8")
    settings = read_settings(path)
    assert settings.database == f"sqlite:///{tmp_path}/netmon.db"
    assert settings.listen == (("127.0.0.1", 8080),)
    assert (settings.registry, settings.policy) == (default_file("registry.yaml"), default_file("policy.yaml"))
    assert (settings.servers, settings.tls, settings.limits) == ({}, None, Limits())


def test_paths_are_relative_to_the_file_not_to_where_the_command_was_started(tmp_path: Path) -> None:
    settings = read_settings(CollectorFiles(tmp_path).write())
    assert settings.registry == tmp_path / "registry.yaml"
    assert settings.database == f"sqlite:///{tmp_path}/netmon.db"


def test_an_absolute_database_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "collector.yaml"
    path.write_text("database: sqlite:////var/lib/netmon/n.db\n", encoding="utf-8")
    assert read_settings(path).database == "sqlite:////var/lib/netmon/n.db"


def test_the_last_ticket_key_signs(tmp_path: Path) -> None:
    config = CollectorFiles(tmp_path).write()
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[{id: k1,", "[{id: k0, file: ticket.key}, {id: k1,"), encoding="utf-8")
    (server,) = read_settings(config).servers.values()
    assert (list(server.keys), server.key_id) == (["k0", "k1"], "k1")


def test_a_ticket_key_that_others_can_read_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    config = CollectorFiles(tmp_path).write()
    (tmp_path / "ticket.key").chmod(0o644)
    read_settings(config)
    assert caplog.messages == [f"others can read {tmp_path}/ticket.key; run chmod 600 {tmp_path}/ticket.key"]


def test_keys_never_show_in_what_is_printed(tmp_path: Path) -> None:
    settings = read_settings(CollectorFiles(tmp_path).write())
    assert "1111" not in repr(settings)


def test_addresses_of_both_families_can_be_listened_on(tmp_path: Path) -> None:
    settings = read_settings(CollectorFiles(tmp_path).write(listen='["0.0.0.0:80", "[::]:8080"]'))
    assert settings.listen == (("0.0.0.0", 80), ("::", 8080))


def test_what_is_said_comes_before_the_environment_and_that_before_the_last_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"XDG_STATE_HOME": str(tmp_path / "state"), "NETMON_CONFIG": "/else.yaml"}
    assert find_config(Path("/said.yaml"), environ) == Path("/said.yaml")
    assert find_config(None, environ) == Path("/else.yaml")
    del environ["NETMON_CONFIG"]
    demo = demo_config(environ)
    assert demo == tmp_path / "state" / "netmon" / "demo" / "collector.yaml"
    demo.parent.mkdir(parents=True)
    demo.touch()
    assert find_config(None, environ) == demo
    Path("netmon.yaml").touch()
    assert find_config(None, environ) == Path("netmon.yaml")


def test_the_last_demo_lies_in_the_users_state(tmp_path: Path) -> None:
    assert demo_config({"HOME": str(tmp_path)}) == tmp_path / ".local/state/netmon/demo/collector.yaml"


def test_without_any_configuration_every_place_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"^no configuration: none of netmon.yaml, .* exists; say --config FILE$"):
        find_config(None, {"HOME": str(tmp_path)})

"""agent.yaml is read strictly, and found in the order that design.md gives."""

from dataclasses import replace
from pathlib import Path

import pytest

from netmon.domain.identifiers import ServerId
from netmon.errors import ConfigError
from netmon.wire.canonical import canonical_json, parse_object
from netmon.wire.timetable import ProbeTarget
from netmon_agent.address import Address, CollectorUrl
from netmon_agent.settings import UNKNOWN_HASH, Gateway, OutageRule, Settings, find_settings, settings_of
from netmon_agent.settings_file import read_settings, settings_document


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "agent.yaml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_everything_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    found = read(
        tmp_path,
        """
collector: https://collector.example:8443
state_dir: state
ca_file: ca.pem
proxy: http://proxy.example:3128
interface: wan0
emulated_line: true
server_addresses:
  server-1: "192.0.2.7:8700"
probes:
  timeout_s: 1.5
  gateway: school
  neighbours:
    - {name: neighbour, address: "192.0.2.1:53"}
    - {name: pinged, address: resolver.example}
    - {name: pinged6, address: "2001:db8::53"}
outages: {after_probes: 2, stretch_s: 60}
outbox: {max_mb: 5}
""",
    )
    assert replace(found, config_hash=UNKNOWN_HASH) == Settings(
        state_dir=tmp_path / "state",
        collector=CollectorUrl.parse("https://collector.example:8443", allow_plain_http=False),
        ca_file=tmp_path / "ca.pem",
        proxy=Address("proxy.example", 3128),
        interface="wan0",
        emulated_line=True,
        server_addresses={ServerId("server-1"): Address("192.0.2.7", 8700)},
        gateway=Gateway.SCHOOL,
        neighbours=(
            ProbeTarget(name="neighbour", host="192.0.2.1", port=53),
            ProbeTarget(name="pinged", host="resolver.example", port=0),
            ProbeTarget(name="pinged6", host="2001:db8::53", port=0),
        ),
        probe_timeout_s=1.5,
        outages=OutageRule(after_probes=2, stretch_s=60.0),
        outbox_max_bytes=5_000_000,
    )


def test_the_state_folder_is_all_that_must_be_said(tmp_path: Path) -> None:
    found = read(tmp_path, "state_dir: /var/lib/netmon\n")
    assert replace(found, config_hash=UNKNOWN_HASH) == Settings(state_dir=Path("/var/lib/netmon"))


def test_the_hash_is_that_of_what_is_set_and_not_of_how_it_is_written(tmp_path: Path) -> None:
    plain = read(tmp_path, "state_dir: s\n").config_hash
    assert read(tmp_path, "# a remark\nemulated_line: false\nstate_dir: s\n").config_hash == plain
    assert read(tmp_path, "state_dir: s\nprobes: {gateway: school}\n").config_hash != plain
    assert read(tmp_path, 'state_dir: s\nserver_addresses: {a: "b:1"}\n').config_hash != plain


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("collector: https://a\n", "1: has no 'state_dir'; add the key 'state_dir'"),
        ("state_dir: s\ncolector: https://a\n", "2: colector: unknown key 'colector'; known here: "),
        (
            "state_dir: s\ncollector: http://a\n",
            "2: collector: http:// would show the token to everyone on the way; write https://, or add "
            "'allow_plain_http: true' where nobody else can listen",
        ),
        ("state_dir: s\ncollector: a\n", "2: collector: 'a' is not a URL like https://collector.example; write it as"),
        ("state_dir: s\nca_file: none.pem\n", "does not exist; write the path of a PEM file"),
        ("state_dir: s\nproxy: proxy:3128\n", "2: proxy: 'proxy:3128' is not an HTTP proxy; write it as"),
        ("state_dir: s\nproxy: http://proxy\n", "2: proxy: 'http://proxy' cannot be used; write http://HOST:PORT"),
        ("state_dir: s\ninterface: ../x\n", "2: interface: '../x' is not a network interface; write a name"),
        ("state_dir: s\ninterface: a-name-far-too-long\n", "is not a network interface"),
        ("state_dir: s\nemulated_line: yes\n", "2: emulated_line: 'yes' is not true or false; write true or false"),
        ("state_dir: s\nserver_addresses: {a: b}\n", "2: server_addresses.a: 'b' cannot be used; write \"HOST:PORT\""),
        ("state_dir: s\nserver_addresses: [a]\n", "2: server_addresses: is not a mapping"),
        ("state_dir: s\nprobes: {timeout_s: 0}\n", "2: probes.timeout_s: 0.0 is too small; write 0.1 or more"),
        ("state_dir: s\nprobes: {neighbours: [{name: a}]}\n", "2: probes.neighbours[0]: has no 'address'"),
        (
            "state_dir: s\nprobes: {neighbours: [{name: a, address: 'b:1'}, {name: a, address: 'b:2'}]}\n",
            "2: probes.neighbours: has a name twice or too many entries; write at most 8 names, each once",
        ),
        (
            "state_dir: s\nprobes: {neighbours: [{name: gateway, address: 'b:1'}]}\n",
            "2: probes.neighbours[0].name: 'gateway' is the first router; write another name; probes.gateway says",
        ),
        (
            "state_dir: s\nprobes: {neighbours: [{name: a, address: 'b:x'}]}\n",
            '2: probes.neighbours[0].address: \'b:x\' cannot be used; write "HOST:PORT", or "HOST" for an ICMP echo',
        ),
        (
            "state_dir: s\nprobes: {gateway: mine}\n",
            "2: probes.gateway: 'mine' is unknown; write one of provider, school, none",
        ),
        ("state_dir: s\nprobes: {x: 1}\n", "2: probes.x: unknown key 'x'"),
        ("state_dir: s\noutages: {after_probes: 0}\n", "2: outages.after_probes: 0 is too small; write 1 or more"),
        ("state_dir: s\noutages: {stretch_s: 7200}\n", "2: outages.stretch_s: 7200.0 is too large"),
        ("state_dir: s\noutbox: {max_mb: 0}\n", "2: outbox.max_mb: 0 is too small; write 1 or more"),
        ("state_dir: s\noutbox: {}\n", "2: outbox: has no 'max_mb'"),
    ],
)
def test_a_mistake_is_one_line_that_says_how_to_mend_it(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'agent.yaml'}:")
    assert "\n" not in str(caught.value)


def test_the_option_comes_before_the_environment(tmp_path: Path) -> None:
    assert find_settings(tmp_path / "a", {"NETMON_CONFIG": "b"}) == tmp_path / "a"
    assert find_settings(None, {"NETMON_CONFIG": "b"}) == Path("b")


def test_the_current_folder_comes_before_etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "netmon.yaml").write_text("")
    assert find_settings(None, {}) == Path("netmon.yaml")


def test_no_settings_at_all_is_said_with_every_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"none of netmon\.yaml, /etc/netmon/agent\.yaml exists; give --config"):
        find_settings(None, {})


def test_the_cap_of_the_months_traffic_is_in_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text("state_dir: state\ntraffic: {monthly_gb: 2.5}\n")
    assert read_settings(path).monthly_bytes == 2_500_000_000


def test_settings_travel_to_the_resident_process_unchanged(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    text = """
collector: https://collector.example:8443/netmon
state_dir: state
ca_file: ca.pem
proxy: http://proxy.example:3128
interface: wan0
server_addresses: {server-1: "192.0.2.7:8700"}
probes: {gateway: school, neighbours: [{name: neighbour, address: "192.0.2.1:53"}]}
outages: {after_probes: 2, stretch_s: 60}
traffic: {monthly_gb: 2}
"""
    for settings in (read(tmp_path, text), read(tmp_path, "state_dir: s\n")):
        sent = canonical_json(settings_document(settings))
        assert settings_of(parse_object(sent, limit=10_000)) == settings

"""Pieces of configuration that every program reads alike."""

import pytest

from netmon.config.host_port import parse_host_port


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("example.org:80", ("example.org", 80)),
        ("0.0.0.0:65535", ("0.0.0.0", 65535)),
        ("[::]:8377", ("::", 8377)),
    ],
)
def test_a_host_and_a_port_are_read(text: str, found: tuple[str, int]) -> None:
    assert parse_host_port(text) == found


@pytest.mark.parametrize(
    "text", ["", "host", ":80", "host:", "host:65536", "host:8²", "host:" + "9" * 5000, "a b:80", "a/b:80", "[]:80"]
)
def test_what_is_no_host_and_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not HOST:PORT"):
        parse_host_port(text)


def test_an_ipv6_address_stands_in_brackets() -> None:
    with pytest.raises(ValueError, match="without its brackets"):
        parse_host_port("2001:db8::1:443")


def test_only_who_listens_may_take_any_port() -> None:
    assert parse_host_port("localhost:0", lowest_port=0) == ("localhost", 0)
    with pytest.raises(ValueError, match="not HOST:PORT"):
        parse_host_port("localhost:0")

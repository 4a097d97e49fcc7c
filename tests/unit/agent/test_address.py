"""Addresses and URLs as people write them."""

import pytest

from netmon_agent.address import Address, CollectorUrl, PlainHttpError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("example.org:80", "example.org", 80),
        ("192.0.2.1:65535", "192.0.2.1", 65535),
        ("[2001:db8::1]:443", "2001:db8::1", 443),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, host: str, port: int) -> None:
    assert Address.parse(text) == Address(host, port)
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "host", ":80", "host:", "host:0", "host:65536", "host:8o", "2001:db8::1:443", "a b:80", "a/b:80", "[]:80"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not HOST:PORT|brackets"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("https://collector.example", "https://collector.example"),
        ("https://collector.example:443/", "https://collector.example"),
        ("https://collector.example:8443/netmon/", "https://collector.example:8443/netmon"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_collector_url_is_kept_in_its_normal_form(text: str, normal: str) -> None:
    assert str(CollectorUrl.parse(text, allow_plain_http=False)) == normal


@pytest.mark.parametrize(
    "text",
    [
        "collector.example",
        "ftp://a",
        "https://",
        "https://a?b=c",
        "https://u:p@a",
        "https://a#b",
        "https://a:99999",
        "https://å",
    ],
)
def test_what_is_no_url_of_a_collector_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the standard library's in places
        CollectorUrl.parse(text, allow_plain_http=True)


def test_a_collector_without_tls_must_be_allowed() -> None:
    with pytest.raises(PlainHttpError):
        CollectorUrl.parse("http://collector.example", allow_plain_http=False)
    assert not CollectorUrl.parse("http://collector.example", allow_plain_http=True).tls

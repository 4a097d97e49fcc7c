"""What network cards say about their speed."""

import struct

from netmon_agent.line.card import LinkSpeed, link_speed, parse_settings


def settings(low: int, duplex: int, high: int = 0) -> bytes:
    return struct.pack("=IIIHBBBBBBIIHBBIII", 1, 0, 0, low, duplex, 0, 0, 0, 0, 0, 0, 0, high, 0, 0, 0, 0, 0)


def test_a_negotiated_speed_is_read() -> None:
    assert parse_settings(settings(100, 0)) == LinkSpeed(speed_bps=100_000_000, full_duplex=False)
    assert parse_settings(settings(1000, 1)) == LinkSpeed(speed_bps=1_000_000_000, full_duplex=True)


def test_speeds_above_65_gigabits_use_the_high_half() -> None:
    assert parse_settings(settings(100_000 & 0xFFFF, 1, 100_000 >> 16)) == LinkSpeed(
        speed_bps=100_000_000_000, full_duplex=True
    )


def test_a_speed_that_the_driver_does_not_know_is_none() -> None:
    assert parse_settings(settings(0xFFFF, 0xFF, 0xFFFF)) is None
    assert parse_settings(settings(0, 0)) is None


def test_virtual_and_unknown_interfaces_limit_nothing() -> None:
    assert link_speed("lo") is None
    assert link_speed("nosuch0") is None

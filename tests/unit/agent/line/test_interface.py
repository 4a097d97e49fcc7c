"""Interface counters as IP-layer bytes."""

from pathlib import Path

import pytest

from netmon_agent.line.interface import InterfaceCounters, InterfaceGoneError, header_bytes, open_counters

HEAD = "Inter-|   Receive                                                |  Transmit\n face |bytes packets\n"
ROW = "  wan0: 15140 10 0 0 0 0 0 0 3028 2 0 0 0 0 0 0\n wan01: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"


def test_ethernet_headers_are_taken_off(tmp_path: Path) -> None:
    table = tmp_path / "dev"
    table.write_text(HEAD + ROW, encoding="ascii")
    with InterfaceCounters("wan0", header=14, table=table) as counters:
        traffic = counters.read()
    assert (traffic.received_bytes, traffic.sent_bytes) == (15_000, 3_000)


def test_counters_are_read_anew_from_the_same_descriptor(tmp_path: Path) -> None:
    table = tmp_path / "dev"
    table.write_text(HEAD + ROW, encoding="ascii")
    with InterfaceCounters("wan0", header=0, table=table) as counters:
        table.write_text(HEAD + ROW.replace("15140", "25140"), encoding="ascii")
        assert counters.read().received_bytes == 25_140
        table.write_text(HEAD, encoding="ascii")
        with pytest.raises(InterfaceGoneError, match="the interface wan0 is gone"):
            counters.read()


def test_the_loopback_counts_an_ethernet_header() -> None:
    assert header_bytes("lo") == 14
    with open_counters("lo") as counters:
        assert counters.read().received_bytes >= 0


def test_an_unknown_interface_is_gone() -> None:
    with pytest.raises(InterfaceGoneError, match="nosuch0 does not exist"):
        open_counters("nosuch0")

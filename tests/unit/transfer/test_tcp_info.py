"""Struct tcp_info, field by field."""

import socket
import struct

import pytest

from netmon.transfer.options import bbr_available, congestion_control, pace, prefer_bbr
from netmon.transfer.tcp_info import TcpInfo, header_bytes, read_tcp_info


def test_each_counter_is_read_from_its_place() -> None:
    data = bytearray(232)
    places = {16: 1448, 20: 1400, 68: 10_000, 80: 12, 84: 1460, 100: 3, 144: 7, 148: 9_000, 152: 11, 156: 13}
    for offset, value in (places | {192: 17, 224: 19}).items():
        struct.pack_into("=I", data, offset, value)
    for offset, value in {104: 1_000, 120: 21, 128: 22, 168: 2_000_000, 176: 3_000_000, 200: 23, 208: 24}.items():
        struct.pack_into("=Q", data, offset, value)
    data[5] = 1
    info = TcpInfo.from_bytes(bytes(data))
    assert (info.sent_mss, info.received_mss, info.advertised_mss, info.timestamps) == (1448, 1400, 1460, True)
    assert (info.rtt_s, info.min_rtt_s, info.congestion_window, info.retransmitted_segments) == (0.01, 0.009, 12, 3)
    assert (info.pacing_bps, info.bytes_acknowledged, info.bytes_received, info.bytes_not_sent) == (8_000, 21, 22, 7)
    assert (info.data_segments_in, info.data_segments_out, info.segments_delivered) == (11, 13, 17)
    assert (info.busy_s, info.window_limited_s, info.bytes_sent, info.bytes_retransmitted) == (2.0, 3.0, 23, 24)
    assert info.out_of_order_segments == 19
    assert header_bytes(socket.AF_INET, info) == 52
    assert header_bytes(socket.AF_INET6, info) == 72


def test_an_older_kernel_does_not_count_out_of_order_segments() -> None:
    assert TcpInfo.from_bytes(bytes(216)).out_of_order_segments is None
    with pytest.raises(ValueError, match=r"Linux 4\.19"):
        TcpInfo.from_bytes(bytes(100))


def test_a_real_connection_counts_what_it_carries() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        server, _ = listener.accept()
        with server:
            client.sendall(b"x" * 1000)
            assert server.recv(1000, socket.MSG_WAITALL) == b"x" * 1000
            assert read_tcp_info(server).bytes_received == 1000
            assert read_tcp_info(client).bytes_sent == 1000
            assert read_tcp_info(server).out_of_order_segments == 0


def test_options_are_granted_or_answered_with_what_is_in_force() -> None:
    with socket.socket() as connection:
        assert prefer_bbr(connection) == congestion_control(connection)
        assert (congestion_control(connection) == "bbr") == bbr_available()
        pace(connection, 8_000_000)
        assert struct.unpack("=Q", connection.getsockopt(socket.SOL_SOCKET, 47, 8)) == (1_000_000,)

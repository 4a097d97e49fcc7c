"""What the kernel knows about one TCP connection (struct tcp_info of linux/tcp.h)."""

import socket
import struct
from dataclasses import dataclass
from typing import Self

_SIZE = 232
_SMALLEST = 216  # up to tcpi_bytes_retrans: Linux 4.19
_OPTION_TIMESTAMPS = 1
_U32 = struct.Struct("=I")
_RATES = struct.Struct("=QQQQIIIIIIQQQQI4xQQ")  # from tcpi_pacing_rate to tcpi_bytes_retrans


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpInfo:
    """The counters that a measurement uses; times in seconds, rates in bits per second, sizes in bytes.

    `retransmitted_segments` counts at the sender, `out_of_order_segments` (None before Linux 5.4) at the receiver.
    `busy_s` is the time in which there was something to send.
    """

    sent_mss: int
    received_mss: int
    advertised_mss: int
    path_mtu: int
    timestamps: bool
    app_limited: bool
    rtt_s: float
    min_rtt_s: float
    congestion_window: int
    retransmitted_segments: int
    pacing_bps: int
    bytes_acknowledged: int
    bytes_received: int
    bytes_sent: int
    bytes_retransmitted: int
    bytes_not_sent: int
    data_segments_in: int
    data_segments_out: int
    segments_delivered: int
    out_of_order_segments: int | None
    busy_s: float
    window_limited_s: float
    buffer_limited_s: float

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ValueError for a kernel too old to count what is needed."""
        if len(data) < _SMALLEST:
            raise ValueError("this kernel's tcp_info is too short; Linux 4.19 or newer is needed")
        pacing, _, acknowledged, received, _, _, not_sent, min_rtt, segments_in, segments_out, *tail = (
            _RATES.unpack_from(data, 104)
        )
        _, busy, window_limited, buffer_limited, delivered, sent, retransmitted = tail

        def u32(offset: int) -> int:
            return int(_U32.unpack_from(data, offset)[0])

        return cls(
            sent_mss=u32(16),
            received_mss=u32(20),
            advertised_mss=u32(84),
            path_mtu=u32(60),
            timestamps=bool(data[5] & _OPTION_TIMESTAMPS),
            app_limited=bool(data[7] & 1),
            rtt_s=u32(68) / 1e6,
            min_rtt_s=min_rtt / 1e6,
            congestion_window=u32(80),
            retransmitted_segments=u32(100),
            pacing_bps=min(pacing * 8, 2**62),
            bytes_acknowledged=acknowledged,
            bytes_received=received,
            bytes_sent=sent,
            bytes_retransmitted=retransmitted,
            bytes_not_sent=not_sent,
            data_segments_in=segments_in,
            data_segments_out=segments_out,
            segments_delivered=delivered,
            out_of_order_segments=u32(224) if len(data) >= 228 else None,
            busy_s=busy / 1e6,
            window_limited_s=window_limited / 1e6,
            buffer_limited_s=buffer_limited / 1e6,
        )


def read_tcp_info(connection: socket.socket) -> TcpInfo:
    """The counters of a connection now. Raises OSError when the socket is gone."""
    return TcpInfo.from_bytes(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE))


def header_bytes(family: int, info: TcpInfo) -> int:
    """What IP and TCP add to each segment of payload: 52 over IPv4 with timestamps."""
    return (40 if family == socket.AF_INET6 else 20) + 20 + (12 if info.timestamps else 0)

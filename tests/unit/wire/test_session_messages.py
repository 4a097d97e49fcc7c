"""The dialogue of a session, line by line."""

from datetime import UTC, datetime

import pytest

from netmon.domain.identifiers import ServerId
from netmon.domain.measurement import Reason
from netmon.errors import WireError
from netmon.wire.session import (
    Accepted,
    Begin,
    Finish,
    Finished,
    Greeting,
    Join,
    Joined,
    Message,
    Open,
    Ping,
    Pong,
    Refused,
    Train,
    TrainReady,
    TrainReport,
    decode,
    encode,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MESSAGES: list[Message] = [
    Greeting(server=ServerId("s-1"), time=NOON, budget_bps=10**9, keys=("2026-11",)),
    Open(ticket="a.b", connections=4),
    Accepted(
        session="x",
        time=NOON,
        rate_bps=10**8,
        congestion_control="bbr",
        peer_address="192.0.2.1",
        peer_port=4,
        local_address="2001:db8::1",
        local_port=8377,
        mss=1448,
    ),
    Refused(reason=Reason.SERVER_BUSY, time=NOON, retry_at=NOON),
    Refused(reason=Reason.TICKET_REUSED, time=NOON),
    Join(session="x"),
    Joined(),
    Begin(pace_bps=None),
    Begin(pace_bps=50_000_000),
    Train(rate_bps=50_000_000, packets=1600, packet_bytes=1500),
    TrainReady(token="0f" * 16),
    TrainReport(packets=1600, dropped=0, windows=((80, 82, 25_100, 25_000), (79, 80, 24_000, 25_004))),
    TrainReport(packets=0, dropped=0, windows=()),
    Ping(),
    Pong(time=NOON, min_rtt_s=0.01),
    Finish(),
    Finished(receipt="a.b", time=NOON),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_what_is_written_is_read(message: Message) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line[:-1]) == message


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"GET / HTTP/1.1", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"{}", "message.v is missing"),
        (b'{"v":2,"type":"ping"}', "message.v is not 1"),
        (b'{"v":1,"type":"shout"}', "message.type 'shout' is unknown"),
        (b'{"v":1,"type":"open","ticket":"t","connections":17}', "message.connections"),
        (b'{"v":1,"type":"open","ticket":"t","connections":true}', "message.connections"),
        (b'{"v":1,"type":"refused","reason":"mood","time":"2026-11-23T12:00:00Z","retry_at":null}', "mood"),
        (b'{"v":1,"type":"begin","pace_bps":0}', "message.pace_bps"),
        (b'{"v":1,"type":"train","rate_bps":1,"packets":1,"packet_bytes":1501}', "message.packet_bytes"),
        (b'{"v":1,"type":"trainready","token":"xyz"}', "message.token is not 32 hexadecimal digits"),
        (b'{"v":1,"type":"trainreport","packets":1,"dropped":0,"windows":[[1,2,3]]}', "four whole numbers"),
        (b'{"v":1,"type":"trainreport","packets":1,"dropped":0,"windows":[[1,2,3,-4]]}', "four whole numbers"),
        (b'{"v":1,"type":"trainreport","packets":1,"dropped":0,"windows":{}}', "message.windows"),
        (b"{" + b" " * 9000 + b"}", "longer than 8192 bytes"),
    ],
)
def test_anything_else_is_an_error_that_names_the_member(line: bytes, problem: str) -> None:
    with pytest.raises(WireError, match=problem):
        decode(line)


def test_members_of_later_versions_pass() -> None:
    assert decode(b'{"v":1,"type":"join","session":"x","colour":"blue"}') == Join(session="x")

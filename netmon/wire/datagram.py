"""The datagrams that open a UDP train: a round trip proves the address before anything larger is sent."""

import hashlib
import hmac
import struct

_FORM = struct.Struct("!4s16s16s")
DATAGRAM_BYTES = _FORM.size
TOKEN_BYTES = 16
PROBE = b"nmPR"  # agent: is anybody there? (the cookie is zeros)
COOKIE = b"nmCO"  # server: show me this cookie
START = b"nmST"  # agent: here it is, begin
GO = b"nmGO"  # server: for an upload, send now


def pack(kind: bytes, token: bytes, cookie: bytes = bytes(TOKEN_BYTES)) -> bytes:
    """Every one of these datagrams has the same size, so none of them amplifies."""
    return _FORM.pack(kind, token, cookie)


def unpack(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Kind, token and cookie; None for anything else."""
    return _FORM.unpack(data) if len(data) == DATAGRAM_BYTES else None


def cookie_for(secret: bytes, token: bytes, address: tuple[object, ...]) -> bytes:
    """A cookie that only who receives at an address can know."""
    text = f"{address[0]} {address[1]}".encode()
    return hmac.new(secret, token + text, hashlib.sha256).digest()[:TOKEN_BYTES]

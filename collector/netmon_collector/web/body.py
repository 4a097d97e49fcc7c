"""Reading request bodies within limits; a compressed one is never unpacked beyond its limit."""

import zlib

from aiohttp import web

from netmon_collector.errors import BadRequestError, TooLargeError

_GZIP = 16 + zlib.MAX_WBITS


async def read_body(request: web.Request, *, limit: int) -> bytes:
    """The body, unpacked. Raises TooLargeError, BadRequestError."""
    if request.content_length is not None and request.content_length > limit:
        raise TooLargeError(f"the body is longer than {limit} bytes")
    received = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        received += chunk
        if len(received) > limit:
            raise TooLargeError(f"the body is longer than {limit} bytes")
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return bytes(received)
    if encoding != "gzip":
        raise BadRequestError(f"the content encoding '{encoding[:40]}' is unknown; send gzip or none")
    return _unpack(bytes(received), limit)


def _unpack(packed: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(packed, limit + 1)
    except zlib.error as error:
        raise BadRequestError("the body is no gzip") from error
    if len(body) > limit:
        raise TooLargeError(f"the body is longer than {limit} bytes when unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise BadRequestError("the body is not exactly one whole gzip")
    return body

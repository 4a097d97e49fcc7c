"""Reading request bodies within limits; a compressed one is never unpacked beyond its limit."""

import asyncio
import zlib

from aiohttp import web

from netmon_collector.errors import BadRequestError, TooLargeError, TooSlowError

_GZIP = 16 + zlib.MAX_WBITS


async def read_body(request: web.Request, *, limit: int, within_s: float) -> bytes:
    """The body, unpacked. Raises TooLargeError, TooSlowError, BadRequestError."""
    if request.content_length is not None and request.content_length > limit:
        raise TooLargeError(f"the body is longer than {limit} bytes")
    try:
        async with asyncio.timeout(within_s):
            received = await _received(request, limit)
    except TimeoutError as error:
        raise TooSlowError(f"the body did not come within {within_s:.0f} s") from error
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return received
    if encoding != "gzip":
        raise BadRequestError(f"the content encoding '{encoding[:40]}' is unknown; send gzip or none")
    return _unpack(received, limit)


async def _received(request: web.Request, limit: int) -> bytes:
    received = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        received += chunk
        if len(received) > limit:
            raise TooLargeError(f"the body is longer than {limit} bytes")
    return bytes(received)


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

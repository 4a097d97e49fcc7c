"""Listening: on the configured addresses and on sockets that a parent hands over (systemd's socket activation)."""

import asyncio
import os
import resource
import signal
import socket
from collections.abc import Callable, MutableMapping, Sequence
from typing import Protocol

from aiohttp import web

from netmon_collector.errors import CollectorError
from netmon_collector.settings import Limits
from netmon_collector.web.connections import BACKLOG, GuardedSite
from netmon_collector.web.tls import TlsFiles

_FIRST_DESCRIPTOR = 3
_MOST_DESCRIPTORS = 65_536
_STOP_WITHIN_S = 10.0


class Listening(Protocol):
    """Told once, when the server takes requests."""

    def __call__(self, addresses: Sequence[str], /) -> None: ...


def handed_sockets(environ: MutableMapping[str, str] = os.environ) -> tuple[socket.socket, ...]:
    """The listening sockets of LISTEN_FDS, taken once: children of ours must not take them again."""
    count, owner = environ.pop("LISTEN_FDS", ""), environ.pop("LISTEN_PID", "")
    environ.pop("LISTEN_FDNAMES", None)
    if not count.isdigit() or (owner and owner != str(os.getpid())):
        return ()
    return tuple(socket.socket(fileno=_FIRST_DESCRIPTOR + number) for number in range(int(count)))


def allow_descriptors(wanted: int = _MOST_DESCRIPTORS) -> None:
    """Let this process open as many files as it may: connections are limited by our limits, not by a shell's 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket. Raises CollectorError when the address cannot be taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        number = error.errno or 0  # names that do not resolve have negative ones
        why = os.strerror(number) if number > 0 else error.strerror
        raise CollectorError(f"{host}:{port} cannot be listened on ({why})") from error


def run(
    app: web.Application,
    sockets: Sequence[socket.socket],
    *,
    limits: Limits,
    tls: TlsFiles | None,
    on_listening: Listening,
    stopped: Callable[[asyncio.Event], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests that are being answered are answered first.

    `stopped` is given the event that ends it, for callers that are no process of their own.
    """
    asyncio.run(_serve(app, sockets, limits=limits, tls=tls, on_listening=on_listening, stopped=stopped))


async def _serve(
    app: web.Application,
    sockets: Sequence[socket.socket],
    *,
    limits: Limits,
    tls: TlsFiles | None,
    on_listening: Listening,
    stopped: Callable[[asyncio.Event], None] | None,
) -> None:
    stop = asyncio.Event()
    if stopped is None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    else:
        stopped(stop)
    # Bodies are unpacked by web/agents/body.py, which stops at the limit.
    runner = web.AppRunner(
        app,
        auto_decompress=False,
        access_log=None,
        keepalive_timeout=limits.next_request_s,
        shutdown_timeout=_STOP_WITHIN_S,
    )
    await runner.setup()
    try:
        for one in sockets:
            await GuardedSite(runner, one, limits=limits, tls=None if tls is None else tls.context).start()
        on_listening([_address(one) for one in sockets])
        if tls is not None:
            await tls.keep_fresh(stop)
        await stop.wait()
    finally:
        await runner.cleanup()


def _address(one: socket.socket) -> str:
    name = one.getsockname()
    if not isinstance(name, tuple):
        return str(name)
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"{host}:{name[1]}"

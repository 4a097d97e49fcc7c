"""A TCP relay in user space, as a filtering proxy is: it terminates connections and passes bytes on."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def relay_to(target: tuple[str, int]) -> Iterator[tuple[str, int]]:
    """Listens on a free port of the loopback, for TCP only."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(target)
            thread = threading.Thread(target=_pump, args=(near, far))
            thread.start()
            threads.append(thread)

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield listener.getsockname()
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join()


def _pump(near: socket.socket, far: socket.socket) -> None:
    other = {near: far, far: near}
    with near, far, contextlib.suppress(OSError):
        while True:
            for connection in select.select([near, far], [], [])[0]:
                data = connection.recv(1 << 18)
                if not data:
                    return
                other[connection].sendall(data)

"""The load generator, a process of its own: agents over kept connections, each sending when its last was answered."""

import asyncio
import json
import pickle
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.store.figures import Sent


async def _agent(port: int, requests: Iterator[bytes], sent: Sent, pause_s: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        if time.monotonic() > sent.until:
            break
        await asyncio.sleep(pause_s)
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        body = await reader.readexactly(length)
        sent.seconds.append(time.perf_counter() - started)
        sent.statuses[status] += 1
        sent.stored += body.count(b'"result":"stored"')
    writer.close()


async def _run(port: int, requests: list[bytes], connections: int, pause_s: float, seconds: float) -> Sent:
    sent = Sent([], Counter(), until=time.monotonic() + seconds)
    shared = iter(requests)
    started = time.perf_counter()
    await asyncio.gather(*(_agent(port, shared, sent, pause_s) for _ in range(connections)))
    sent.took_s = time.perf_counter() - started
    return sent


def main() -> None:
    port, file, connections, pause_s, seconds = sys.argv[1:]
    requests = pickle.loads(Path(file).read_bytes())  # written by the benchmark itself
    print("ready", flush=True)
    sys.stdin.readline()
    sent = asyncio.run(_run(int(port), requests, int(connections), float(pause_s), float(seconds)))
    print(json.dumps(sent.document()), flush=True)


if __name__ == "__main__":
    main()

"""Which tickets were used: a flat file is enough, because tickets expire."""

import os
import threading
from datetime import datetime
from pathlib import Path

from netmon.domain.identifiers import TicketId
from netmon.errors import ConfigError, WireError
from netmon.wire.canonical import format_time, parse_time

_FILE = "used-tickets"


class UsedTickets:
    """Remembers every used ticket until it expires.

    `since` is when this memory began: the file's birth, or without a folder the start of the process. A ticket that
    was valid before may have been used already.
    """

    def __init__(self, folder: Path | None, *, now: datetime) -> None:
        self._lock = threading.Lock()
        self._until: dict[TicketId, datetime] = {}
        self._path = folder / _FILE if folder else None
        self.since = now
        if self._path is not None:
            self._open(self._path, now)

    def _open(self, path: Path, now: datetime) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                self._load(path, now)
            self._rewrite(path)
        except OSError as error:
            raise ConfigError(
                f"{path}: cannot be used ({error.strerror}); name a folder that can be written"
            ) from error

    def _load(self, path: Path, now: datetime) -> None:
        """A torn last line is one ticket whose session never began; anything else unreadable is a lost file."""
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        try:
            self.since = parse_time(lines[0])
        except (IndexError, WireError):
            return
        for line in lines[1:]:
            until, _, ticket = line.partition(" ")
            try:
                expires = parse_time(until)
            except WireError:
                continue
            if expires > now:
                self._until[TicketId(ticket)] = expires

    def _rewrite(self, path: Path) -> None:
        rows = [format_time(self.since), *(f"{format_time(until)} {ticket}" for ticket, until in self._until.items())]
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def use(self, ticket: TicketId, *, until: datetime, now: datetime) -> bool:
        """Mark a ticket as used, on disk before anything else happens; False when it was used already."""
        with self._lock:
            if ticket in self._until:
                return False
            for expired in [known for known, expires in self._until.items() if expires <= now]:
                del self._until[expired]
            self._until[ticket] = until
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(f"{format_time(until)} {ticket}\n")
                    file.flush()
                    os.fsync(file.fileno())
            return True

"""What the parts of the store share."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

from netmon_collector.storage.database import Database

T = TypeVar("T")

# Fewer values than any database takes as parameters of one statement.
_MOST_VALUES = 1000


class Part:
    """A part of the store: its methods are transactions of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def database(self) -> Database:
        return self._database


def chunks(values: Sequence[T], size: int = _MOST_VALUES) -> Iterator[Sequence[T]]:
    """The values in groups that fit in one statement."""
    rest = iter(values)
    while group := list(islice(rest, size)):
        yield group

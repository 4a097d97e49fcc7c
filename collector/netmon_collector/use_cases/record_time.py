"""The time of a record (D4): the receipt's, else the device's corrected by what it knew, else ours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from netmon.wire.records import Envelope, Note

_FUTURE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTime:
    """When it was; `shift` turns any of the device's times into ours. Not trusted: `at` is when we received it."""

    at: datetime
    shift: timedelta
    note: Note | None = None

    @property
    def is_trusted(self) -> bool:
        return self.note is None


def receipt_time(started_at: datetime, *, received_at: datetime) -> RecordTime:
    """The time that the measurement server vouches for."""
    if started_at > received_at + _FUTURE:
        return _ours(received_at, Note.FROM_THE_FUTURE)
    return RecordTime(at=started_at, shift=timedelta())


def device_time(own: datetime, envelope: Envelope, *, received_at: datetime) -> RecordTime:
    """The device's time `own`, corrected; ours where the device knew nothing or lies ahead of us."""
    if envelope.clock_offset_s is None:
        return _ours(received_at, Note.CLOCK_UNKNOWN)
    try:
        shift = timedelta(seconds=envelope.clock_offset_s)
        at = own + shift
    except OverflowError:
        return _ours(received_at, Note.CLOCK_UNKNOWN)
    if at > received_at + _FUTURE:
        return _ours(received_at, Note.FROM_THE_FUTURE)
    return RecordTime(at=at, shift=shift)


def _ours(received_at: datetime, note: Note) -> RecordTime:
    return RecordTime(at=received_at, shift=timedelta(), note=note)

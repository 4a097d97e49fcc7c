"""Whether this machine's clock is kept by NTP."""

import ctypes

_TIME_ERROR = 5
_TIMEX_BYTES = 256  # struct timex is 208 bytes on 64-bit Linux


def clock_synchronised() -> bool | None:
    """What the kernel says; None where it cannot be asked."""
    library = ctypes.CDLL(None)
    adjtimex = getattr(library, "adjtimex", None)
    if adjtimex is None:
        return None
    state = int(adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))  # modes = 0: only read
    return None if state < 0 else state != _TIME_ERROR

"""Passwords: only here argon2."""

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Argon2id, a little above what OWASP asks for (19 MiB, 2 passes); one check takes some 60 ms of one core.
_PASSES = 3
_MEMORY_KIB = 32 * 1024
_LANES = 1


class Argon2Passwords:
    """Implements netmon_collector.ports.Passwords. Slow on purpose: call it in a thread."""

    def __init__(self, *, passes: int = _PASSES, memory_kib: int = _MEMORY_KIB) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=_LANES)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody's password")

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, password: str, kept: str | None) -> bool:
        """Without a kept hash the same work is done in vain, so that the time tells nobody which names exist."""
        try:
            self._hasher.verify(self._nobody if kept is None else kept, password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

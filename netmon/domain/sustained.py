"""The sustained rate: whether a line keeps its rate once any burst allowance is used up (guaranteed traffic, M2)."""

from collections.abc import Iterable
from dataclasses import dataclass

from netmon.domain.measurement import Mode
from netmon.domain.slot import FailCause, JudgedSlot, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Sustained:
    """The valid sustained tests of a period, and the short ones beside them.

    `worst_bps` is the least rate of a sustained test below its limit, `limit_bps` that limit. `short_passed` and
    `short_failed` count the other decided tests with a rate: they see only a line's first seconds.
    """

    passed: int = 0
    failed: int = 0
    worst_bps: int | None = None
    limit_bps: int | None = None
    short_passed: int = 0
    short_failed: int = 0

    @property
    def is_burst(self) -> bool:
        """Whether the first seconds reach the limit, more often than not, and what follows does not."""
        return self.failed > 0 and self.passed == 0 and self.short_passed > self.short_failed


def sustained(slots: Iterable[JudgedSlot]) -> Sustained:
    """A line that was down fails no sustained test: nothing was tested."""
    tested = [one for one in slots if one.outcome is not Outcome.EXCLUDED and one.cause is not FailCause.LINE_DOWN]
    long = [one for one in tested if one.slot.mode is Mode.SUSTAINED]
    short = [one for one in tested if one.slot.mode is not Mode.SUSTAINED and not one.organic]
    failed = [one for one in long if one.outcome is Outcome.FAIL]
    worst = min(failed, key=lambda one: one.rate_bps or 0, default=None)
    return Sustained(
        passed=len(long) - len(failed),
        failed=len(failed),
        worst_bps=None if worst is None else worst.rate_bps,
        limit_bps=None if worst is None else worst.limit_bps,
        short_passed=sum(one.outcome is Outcome.PASS for one in short),
        short_failed=sum(one.outcome is Outcome.FAIL for one in short),
    )

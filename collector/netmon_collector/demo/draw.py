"""Drawing the lines of one run: what each really carries, and the verdict that must come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random

from netmon.domain.identifiers import LineId
from netmon.domain.policy import Policy
from netmon.domain.registry import Line, LineRole, LocalityType, Registry
from netmon.domain.verdict import VerdictOutcome

# Rates stay this far from the limit, so that the right verdict is never a matter of a percent.
_BELOW = (0.45, 0.88)
_ABOVE = (1.08, 1.60)
_BACKGROUND = 0.3
_SHARE_BELOW = 0.35
_PROVING_LINES = 2


class Part(StrEnum):
    """What a line plays in the demo."""

    ABOVE = "above"
    BELOW = "below"
    BUSY = "busy"
    DEAD = "dead"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """A line as the shaper knows it: IP-layer rates in bits per second, `line_bps` 0 for a dead one."""

    line: LineId
    part: Part
    line_bps: int
    background_bps: int


EXPECTED = {
    Part.ABOVE: VerdictOutcome.COMPLIANT,
    Part.BUSY: VerdictOutcome.COMPLIANT,
    Part.BELOW: VerdictOutcome.NON_COMPLIANT,
    Part.DEAD: VerdictOutcome.NON_COMPLIANT,
    Part.SILENT: VerdictOutcome.INSUFFICIENT_DATA,
}


def draw(registry: Registry, policy: Policy, day: date, *, seed: int) -> Sequence[DrawnLine]:
    """One part and one rate for every main line of the registry.

    A few city lines are always above their limit: they prove what the server can deliver, without which no other
    line could be found below. A line that organisations share is always measured.
    """
    chance = Random(seed)  # noqa: S311 - a demo, not a secret
    lines = [line for line in registry.lines if line.role is LineRole.MAIN]
    city = [line for line in lines if registry.locality_type(line.id, day) is LocalityType.CITY]
    proving = set(chance.sample([line.id for line in city], _PROVING_LINES))
    parts = {line.id: Part.ABOVE for line in lines}
    free = [line for line in lines if line.id not in proving]
    chance.shuffle(free)
    for part in (Part.DEAD, Part.SILENT, Part.BUSY):
        chosen = next(line for line in free if part is Part.BUSY or not _is_shared(line, registry, day))
        free.remove(chosen)
        parts[chosen.id] = part
    below = max(2, round(len(lines) * _SHARE_BELOW))
    parts.update({line.id: Part.BELOW for line in free[:below]})
    return [_drawn(line, parts[line.id], _limit(line, registry, policy, day), chance) for line in lines]


def _is_shared(line: Line, registry: Registry, day: date) -> bool:
    return len(registry.organisations_of(line.id, day)) > 1


def _limit(line: Line, registry: Registry, policy: Policy, day: date) -> int:
    locality = registry.locality_type(line.id, day)
    threshold = None if locality is None else policy.threshold_bps(locality, day)
    if threshold is None:
        raise ValueError(f"the demo's line {line.id} has no threshold on {day}")
    return policy.limit_bps(threshold)


def _drawn(line: Line, part: Part, limit_bps: int, chance: Random) -> DrawnLine:
    low, high = _BELOW if part is Part.BELOW else _ABOVE
    rate = round(limit_bps * chance.uniform(low, high))
    return DrawnLine(
        line=line.id,
        part=part,
        line_bps=0 if part is Part.DEAD else rate,
        background_bps=round(rate * _BACKGROUND) if part is Part.BUSY else 0,
    )

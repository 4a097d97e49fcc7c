"""How far an organisation is from complying: the passes that its lines lack."""

from netmon.domain.verdict import Basis, Verdict, VerdictOutcome


def short_by(organisation: Verdict, *, any_is_enough: bool = False) -> int | None:
    """How many more of the same decided slots had to pass; None where not the share alone stands in the way.

    Every line counts that does not comply; with `any_is_enough` only those of the site that is nearest.
    """
    if organisation.outcome is not VerdictOutcome.NON_COMPLIANT:
        return None
    parts = [part for part in organisation.parts if part.outcome is VerdictOutcome.NON_COMPLIANT]
    found = [_missing(part) for part in parts]
    known = [one for one in found if one is not None]
    if any_is_enough:
        return min(known, default=None)
    return sum(known) if known and len(known) == len(found) else None


def _missing(verdict: Verdict) -> int | None:
    """The passes that the lines of a part lack, None where one of them fails another rule."""
    total = 0
    for line in verdict.lines:
        if line.outcome is not VerdictOutcome.NON_COMPLIANT:
            continue
        figures = line.figures
        if figures is None or line.basis is not Basis.SHARE_NOT_MET:
            return None
        needed = -(-figures.requirement.min_share_percent * figures.counts.decided // 100)
        total += needed - figures.counts.passed
    return total

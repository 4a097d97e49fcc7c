"""What came out of a run, beside what the shaper knows: the table, the JSON and whether all of it agrees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId
from netmon.domain.registry import LineRole, Registry
from netmon.domain.verdict import Verdict, VerdictOutcome
from netmon_collector.demo.draw import EXPECTED, Part
from netmon_collector.use_cases.indicator import indicator_document
from netmon_collector.use_cases.judging import Judgement
from netmon_collector.wording import Language, explain

_TOLERANCE = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """One line of the demo: measured, judged, and as it really is."""

    line: LineId
    organisations: tuple[str, ...]
    locality: str
    part: Part
    line_bps: int
    verdict: Verdict
    agent_lives: bool

    @property
    def rate_bps(self) -> int | None:
        figures = self.verdict.figures
        return None if figures is None or figures.rates is None else figures.rates.median_bps

    @property
    def rate_is_right(self) -> bool:
        """Whether every full rate is within 3 % of the line; none measured is right for a dead or silent one."""
        figures = self.verdict.figures
        if figures is None or figures.rates is None:
            return self.part in (Part.DEAD, Part.SILENT) or not self.agent_lives
        ends = (figures.rates.lowest_bps, figures.rates.highest_bps)
        return all(abs(rate - self.line_bps) <= _TOLERANCE * self.line_bps for rate in ends)

    @property
    def verdict_is_right(self) -> bool:
        """Whether the verdict is the one of the line's part; an agent that was killed may leave too little data."""
        if self.verdict.outcome is EXPECTED[self.part]:
            return True
        return not self.agent_lives and self.verdict.outcome is VerdictOutcome.INSUFFICIENT_DATA


def shown_lines(
    judgement: Judgement,
    registry: Registry,
    drawn: Mapping[str, Mapping[str, object]],
    *,
    day: date,
    living: Mapping[str, bool],
) -> Sequence[ShownLine]:
    """Every main line, in the registry's order."""
    return [
        ShownLine(
            line=line.id,
            organisations=registry.organisations_of(line.id, day),
            locality=str(registry.locality_type(line.id, day)),
            part=Part(str(drawn[line.id]["part"])),
            line_bps=int(str(drawn[line.id]["line_bps"])),
            verdict=judgement.lines[line.id],
            agent_lives=living.get(line.id, True),
        )
        for line in registry.lines
        if line.role is LineRole.MAIN
    ]


def document(
    lines: Sequence[ShownLine], indicator: Coverage, *, policy: str, shaping: str, registry: Registry
) -> dict[str, object]:
    """What `demo --json` prints."""
    return {
        "policy": policy,
        "lines": [
            {
                "line": one.line,
                "organisations": list(one.organisations),
                "locality": one.locality,
                "shaping": shaping,
                "line_bps": one.line_bps,
                "rate_bps": one.rate_bps,
                "outcome": one.verdict.outcome.value,
                "part": one.part.value,
                "explanation": {language.value: explain(one.verdict, registry, language) for language in Language},
            }
            for one in lines
        ],
        "indicator": indicator_document(indicator),
    }


def disagreements(lines: Sequence[ShownLine]) -> Sequence[str]:
    """What is not as it should be, one sentence each; empty when the demo proved itself."""
    found = [
        f"{one.line}: {_measured(one)} on a line of {one.line_bps} bit/s" for one in lines if not one.rate_is_right
    ]
    found += [
        f"{one.line}: judged {one.verdict.outcome.value}, but the line is {one.part.value}"
        for one in lines
        if not one.verdict_is_right
    ]
    return found


def _measured(line: ShownLine) -> str:
    rates = None if line.verdict.figures is None else line.verdict.figures.rates
    return "no full rate" if rates is None else f"measured {rates.lowest_bps} to {rates.highest_bps} bit/s"

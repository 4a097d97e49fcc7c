"""The demo's table on the terminal."""

from rich.console import Console
from rich.table import Table

from netmon.domain.verdict import VerdictOutcome
from netmon_collector.demo.outcome import ShownLine
from netmon_collector.demo.run import Finished
from netmon_collector.wording import Language, explanation, rate_text, verdict_word
from netmon_collector.wording.coverage import coverage_line
from netmon_collector.wording.phrasebook import N_, phrasebook

_NARROWEST = 130
_HEADINGS = (N_("Line"), N_("Organisations"), N_("Carries"), N_("Measured"), N_("Verdict"), N_("Why"))
_STYLES = {
    VerdictOutcome.COMPLIANT: "green",
    VerdictOutcome.NON_COMPLIANT: "red",
    VerdictOutcome.EXEMPT: "dim",
}


def print_table(finished: Finished, *, shaping: str, page: str, language: Language) -> None:
    """Every line with what it carries, what was measured, the verdict and why; then the indicator."""
    say = phrasebook(language).say
    console = Console()
    console.width = max(console.width, _NARROWEST)
    table = Table(
        title=say("Lines of the demo ({shaping}), policy {policy}", shaping=shaping, policy=finished.policy_id)
    )
    for heading in _HEADINGS:
        table.add_column(say(heading), overflow="fold")
    for line in finished.lines:
        table.add_row(*_row(line, finished, language))
    console.print(table)
    console.print(coverage_line(finished.indicator, language))
    console.print(say("The page: {page}", page=page))


def _row(line: ShownLine, finished: Finished, language: Language) -> tuple[str, ...]:
    style = _STYLES.get(line.verdict.outcome, "yellow")
    return (
        line.line,
        ", ".join(line.organisations),
        _rate(line.line_bps or None, language),
        _rate(line.rate_bps, language),
        f"[{style}]{verdict_word(line.verdict.outcome, language)}[/]",
        explanation(line.verdict, finished.registry, language).reason,
    )


def _rate(rate_bps: int | None, language: Language) -> str:
    return "–" if rate_bps is None else rate_text(rate_bps, language)

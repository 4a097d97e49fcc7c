"""Who is nearest to compliance: where the least effort raises the indicator."""

from netmon_collector.report.content.values import Section, Table
from netmon_collector.report.content.words import Words
from netmon_collector.wording.figures import integer_text

_MOST = 5


def nearest_section(words: Words) -> Section | None:
    """None where the share of measurements keeps nobody from complying."""
    say, summary = words.book.say, words.summary
    names = {one.id: one.name for one in summary.organisations}
    near = [(names[one.id], one.short_by) for one in summary.coverage.nearest if one.id in names][:_MOST]
    if not near:
        return None
    return Section(
        title=say("Nearest to compliance"),
        intro=(say("So many more measurements had to reach the limit in the period that the indicator counts."),),
        table=Table(
            columns=(say("Organisation"), say("Measurements missing")),
            rows=tuple((words.of(name), integer_text(number, words.language)) for name, number in near),
            numeric=frozenset({1}),
        ),
    )

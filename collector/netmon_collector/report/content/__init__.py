"""What a report says, as words in one language: every format lays out the same content.

Import from here: `content_of` and the values it is made of.
"""

from netmon_collector.report.content.content import content_of
from netmon_collector.report.content.values import (
    Answer,
    Content,
    Entry,
    Failing,
    Group,
    Picture,
    Section,
    Table,
    Tone,
)

__all__ = ["Answer", "Content", "Entry", "Failing", "Group", "Picture", "Section", "Table", "Tone", "content_of"]

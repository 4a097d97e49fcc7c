"""The collector's words in Russian and English.

Import from here: `Language`, `choose_language`, `explain`, `explanation`, `verdict_word`, `reason_word`, `word`,
`rate_text`, `exact_rate_text`, `percent_text`, `share_percent`, `date_text`, `moment_text`, `period_text`.
"""

from netmon_collector.wording.explanation import Explanation, explain, explanation
from netmon_collector.wording.figures import (
    date_text,
    exact_rate_text,
    moment_text,
    percent_text,
    period_text,
    rate_text,
    share_percent,
)
from netmon_collector.wording.language import Language, choose_language, known_language
from netmon_collector.wording.words import reason_word, verdict_word, word

__all__ = [
    "Explanation",
    "Language",
    "choose_language",
    "date_text",
    "exact_rate_text",
    "explain",
    "explanation",
    "known_language",
    "moment_text",
    "percent_text",
    "period_text",
    "rate_text",
    "reason_word",
    "share_percent",
    "verdict_word",
    "word",
]

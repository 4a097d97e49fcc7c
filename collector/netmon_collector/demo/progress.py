"""What the demo says while it runs: one line that changes on a terminal, a line now and then elsewhere."""

from datetime import date
from typing import TextIO

from netmon_collector.wording import Language
from netmon_collector.wording.figures import date_text
from netmon_collector.wording.phrasebook import phrasebook

_ELSEWHERE_EVERY = 10  # slots, where lines stay


class Progress:
    """Writes to one stream."""

    def __init__(self, stream: TextIO, language: Language) -> None:
        self._stream, self._language, self._say = stream, language, phrasebook(language).say
        self._written = -1

    def setting_up(self) -> None:
        self._line(self._say("Setting up lines, measurement server, collector and agents"))

    def measured(self, done: int, planned: int, left_s: float) -> None:
        """How many of the planned slots have their account, and how long there is to wait."""
        text = self._say(
            "Measured {done} of {planned}; the table comes in about {left} s",
            done=done,
            planned=planned,
            left=max(0, round(left_s)),
        )
        if self._stream.isatty():
            self._stream.write(f"\r{text}\033[K")
            self._stream.flush()
            if done == planned or left_s <= 1:
                self._stream.write("\n")
        elif done // _ELSEWHERE_EVERY > self._written:
            self._written = done // _ELSEWHERE_EVERY
            self._line(text)

    def simulated(self, day: date) -> None:
        """The simulated day that begins."""
        if day.day == 1 or self._written < 0:
            self._written = day.month
            text = date_text(day, self._language)
            self._line(self._say("Simulating from {day}", day=text))

    def _line(self, text: str) -> None:
        self._stream.write(f"{text}\n")
        self._stream.flush()

"""What changed for a subject against the period before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from netmon.domain.identifiers import LineId
from netmon.domain.verdict import Verdict, VerdictOutcome
from netmon_collector.use_cases.summary.history import Past
from netmon_collector.use_cases.summary.silence import SilentBefore
from netmon_collector.use_cases.summary.standing import Standing, Subject
from netmon_collector.use_cases.summary.values import Change, ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A standing and the one that it is held against; `past` has the last known verdicts before it."""

    now: Standing
    before: Standing | None
    past: Mapping[Subject, Past]
    silent_before: SilentBefore

    def change_of(self, subject: Subject) -> Change | None:
        """None where nothing is to be said: it complies as it did, or never had a verdict."""
        verdict = self.now.verdicts[subject].verdict
        old = None if self.before is None else self.before.verdicts.get(subject)
        before = None if old is None else old.verdict.outcome
        if verdict.outcome is VerdictOutcome.EXEMPT:
            return None if before is verdict.outcome else Change(kind=ChangeKind.EXEMPTED, before=before)
        if verdict.outcome.is_unknown:
            return self._unknown(verdict, None if old is None else old.verdict)
        return self._known(subject, verdict, before)

    def _known(self, subject: Subject, verdict: Verdict, before: VerdictOutcome | None) -> Change | None:
        past = self.past.get(subject)
        was_failing = past is not None and past.outcome is VerdictOutcome.NON_COMPLIANT
        since = None if past is None else past.failing_since
        if verdict.outcome is VerdictOutcome.COMPLIANT:
            return Change(kind=ChangeKind.RECOVERED, before=before, failing_since=since) if was_failing else None
        if was_failing:
            return Change(kind=ChangeKind.STILL_FAILING, before=before, failing_since=since)
        return Change(kind=ChangeKind.NEWLY_FAILING, before=before, failing_since=verdict.period)

    def _unknown(self, verdict: Verdict, old: Verdict | None) -> Change | None:
        silence = self._silence(verdict, self.now)
        before = None if old is None else old.outcome
        if silence is not None:
            was_silent = old is not None and self.before is not None and self._silence(old, self.before) is not None
            kind = ChangeKind.STILL_SILENT if was_silent else ChangeKind.GONE_SILENT
            return Change(kind=kind, before=before, last_seen=silence.last_seen)
        if before is None or before.is_unknown or before is VerdictOutcome.EXEMPT:
            return None
        return Change(kind=ChangeKind.NO_LONGER_KNOWN, before=before)

    def _silence(self, verdict: Verdict, standing: Standing) -> "_Silence | None":
        """The longest silence of any of its lines."""
        silences = [
            _Silence(line.figures.last_seen)
            for line in verdict.lines
            if line.figures is not None and self._is_silent(line, standing)
        ]
        return min(silences, key=lambda one: (one.last_seen is not None, one.last_seen), default=None)

    def _is_silent(self, line: Verdict, standing: Standing) -> bool:
        limit = self.silent_before(standing, LineId(line.id))
        seen = None if line.figures is None else line.figures.last_seen
        return limit is not None and (seen is None or seen < limit)


@dataclass(frozen=True, slots=True)
class _Silence:
    last_seen: datetime | None

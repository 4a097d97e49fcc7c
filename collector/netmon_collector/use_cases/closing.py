"""Closing of periods (D8): what the verdicts used is stored once and for good; late data is a new revision."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from netmon.domain.closing import CLOSING_KINDS, Link, differs, due_periods, may_be_revised, root_hash
from netmon.domain.identifiers import OrganisationId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.policy import Policy
from netmon.domain.verdict import SubjectKind, Verdict
from netmon.wire.canonical import canonical_json, content_hash
from netmon.wire.plain import plain
from netmon_collector.errors import TamperedError
from netmon_collector.ports import ClosedOutcome, ClosedOutcomes, ClosedVerdict, Closing, ClosingStore, NewClosing
from netmon_collector.use_cases.indicator import (
    IndicatorInputs,
    indicator_at,
    indicator_document,
    measuring_since,
    outcomes_of,
)
from netmon_collector.use_cases.judging import Judgement, judge_period

Describe = Callable[[Judgement], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingInputs:
    """What closing the periods of a territory takes.

    `describe` gives the document that people read, with `verdicts` in the order of `Judgement.all` and `incidents`.
    `policy_of` knows every policy that was ever in force by its hash, None where this program cannot read it any more.
    """

    indicator: IndicatorInputs
    store: ClosingStore
    describe: Describe
    policy_of: Callable[[str], Policy | None]


def close_due(inputs: ClosingInputs) -> Sequence[Link]:
    """Close every period of the territory that is due, missed ones first: revision 1. Doing it again does nothing."""
    of = inputs.indicator
    since = measuring_since(of)
    if since is None:
        return ()
    zone = of.registry.territory_by_id[of.territory].time_zone
    links: list[Link | None] = []
    for kind in reversed(CLOSING_KINDS):  # months first: weeks count them
        closed = inputs.store.closed_periods(of.territory, kind)
        for period in due_periods(of.now, zone, kind=kind, since=since, closed=closed):
            links.append(inputs.store.add_closing(_closing(inputs, period, revision=1)))
    return [link for link in links if link is not None]


def revise(inputs: ClosingInputs) -> Sequence[Link]:
    """Judge the recently closed periods again and store those that came out otherwise as their next revision.

    By the policy that they were closed by: another one is no late data.
    """
    of = inputs.indicator
    zone = of.registry.territory_by_id[of.territory].time_zone
    links: list[Link | None] = []
    for kind in reversed(CLOSING_KINDS):
        for period in sorted(inputs.store.closed_periods(of.territory, kind)):
            if not may_be_revised(period, of.now, zone):
                continue
            before = inputs.store.closing(of.territory, period)
            policy = None if before is None else inputs.policy_of(before.link.policy_hash)
            if before is None or policy is None:
                continue
            same = replace(inputs, indicator=replace(of, policy=policy))
            new = _closing(same, period, revision=before.link.revision + 1)
            if changed_verdicts(before.verdicts, new.verdicts):
                links.append(inputs.store.add_closing(new))
    return [link for link in links if link is not None]


def _closing(inputs: ClosingInputs, period: Period, *, revision: int) -> NewClosing:
    of = inputs.indicator
    judgement = judge_period(
        of.territory,
        period,
        evidence=of.evidence,
        registry=of.registry,
        policy=of.policy,
        calendars=of.calendars,
        as_of=of.now,
    )
    outcomes = outcomes_of(judgement, of.registry)
    described = inputs.describe(judgement)
    verdicts = tuple(_closed_verdicts(judgement, described["verdicts"], outcomes))
    coverage = indicator_at(period.last, replace(of, closed=_With(period, outcomes, of.closed)))
    summary = {"indicator": indicator_document(coverage), "incidents": described["incidents"]}
    return NewClosing(
        territory=of.territory,
        period=period,
        revision=revision,
        closed_at=of.now,
        policy_id=of.policy.id,
        policy_hash=judgement.policy_hash,
        summary=canonical_json(summary).decode(),
        summary_hash=content_hash(summary),
        root=root_hash(one.hash for one in verdicts),
        verdicts=verdicts,
    )


@dataclass(frozen=True, slots=True)
class _With:
    """What was closed, and the period that is being closed."""

    period: Period
    outcomes: Mapping[OrganisationId, ClosedOutcome]
    closed: ClosedOutcomes | None

    def closed_outcomes(self, territory: TerritoryId, period: Period) -> Mapping[OrganisationId, ClosedOutcome] | None:
        if period == self.period:
            return self.outcomes
        return None if self.closed is None else self.closed.closed_outcomes(territory, period)


def _closed_verdicts(
    judgement: Judgement, described: Sequence[Mapping[str, Any]], outcomes: Mapping[OrganisationId, ClosedOutcome]
) -> Iterator[ClosedVerdict]:
    for verdict, printed in zip(judgement.all(), described, strict=True):
        content = verdict_content(verdict, printed)
        is_organisation = verdict.kind is SubjectKind.ORGANISATION
        yield ClosedVerdict(
            kind=verdict.kind,
            id=verdict.id,
            outcome=verdict.outcome,
            short_by=outcomes[OrganisationId(verdict.id)].short_by if is_organisation else None,
            hash=content_hash(content),
            content=canonical_json(content).decode(),
        )


def verdict_content(verdict: Verdict, printed: Mapping[str, Any]) -> Mapping[str, object]:
    """What was printed, and the figures or the parts that it stands on."""
    return {
        "period": {"name": verdict.period.name},
        "printed": printed,
        "figures": plain(verdict.figures),
        "parts": {part.id: part.outcome.value for part in verdict.parts} if verdict.figures is None else None,
    }


def changed_verdicts(
    before: Sequence[ClosedVerdict], now: Sequence[ClosedVerdict]
) -> Sequence[tuple[SubjectKind, str]]:
    """Whose verdict, or a figure of it, is another one in a later revision; who came or went counts."""
    old = {(one.kind, one.id): one for one in before}
    new = {(one.kind, one.id): one for one in now}
    return [
        key
        for key in sorted(old.keys() | new.keys())
        if key not in old or key not in new or _is_other(old[key], new[key])
    ]


def _is_other(old: ClosedVerdict, new: ClosedVerdict) -> bool:
    return old.hash != new.hash and differs(json.loads(old.content), json.loads(new.content))


def verified(closing: Closing) -> Closing:
    """The closing, when it is what its hashes say. Raises TamperedError."""
    link = closing.link
    contents = all(sha256(one.content.encode()).hexdigest() == one.hash for one in closing.verdicts)
    summary = content_hash(closing.summary) == link.summary_hash
    root = root_hash(one.hash for one in closing.verdicts) == link.root
    if contents and summary and root and link.hash == closing.hash:
        return closing
    raise TamperedError(f"the closed period {link.period.name} of {link.territory} was changed in the database")


def printed_verdict(closed: ClosedVerdict) -> Mapping[str, Any]:
    """The verdict as it was printed when the period was closed."""
    printed: Mapping[str, Any] = json.loads(closed.content)["printed"]
    return printed


def closing_document(closing: Closing, verdicts: Sequence[ClosedVerdict]) -> dict[str, Any]:
    """The verdicts of a closed period as `judge --json` and the API print them, as they were closed."""
    link = closing.link
    return {
        "period": link.period.name,
        "revision": link.revision,
        "policy": closing.policy_id,
        "policy_hash": link.policy_hash,
        "closed_at": plain(link.closed_at),
        "root": link.root,
        "previous": link.previous,
        "hash": closing.hash,
        "verdicts": [printed_verdict(one) for one in verdicts],
        "incidents": closing.summary.get("incidents", []),
    }

"""When a line is worth a mail at once: so many bad of the last ones, once, never about what is long past."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.mailing import AlertRule, MailKind
from netmon.domain.slot import ExclusionReason, FailCause, JudgedSlot, Outcome
from netmon_collector.mailing.alerts import AlertsSent, alert_due
from netmon_collector.report.content.alert import LineAlert
from netmon_collector.use_cases.mail_queue import MailKey, MailRow, MailState
from tests.support.domain import a_slot

DISTRICT, LINE = TerritoryId("district"), LineId("line-01")
START = datetime(2026, 11, 23, 6, tzinfo=UTC)
RULE = AlertRule(bad=4, of=6, recovered_after=3, fresh=timedelta(hours=3))
NOTHING_SENT = AlertsSent.of(())


def hours(outcomes: str) -> Sequence[JudgedSlot]:
    """A slot an hour: + passed, - below the limit, 0 down, x not counted."""
    return [_judged(START + timedelta(hours=number), sign) for number, sign in enumerate(outcomes)]


def _judged(at: datetime, sign: str) -> JudgedSlot:
    outcome = {"+": Outcome.PASS, "x": Outcome.EXCLUDED}.get(sign, Outcome.FAIL)
    return JudgedSlot(
        slot=a_slot(at, line=LINE),
        day=at.date(),
        hour=at.hour,
        outcome=outcome,
        exclusion=ExclusionReason.AGENT_OFF if sign == "x" else None,
        cause={"-": FailCause.BELOW_LIMIT, "0": FailCause.LINE_DOWN}.get(sign),
        rate_bps={"+": 60_000_000, "-": 20_000_000}.get(sign),
        threshold_bps=50_000_000,
        limit_bps=None if sign == "x" else 47_500_000,
    )


def due(outcomes: str, *, sent: AlertsSent = NOTHING_SENT, later: timedelta = timedelta()) -> LineAlert | None:
    slots = hours(outcomes)
    at = slots[-1].slot.ends_at + later if slots else START
    return alert_due(DISTRICT, LINE, slots, sent, rule=RULE, at=at)


def sent(*revisions: int, since: datetime = START, at: datetime = START) -> AlertsSent:
    return AlertsSent.of(_row(revision, since, at) for revision in revisions)


def _row(revision: int, since: datetime, at: datetime) -> MailRow:
    key = MailKey(
        kind=MailKind.ALERT,
        territory=DISTRICT,
        address="a@example.org",
        period=f"{LINE} {since:%Y%m%dT%H%M%SZ}",
        revision=revision,
    )
    return MailRow(
        id=key.id,
        key=key,
        language="ru",
        subject="",
        state=MailState.SENT,
        queued_at=at,
        next_at=at,
        tries=1,
        copies=0,
        sent_at=at,
        failed_at=None,
        reason=None,
    )


@pytest.mark.parametrize("outcomes", ["", "+", "---", "+++---", "-+-+-+", "xxxxxx", "-x-x-x"])
def test_too_few_bad_ones_alert_nobody(outcomes: str) -> None:
    assert due(outcomes) is None


@pytest.mark.parametrize("outcomes", ["----", "++----", "-+-+--", "+++++00-0", "-x-x-x-"])
def test_so_many_bad_of_the_last_alert(outcomes: str) -> None:
    found = due(outcomes)
    assert found is not None
    assert (found.bad, found.limit_bps, found.recovered) == (4, 47_500_000, False)
    assert len(found.slots) <= RULE.of
    assert found.since == next(one.at for one in found.slots if not one.passed)


def test_a_line_that_was_down_has_no_rate() -> None:
    found = due("0000")
    assert found is not None
    assert {one.rate_bps for one in found.slots} == {None}


def test_what_ended_too_long_ago_alerts_nobody() -> None:
    assert due("------", later=RULE.fresh) is not None
    assert due("------", later=RULE.fresh + timedelta(seconds=1)) is None
    assert due("------" + "xxxx") is None  # the last counted one ended four hours before


def test_nobody_is_told_twice_and_everybody_once_that_it_is_well() -> None:
    told = sent(1)
    assert due("--------", sent=told) is None
    assert due("----++", sent=told) is None
    assert due("----+-+", sent=told) is None
    well = due("----+++", sent=told)
    assert well is not None
    assert (well.recovered, well.since, [one.passed for one in well.slots]) == (True, START, [True] * 3)
    assert due("----+++", sent=sent(1, 2, at=START + timedelta(hours=7))) is None


def test_after_it_was_well_only_what_came_later_counts() -> None:
    recovered = sent(1, 2, at=START + timedelta(hours=7))
    assert due("----+++---", sent=recovered) is None
    again = due("----+++-----", sent=recovered)
    assert again is not None
    assert again.since == START + timedelta(hours=8)


def test_passes_before_the_bad_ones_are_no_recovery() -> None:
    assert due("+++", sent=sent(1, since=START + timedelta(hours=5))) is None

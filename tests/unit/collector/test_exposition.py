"""The `/metrics` page: state in base units, bounded in its series, absent where nothing is known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from prometheus_client.parser import text_string_to_metric_families

from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.mailing import MailKind
from netmon.domain.verdict import VerdictOutcome
from netmon.wire.records import AnswerResult, Note
from netmon_collector.exposition import CONTENT_TYPE, MOST_LINES, IngestState, LineState, MetricsState, render
from netmon_collector.use_cases.mail_queue import MailCounts, MailState

COVERAGE = Coverage(
    territory=TerritoryId("district"),
    at=date(2026, 11, 23),
    numerator=9,
    upper_numerator=12,
    denominator=17,
    target_percent=88,
    organisations=(),
)
LINE = LineState(
    line=LineId("0042"),
    territory=TerritoryId("district"),
    up=True,
    outcome=VerdictOutcome.NON_COMPLIANT,
    rate_bps=31_400_000,
    threshold_bps=50_000_000,
    limit_bps=47_500_000,
    last_seen=datetime(2026, 11, 23, 9, 3, tzinfo=UTC),
)
SILENT = LineState(
    line=LineId("0043"),
    territory=TerritoryId("district"),
    up=None,
    outcome=None,
    rate_bps=None,
    threshold_bps=None,
    last_seen=None,
)
STATE = MetricsState(coverages=[COVERAGE], lines=[LINE, SILENT], ingest=IngestState(), version="0.1")


def samples(state: MetricsState) -> Mapping[tuple[str, ...], float]:
    """Values by name and the values of the labels, in the order of the labels' names."""
    families = text_string_to_metric_families(render(state).decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_the_indicator_is_counts_and_a_ratio() -> None:
    found = samples(STATE)

    assert found["netmon_indicator_numerator", "district"] == 9
    assert found["netmon_indicator_upper_numerator", "district"] == 12
    assert found["netmon_indicator_denominator", "district"] == 17
    assert found["netmon_indicator_target_ratio", "district"] == 0.88


def test_a_territory_without_a_target_has_no_target_series() -> None:
    state = replace(STATE, coverages=[replace(COVERAGE, target_percent=None)])

    assert ("netmon_indicator_target_ratio", "district") not in samples(state)


def test_a_line_has_its_state_in_base_units() -> None:
    found = samples(STATE)

    assert found["netmon_line_up", "0042", "district"] == 1
    assert found["netmon_line_verdict", "0042", "NON_COMPLIANT", "district"] == 1
    assert found["netmon_line_rate_bits_per_second", "0042", "district"] == 31_400_000
    assert found["netmon_line_threshold_bits_per_second", "0042", "district"] == 50_000_000
    assert found["netmon_line_limit_bits_per_second", "0042", "district"] == 47_500_000
    assert found["netmon_line_last_seen_timestamp_seconds", "0042", "district"] == 1_795_424_580


def test_work_that_was_never_done_has_no_series() -> None:
    done = {"closing district": datetime(2026, 11, 23, 9, 3, tzinfo=UTC)}
    name = "netmon_job_last_success_timestamp_seconds"

    assert samples(replace(STATE, jobs_done=done))[name, "closing district"] == 1_795_424_580
    assert not [key for key in samples(STATE) if key[0] == name]


def test_what_is_not_known_is_absent_and_not_zero() -> None:
    assert not [key for key in samples(STATE) if "0043" in key]


def test_a_line_that_stopped_reporting_is_zero() -> None:
    found = samples(replace(STATE, lines=[replace(LINE, up=False)]))

    assert found["netmon_line_up", "0042", "district"] == 0
    assert found["netmon_territory_lines_up", "district"] == 0


def test_a_territory_sums_its_lines() -> None:
    found = samples(STATE)

    assert found["netmon_territory_lines", "NON_COMPLIANT", "district"] == 1
    assert found["netmon_territory_lines", "", "district"] == 1
    assert found["netmon_territory_lines", "COMPLIANT", "district"] == 0
    assert found["netmon_territory_lines_up", "district"] == 1


def test_above_the_bound_only_territories_are_shown() -> None:
    many = [replace(LINE, line=LineId(f"{number}")) for number in range(MOST_LINES + 1)]
    most, too_many = replace(STATE, lines=many[:-1]), replace(STATE, lines=many)

    assert len([key for key in samples(most) if key[0].startswith("netmon_line_")]) == 6 * MOST_LINES
    assert samples(most)["netmon_lines_left_out",] == 0
    found = samples(too_many)
    assert not [key for key in found if key[0].startswith("netmon_line_")]
    assert found["netmon_lines_left_out",] == MOST_LINES + 1
    assert found["netmon_territory_lines", "NON_COMPLIANT", "district"] == MOST_LINES + 1


def test_every_answer_and_note_is_counted_from_zero() -> None:
    ingest = IngestState(answers={AnswerResult.STORED: 41}, notes={Note.RECEIPT_ABSENT: 2})
    found = samples(replace(STATE, ingest=ingest))

    assert found["netmon_ingest_records_total", "stored"] == 41
    assert found["netmon_ingest_records_total", "conflict"] == 0
    assert found["netmon_ingest_notes_total", "receipt_absent"] == 2
    assert len([key for key in found if key[0] == "netmon_ingest_records_total"]) == len(AnswerResult)
    assert len([key for key in found if key[0] == "netmon_ingest_notes_total"]) == len(Note)


def test_every_series_says_its_type_and_meaning() -> None:
    for family in text_string_to_metric_families(render(STATE).decode()):
        assert family.documentation
        assert family.type == ("counter" if family.name.startswith("netmon_ingest") else "gauge")


def test_rendering_changes_nothing() -> None:
    assert render(STATE) == render(STATE)
    assert CONTENT_TYPE.startswith("text/plain; version=")


def test_mails_are_counted_by_kind_and_state() -> None:
    due = datetime(2026, 11, 23, 5, tzinfo=UTC)
    counts = MailCounts(states={(MailKind.REPORT, MailState.QUEUED): 3}, oldest=due, possibly_doubled=1)
    found = samples(replace(STATE, mails=counts))

    assert found["netmon_mails", "report", "queued"] == 3
    assert found["netmon_mails", "alert", "failed"] == 0
    assert found[("netmon_mail_oldest_due_timestamp_seconds",)] == due.timestamp()
    assert found[("netmon_mails_possibly_doubled_total",)] == 1
    assert not any(name.startswith("netmon_mail") for name, *_ in samples(STATE))

"""The `/metrics` page: the present state of the collector in the Prometheus text format, and no history.

Use: `render(state)` with a `MetricsState`, sent as `CONTENT_TYPE`. Only this module knows prometheus-client.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from netmon.domain.coverage import Coverage
from netmon.domain.identifiers import LineId, TerritoryId
from netmon.domain.mailing import MailKind
from netmon.domain.verdict import VerdictOutcome
from netmon.wire.records import AnswerResult, Note
from netmon_collector.use_cases.mail_queue import MailCounts, MailState

CONTENT_TYPE = CONTENT_TYPE_LATEST
MOST_LINES = 2_000  # above it only districts are shown: a server of the region would choke on the series


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """What is known of a line now; None is left out, never shown as 0.

    `up` is whether its agent reported lately, `rate_bps` the latest full rate, `outcome` the latest verdict.
    """

    line: LineId
    territory: TerritoryId
    up: bool | None
    outcome: VerdictOutcome | None
    rate_bps: int | None
    threshold_bps: int | None
    last_seen: datetime | None
    limit_bps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestState:
    """How many records were answered how since the collector started, and what was noted about them."""

    answers: Mapping[AnswerResult, int] = field(default_factory=dict)
    notes: Mapping[Note, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsState:
    coverages: Sequence[Coverage]
    lines: Sequence[LineState]
    ingest: IngestState
    version: str
    jobs_done: Mapping[str, datetime] = field(default_factory=dict)
    certificate_ends_s: float | None = None
    mails: MailCounts | None = None


def render(state: MetricsState) -> bytes:
    """The page for one state."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_StateCollector(state))
    return generate_latest(registry)


class _StateCollector(Collector):
    def __init__(self, state: MetricsState) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        yield _gauge("netmon_build_info", "The running version; always 1.", ("version",), [((self._state.version,), 1)])
        yield from _indicators(self._state.coverages)
        yield from _districts(self._state.lines)
        shown = self._state.lines if len(self._state.lines) <= MOST_LINES else ()
        yield from _lines(shown)
        yield _gauge(
            "netmon_lines_left_out",
            f"Lines without series of their own, because there are more than {MOST_LINES}.",
            (),
            [((), len(self._state.lines) - len(shown))],
        )
        yield from _ingest(self._state.ingest)
        if self._state.mails is not None:
            yield from _mails(self._state.mails)
        yield _gauge(
            "netmon_job_last_success_timestamp_seconds",
            "When scheduled work was last done, by whichever collector.",
            ("work",),
            [((name,), at.timestamp()) for name, at in sorted(self._state.jobs_done.items())],
        )
        yield _gauge(
            "netmon_certificate_expiry_timestamp_seconds",
            "When the collector's own TLS certificate ends.",
            (),
            [] if self._state.certificate_ends_s is None else [((), self._state.certificate_ends_s)],
        )


_Samples = Iterable[tuple[tuple[str, ...], float]]


def _gauge(name: str, documentation: str, labels: tuple[str, ...], samples: _Samples) -> Metric:
    family = GaugeMetricFamily(name, documentation, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _counter(name: str, documentation: str, labels: tuple[str, ...], samples: _Samples) -> Metric:
    family = CounterMetricFamily(name, documentation, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _indicators(coverages: Sequence[Coverage]) -> Iterator[Metric]:
    labels = ("territory",)
    yield _gauge(
        "netmon_indicator_numerator",
        "Organisations that are confirmed to comply.",
        labels,
        [((one.territory,), one.numerator) for one in coverages],
    )
    yield _gauge(
        "netmon_indicator_upper_numerator",
        "Organisations that comply or whose verdict is not known.",
        labels,
        [((one.territory,), one.upper_numerator) for one in coverages],
    )
    yield _gauge(
        "netmon_indicator_denominator",
        "Organisations of the registry in force.",
        labels,
        [((one.territory,), one.denominator) for one in coverages],
    )
    yield _gauge(
        "netmon_indicator_target_ratio",
        "The share that the roadmap asks for at this date.",
        labels,
        [((one.territory,), one.target_percent / 100) for one in coverages if one.target_percent is not None],
    )


def _districts(lines: Sequence[LineState]) -> Iterator[Metric]:
    territories = sorted({line.territory for line in lines})
    outcomes = Counter((line.territory, line.outcome) for line in lines)
    reporting = Counter(line.territory for line in lines if line.up)
    yield _gauge(
        "netmon_territory_lines",
        "Lines by their latest verdict; an empty outcome is none yet.",
        ("territory", "outcome"),
        [
            ((territory, "" if outcome is None else outcome.value), outcomes[territory, outcome])
            for territory in territories
            for outcome in (*VerdictOutcome, None)
        ],
    )
    yield _gauge(
        "netmon_territory_lines_up",
        "Lines whose agent reported lately.",
        ("territory",),
        [((territory,), reporting[territory]) for territory in territories],
    )


def _lines(lines: Sequence[LineState]) -> Iterator[Metric]:
    labels = ("line", "territory")
    yield _gauge(
        "netmon_line_up",
        "Whether the agent of the line reported lately.",
        labels,
        [((one.line, one.territory), one.up) for one in lines if one.up is not None],
    )
    yield _gauge(
        "netmon_line_verdict",
        "The latest verdict of the line: the series of its outcome is 1, there is no other.",
        (*labels, "outcome"),
        [((one.line, one.territory, one.outcome.value), 1) for one in lines if one.outcome is not None],
    )
    yield _gauge(
        "netmon_line_rate_bits_per_second",
        "The latest full rate of the line at the IP layer.",
        labels,
        [((one.line, one.territory), one.rate_bps) for one in lines if one.rate_bps is not None],
    )
    yield _gauge(
        "netmon_line_threshold_bits_per_second",
        "The threshold of the line's locality.",
        labels,
        [((one.line, one.territory), one.threshold_bps) for one in lines if one.threshold_bps is not None],
    )
    yield _gauge(
        "netmon_line_limit_bits_per_second",
        "What the line must reach: the threshold less the policy's tolerance.",
        labels,
        [((one.line, one.territory), one.limit_bps) for one in lines if one.limit_bps is not None],
    )
    yield _gauge(
        "netmon_line_last_seen_timestamp_seconds",
        "When the agent of the line was last heard of.",
        labels,
        [((one.line, one.territory), one.last_seen.timestamp()) for one in lines if one.last_seen is not None],
    )


def _mails(counts: MailCounts) -> Iterator[Metric]:
    """Every kind and state, so that an alert can be raised on the first."""
    yield _gauge(
        "netmon_mails",
        "Mails by what they are and how they stand.",
        ("kind", "state"),
        [((kind.value, state.value), counts.states.get((kind, state), 0)) for kind in MailKind for state in MailState],
    )
    yield _gauge(
        "netmon_mail_oldest_due_timestamp_seconds",
        "When the mail was due that waits longest.",
        (),
        [] if counts.oldest is None else [((), counts.oldest.timestamp())],
    )
    yield _counter(
        "netmon_mails_possibly_doubled",
        "How often a mail may have arrived once more than it should.",
        (),
        [((), counts.possibly_doubled)],
    )


def _ingest(ingest: IngestState) -> Iterator[Metric]:
    """Every answer and note from the start, so that a rate can be taken of the first one too."""
    yield _counter(
        "netmon_ingest_records",
        "Records by the collector's answer.",
        ("result",),
        [((result.value,), ingest.answers.get(result, 0)) for result in AnswerResult],
    )
    yield _counter(
        "netmon_ingest_notes",
        "What was found about records, by kind.",
        ("note",),
        [((note.value,), ingest.notes.get(note, 0)) for note in Note],
    )

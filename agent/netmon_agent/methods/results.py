"""Results of the native method: the figures, their flags, and the detail to doubt them by."""

from dataclasses import replace

from netmon.domain.kinds import Decision, Flag, ResultKind
from netmon.transfer.options import default_qdisc
from netmon_agent.line.host import HostLoad
from netmon_agent.methods.base import MethodResult
from netmon_agent.methods.plans.base import Outcome
from netmon_agent.methods.tcp import Transferred
from netmon_agent.methods.train import TrainResult
from netmon_agent.statistics.decision import CONFIDENCE
from netmon_agent.statistics.train import PACE_OVER_LIMIT, TrainFinding

_BACKGROUND_SHARE = 0.02


def result_of_train(
    blank: MethodResult, train: TrainResult, found: TrainFinding, *, background_bps: float | None
) -> MethodResult:
    """A decision that the train alone settled: at least the limit. `background_bps` is None without counters."""
    flags = set(blank.flags)
    if background_bps is None:
        flags.add(Flag.NO_WAN_COUNTERS)
    elif background_bps > _BACKGROUND_SHARE * found.rate_bps:
        flags.add(Flag.BACKGROUND_SEEN)
    return replace(
        blank,
        kind=ResultKind.RATE,
        rate_bps=round(found.rate_bps),
        background_bps=None if background_bps is None else round(background_bps),
        censored_at_bps=round(PACE_OVER_LIMIT * (blank.limit_bps or 0)),
        decision=Decision.AT_LEAST,
        confidence=CONFIDENCE,
        bytes=train.wire_bytes,
        flags=frozenset(flags),
        detail={"transport": "udp", **_train_detail(train)},
    )


def _train_detail(train: TrainResult) -> dict[str, object]:
    found = train.finding
    if found is None:
        return {"train": "no answer"}
    return {
        "train": found.finding.value if found.finding else "unclear",
        "train_rate_bps": round(found.rate_bps),
        "train_loss": round(found.loss, 4),
    }


def with_train(result: MethodResult, train: TrainResult | None) -> MethodResult:
    """TCP has decided; what the train said before stays to be seen."""
    if train is None:
        return result
    return replace(result, bytes=result.bytes + train.wire_bytes, detail={**result.detail, **_train_detail(train)})


def result_of_transfer(
    session_part: MethodResult, done: Transferred, load: HostLoad, outcome: Outcome, *, counters_agree: bool
) -> MethodResult:
    """The result once the figures are judged: rates over the steady part, flags, and the detail to doubt them by."""
    series, first = done.transfer.series, outcome.steady_from
    last, flags = len(series) - 1, set(session_part.flags)
    goodput = background = None
    if first is not None:
        goodput = round(series.goodput_bps(first, last))
        others = series.line_bps(first, last) - series.own_bps(first, last)
        background = max(round(others), 0) if counters_agree else None
        if background is not None and others > _BACKGROUND_SHARE * series.line_bps(first, last):
            flags.add(Flag.BACKGROUND_SEEN)
    if not counters_agree:
        flags.add(Flag.NO_WAN_COUNTERS)
    if series.lost:
        flags.add(Flag.LOSS_SEEN)
    return replace(
        session_part,
        kind=outcome.kind,
        reason=outcome.reason,
        rate_bps=outcome.rate_bps,
        goodput_bps=goodput,
        background_bps=background,
        censored_at_bps=outcome.censored_at_bps,
        decision=outcome.decision,
        confidence=outcome.confidence,
        bytes=done.sampler.wire_bytes,
        flags=frozenset(flags),
        detail={"transport": "tcp", **outcome.detail, **_detail(done, load)},
    )


def _detail(done: Transferred, load: HostLoad) -> dict[str, object]:
    infos = done.sampler.infos
    return {
        "ended": done.ended.value,
        "connections": len(infos),
        "transfer_s": round(done.transfer.series.duration_s, 3),
        "congestion_control": done.congestion_control,
        "idle_rtt_ms": round(min(info.min_rtt_s for info in infos) * 1e3, 2),
        "loaded_rtt_ms": None if done.loaded_rtt_s is None else round(done.loaded_rtt_s * 1e3, 2),
        "buffer_bytes": done.buffer_bytes,
        "qdisc": default_qdisc(),
        "retransmitted_segments": sum(info.retransmitted_segments for info in infos),
        "steal": round(load.steal, 3),
        "busy": round(load.busy, 3),
        "late_ms": round(load.late_s * 1e3, 1),
    }

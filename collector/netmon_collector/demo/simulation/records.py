"""The records that an agent of a simulated line sends about one day, with real receipts of a real key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from netmon.domain.latency import OutageCause
from netmon.domain.measurement import Decision, Direction, Flag, Mode, Path, Reason, ResultKind
from netmon.domain.policy import Policy
from netmon.domain.slot import Slot, SlotEnd
from netmon.domain.spans import Span
from netmon.wire.bodies import LatencyBody, MeasurementBody, OutageBody, SlotBody
from netmon.wire.receipt import Receipt, Signer, sign_receipt
from netmon.wire.records import Envelope, RecordKind
from netmon_collector.demo.simulation.story import Script
from netmon_collector.use_cases.tickets import ticket_id

_GOODPUT = 1448 / 1500
_UPLOAD = 0.9  # of the download's rate
_SEEN_UP_TO = 1.1  # of the limit, by a decision
_SECONDS = {Mode.DECISION: 0.6, Mode.ESTIMATE: 1.4, Mode.SUSTAINED: 6.0}
_PROBE_EVERY_S = 10
_PEER = "192.0.2.10"  # an address for documentation (RFC 5737)
_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class SimulatedAgent:
    """Numbers its records as an outbox does; `chance` gives the small differences between tests."""

    script: Script
    policy: Policy
    signer: Signer
    chance: Random
    _sequence: int = field(default=0)

    def records(self, slots: Sequence[Slot], hours: Span) -> Sequence[bytes]:
        """Everything about one day: its slots in order, then the probes of its working hours, then its outages."""
        start, end = hours
        outages = [span for span in self.script.outages() if start <= span[0] < end]
        envelopes = [one for slot in slots for one in self._slot(slot, outages)]
        envelopes += [self._window(span) for span in hours_between(start, end, outages)]
        envelopes += [self._outage(span) for span in outages]
        return [one.line() for one in envelopes]

    def _slot(self, slot: Slot, outages: Sequence[Span]) -> Iterator[Envelope]:
        at = slot.starts_at + timedelta(seconds=self.chance.uniform(2, 40))
        is_down = any(start <= at < end for start, end in outages)
        body = self._unreachable(slot, at) if is_down else self._measured(slot, at)
        yield self._envelope(RecordKind.MEASUREMENT, body.document(), at + timedelta(seconds=body.duration_s))
        report = SlotBody(slot=slot.id, end=SlotEnd.MEASURED, reason=None, at=at + timedelta(seconds=10))
        yield self._envelope(RecordKind.SLOT, report.document(), report.at)

    def _measured(self, slot: Slot, at: datetime) -> MeasurementBody:
        limit = self.policy.limit_bps(self.script.threshold_bps)
        share = _UPLOAD if slot.direction is Direction.UP else 1.0
        carries = round(self.script.rate_bps(at, slot.mode) * share * self.chance.gauss(1, 0.004))
        is_decision = slot.mode is Mode.DECISION
        cap = round(_SEEN_UP_TO * limit) if is_decision else None
        rate = carries if cap is None else min(carries, cap)
        seconds = _SECONDS[slot.mode]
        size = round(rate * seconds / 8)
        answer = Decision.AT_LEAST if carries >= limit else Decision.BELOW
        return MeasurementBody(
            slot=slot.id,
            server=slot.server,
            method="sustained" if slot.mode is Mode.SUSTAINED else "native",
            direction=slot.direction,
            mode=slot.mode,
            started_at=at,
            duration_s=seconds,
            kind=ResultKind.RATE,
            reason=None,
            rate_bps=rate,
            goodput_bps=round(rate * _GOODPUT),
            background_bps=None,
            censored_at_bps=cap,
            decision=answer if is_decision else None,
            threshold_bps=self.script.threshold_bps,
            limit_bps=limit,
            confidence=0.99 if is_decision else 0.95,
            bytes=size,
            path=Path.DIRECT,
            flags=frozenset({Flag.EMULATED_LINE}),
            receipt=self._receipt(slot, at, seconds, size),
        )

    def _unreachable(self, slot: Slot, at: datetime) -> MeasurementBody:
        return MeasurementBody(
            slot=slot.id,
            server=slot.server,
            method="native",
            direction=slot.direction,
            mode=slot.mode,
            started_at=at,
            duration_s=5.0,
            kind=ResultKind.NONE,
            reason=Reason.SERVER_UNREACHABLE,
            rate_bps=None,
            goodput_bps=None,
            background_bps=None,
            censored_at_bps=None,
            decision=Decision.UNDECIDED if slot.mode is Mode.DECISION else None,
            threshold_bps=self.script.threshold_bps,
            limit_bps=self.policy.limit_bps(self.script.threshold_bps),
            confidence=None,
            bytes=0,
            path=Path.UNKNOWN,
            flags=frozenset({Flag.EMULATED_LINE}),
            receipt=None,
        )

    def _receipt(self, slot: Slot, at: datetime, seconds: float, size: int) -> str:
        receipt = Receipt(
            server=slot.server,
            ticket=ticket_id(slot.id, slot.server),
            line=slot.line,
            direction=slot.direction,
            mode=slot.mode,
            started_at=at,
            ended_at=at + timedelta(seconds=seconds),
            bytes=round(size * _GOODPUT),
            connections=2 if slot.mode is Mode.DECISION else 4,
            retransmitted_bytes=0,
            send_gap_s=0.002,
            app_limited_s=0.0,
            pacing_limited_s=0.0,
            congestion_control="bbr",
            peer_address=_PEER,
            peer_port=40_000 + self.chance.randrange(20_000),
            peer_mss=1448,
            clock_synchronised=True,
        )
        return sign_receipt(receipt, self.signer)

    def _window(self, span: Span) -> Envelope:
        start, end = span
        rtt = 0.006 + 0.001 * (len(self.script.line) % 5) + self.chance.uniform(0, 0.002)
        sent = max(1, int((end - start).total_seconds()) // _PROBE_EVERY_S)
        body = LatencyBody(
            started_at=start,
            ended_at=end,
            target="server",
            sent=sent,
            lost=self.chance.choices((0, 1, 2), (90, 8, 2))[0] if sent > 2 else 0,
            rtt_min_s=round(rtt * 0.9, 6),
            rtt_median_s=round(rtt, 6),
            rtt_p95_s=round(rtt * 1.8, 6),
            rtt_max_s=round(rtt * 4, 6),
            jitter_s=round(rtt * 0.15, 6),
        )
        return self._envelope(RecordKind.LATENCY, body.document(), end)

    def _outage(self, span: Span) -> Envelope:
        start, end = span
        body = OutageBody(started_at=start, ended_at=end, since=start, cause=OutageCause.PROVIDER)
        return self._envelope(RecordKind.OUTAGE, body.document(), end)

    def _envelope(self, kind: RecordKind, body: dict[str, object], at: datetime) -> Envelope:
        self._sequence += 1
        return Envelope(
            stream="simulated", sequence=self._sequence, kind=kind, device_at=at, clock_offset_s=0.0, body=body
        )


def hours_between(start: datetime, end: datetime, outages: Sequence[Span]) -> Iterator[Span]:
    """Windows of an hour at most, none of which touches an outage."""
    at = start
    while at < end:
        until = min(end, at + _HOUR)
        hit = next(((down, up) for down, up in outages if at < up and down < until), None)
        if hit is None:
            yield at, until
            at = until
        else:
            if at < hit[0]:
                yield at, hit[0]
            at = hit[1]

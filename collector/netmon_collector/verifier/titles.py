"""The titles of the tables' columns, and the words of verdicts, in a language."""

from collections.abc import Mapping

from netmon.domain.verdict import VerdictOutcome
from netmon_collector.verifier.phrases import Say
from netmon_collector.verifier.tables import Table


def titles_of(table: Table, say: Say) -> tuple[str, ...]:
    known = column_titles(say)
    return tuple(known[name] for name in table.columns)


def column_titles(say: Say) -> Mapping[str, str]:
    """What each column holds, by its name in the CSV files."""
    return {
        "slot": say("Planned measurement"),
        "starts_at": say("Planned for, local time"),
        "direction": say("Direction"),
        "mode": say("Kind of measurement"),
        "server": say("Measurement server"),
        "outcome": say("Outcome"),
        "reason": say("Reason"),
        "cause": say("Cause of a fail"),
        "rate_mbps": say("Rate, Mb/s"),
        "rate_bps": say("Rate, bit/s"),
        "bound_only": say("Only a bound from below"),
        "threshold_bps": say("Threshold, bit/s"),
        "limit_bps": say("Limit (threshold less tolerance), bit/s"),
        "strict_pass": say("Passed without the tolerance"),
        "proof_server": say("Proof: server"),
        "proof_at": say("Proof: delivered to another line at, local time"),
        "proof_rate_bps": say("Proof: rate delivered, bit/s"),
        "measurements": say("Measurements"),
        "agent_says": say("The agent's account"),
        "agent_reason": say("The agent's reason"),
        "agent": say("Agent"),
        "stream": say("Stream of records"),
        "number": say("Number of the record"),
        "received_at": say("Received, local time"),
        "started_at": say("Began, local time"),
        "ended_at": say("Ended, local time"),
        "seconds": say("Length, s"),
        "method": say("Method"),
        "duration_s": say("Duration, s"),
        "kind": say("Kind of result"),
        "goodput_bps": say("Goodput (TCP), bit/s"),
        "background_bps": say("Other traffic, bit/s"),
        "censored_at_bps": say("Could not see above, bit/s"),
        "decision": say("Decision"),
        "confidence": say("Confidence of the decision"),
        "bytes": say("Volume of the measurement, bytes"),
        "path": say("Path"),
        "receipt": say("Receipt"),
        "time_trusted": say("Time is certain"),
        "flags": say("Flags"),
        "receipt_bytes": say("Receipt: bytes by the server"),
        "receipt_started_at": say("Receipt: began, local time"),
        "receipt_ended_at": say("Receipt: ended, local time"),
        "receipt_text": say("Receipt as received"),
        "target": say("Probed"),
        "sent": say("Probes sent"),
        "lost": say("Probes lost"),
        "rtt_min_s": say("Round trip, least, s"),
        "rtt_median_s": say("Round trip, median, s"),
        "rtt_p95_s": say("Round trip, 95th percentile, s"),
        "rtt_max_s": say("Round trip, greatest, s"),
        "jitter_s": say("Jitter, s"),
    }


def outcome_words(say: Say) -> Mapping[VerdictOutcome, str]:
    return {
        VerdictOutcome.COMPLIANT: say("Complies"),
        VerdictOutcome.NON_COMPLIANT: say("Does not comply"),
        VerdictOutcome.INSUFFICIENT_DATA: say("Not enough data"),
        VerdictOutcome.UNMEASURABLE: say("Could not be measured"),
        VerdictOutcome.EXEMPT: say("Exempt"),
    }

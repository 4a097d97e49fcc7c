"""What a train of packets says about a limit."""

from netmon.transfer.train import Arrival, Window, windows
from netmon_agent.statistics.decision import Finding
from netmon_agent.statistics.train import TrainFinding, judge_train

LIMIT = 95_000_000
PACKET = 1500


def a_train(
    line_bps: float, *, sent_bps: float = 1.15 * LIMIT, stutter: range = range(0), seconds: float = 0.4
) -> list[Arrival]:
    """Packets through a line with an endless queue; in `stutter` the sender was three times slower."""
    sent_ns = arrived_ns = 0.0
    arrivals = []
    for sequence in range(round(seconds * sent_bps / 8 / PACKET)):
        sent_ns += PACKET * 8e9 / sent_bps * (3 if sequence in stutter else 1)
        arrived_ns = max(arrived_ns + PACKET * 8e9 / line_bps, sent_ns)
        arrivals.append(Arrival(sequence, round(sent_ns), round(arrived_ns)))
    return arrivals


def judged(arrivals: list[Arrival], *, others_bps: float = 0.0, dropped: int = 0) -> TrainFinding | None:
    cut = windows(arrivals, length_s=0.025, skip_share=0.4)
    return judge_train(cut, packet_bytes=PACKET, others_bps=others_bps, limit_bps=LIMIT, dropped_here=dropped)


def finding(arrivals: list[Arrival], **circumstances: float) -> Finding | None:
    found = judged(arrivals, **circumstances)  # type: ignore[arg-type]
    return found.finding if found else None


def test_a_line_above_the_limit_is_at_least_and_one_below_is_suspected() -> None:
    assert finding(a_train(1.02 * LIMIT)) is Finding.AT_LEAST
    assert finding(a_train(10 * LIMIT)) is Finding.AT_LEAST
    assert finding(a_train(0.95 * LIMIT)) is Finding.BELOW


def test_close_to_the_limit_a_train_says_nothing() -> None:
    found = judged(a_train(0.999 * LIMIT))
    assert found is not None
    assert found.finding is None


def test_a_slow_sender_is_never_taken_for_a_slow_line() -> None:
    assert judged(a_train(10 * LIMIT, sent_bps=0.9 * LIMIT)) is None
    assert finding(a_train(10 * LIMIT, stutter=range(2000, 2030))) is Finding.AT_LEAST
    assert finding(a_train(10 * LIMIT, stutter=range(2000, 2400))) is None


def through_a_bucket(line_bps: float, *, bucket_s: float, first: int, every: int, pause_s: float) -> list[Arrival]:
    """A train whose sender pauses again and again and catches up, through a shaper that saves tokens up meanwhile."""
    sent_bps, size = 1.15 * LIMIT, PACKET * 8
    most = tokens = bucket_s * line_bps
    now_s, arrivals = 0.0, []
    for sequence in range(round(0.4 * sent_bps / size)):
        since = (sequence - first) % every
        paused_s = max(pause_s - since * size / sent_bps, 0.0) if sequence >= first else 0.0
        sent_s = sequence * size / sent_bps + paused_s
        at_s = max(sent_s, now_s)
        tokens = min(tokens + (at_s - now_s) * line_bps, most)
        wait_s = max(size - tokens, 0.0) / line_bps
        tokens, now_s = tokens + wait_s * line_bps - size, at_s + wait_s
        arrivals.append(Arrival(sequence, round(sent_s * 1e9), round(now_s * 1e9)))
    return arrivals


def test_tokens_saved_up_while_the_sender_paused_are_no_rate() -> None:
    for every in (200, 300, 400, 600, 5000):
        for first in range(0, 1600, 100):
            train = through_a_bucket(0.98 * LIMIT, bucket_s=0.03, first=first, every=every, pause_s=0.03)
            assert finding(train) is not Finding.AT_LEAST, (every, first)
    assert finding(through_a_bucket(1.05 * LIMIT, bucket_s=0.012, first=0, every=9999, pause_s=0)) is Finding.AT_LEAST


def test_packets_that_this_machine_dropped_void_the_train() -> None:
    assert judged(a_train(0.9 * LIMIT), dropped=1) is None


def test_others_traffic_counts_for_the_line() -> None:
    arrivals = a_train(0.5 * LIMIT, sent_bps=0.65 * LIMIT)
    assert finding(arrivals, others_bps=0.52 * LIMIT) is Finding.AT_LEAST


def test_a_short_train_says_nothing() -> None:
    assert judged(a_train(2 * LIMIT, seconds=0.1)) is None
    assert windows([], length_s=0.025, skip_share=0.4) == []


def test_a_window_counts_what_was_sent_between_its_ends() -> None:
    lossy = [Arrival(n, n * 1_000_000, n * 1_000_000) for n in range(0, 100, 2)]
    assert windows(lossy, length_s=0.02, skip_share=0.0)[0] == Window(
        received=10, sent=20, sending_s=0.02, arriving_s=0.02
    )

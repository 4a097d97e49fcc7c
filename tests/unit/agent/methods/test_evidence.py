"""What both ends' accounts prove about who was slow."""

from types import SimpleNamespace
from typing import cast

from netmon.domain.measurement import Direction
from netmon.wire.session import Accepted
from netmon_agent.line.host import HostLoad
from netmon_agent.methods.plans.base import Ended, Evidence
from netmon_agent.methods.tcp import Transferred, evidence_of
from tests.support.samples import a_series, for_seconds
from tests.support.wire import a_receipt

PUNCTUAL = HostLoad(steal=0.0, busy=0.2, late_s=0.001)
LATE = HostLoad(steal=0.0, busy=1.0, late_s=0.030)
QUIET = {"send_gap_s": 0.0, "app_limited_s": 0.0, "window_limited_s": 0.0}


def evidence(load: HostLoad, **account: float) -> Evidence:
    """Of a download of two seconds."""
    done = SimpleNamespace(
        transfer=SimpleNamespace(series=a_series(for_seconds(2, 40e6))), ended=Ended.ENOUGH, congestion_control="bbr"
    )
    receipt = a_receipt(direction=Direction.DOWN, **{**QUIET, **account})
    accepted = cast("Accepted", SimpleNamespace(rate_bps=200_000_000))
    return evidence_of(cast("Transferred", done), load, receipt, accepted, None)


def test_a_late_machine_is_slow_once_the_line_waited_for_it() -> None:
    assert not evidence(LATE).host_slow
    assert evidence(LATE).host_late
    assert evidence(LATE, window_limited_s=0.05).host_slow
    assert not evidence(PUNCTUAL, window_limited_s=0.05).host_slow
    assert evidence(PUNCTUAL, window_limited_s=0.5).host_slow


def test_a_pause_of_the_servers_program_counts_once_its_kernel_ran_dry() -> None:
    assert not evidence(PUNCTUAL, send_gap_s=0.2).sender_slow
    assert evidence(PUNCTUAL, send_gap_s=0.2, app_limited_s=0.05).sender_slow
    assert not evidence(PUNCTUAL, send_gap_s=0.01, app_limited_s=0.05).sender_slow
    assert evidence(PUNCTUAL, send_gap_s=0.01, app_limited_s=0.2).sender_slow

"""The one table of measurement methods: adding the next is one file and one line."""

from collections.abc import Mapping

from netmon_agent.methods import iperf3, native, speedtest_cli
from netmon_agent.methods.base import Method

METHODS: Mapping[str, Method] = {
    native.NAME: native.measure,
    iperf3.NAME: iperf3.measure,
    speedtest_cli.NAME: speedtest_cli.measure,
}

"""Whether an interface has a link, as the kernel says."""

import subprocess
import sys

import pytest

from netmon_agent.latency.carrier import has_link

SCRIPT = """
set -e
say() { "$PYTHON" -c "from netmon_agent.latency.carrier import has_link; print(has_link('$1'))"; }
say lo
ip link add wan0 type veth peer name modem
say wan0
ip link set wan0 up
say wan0
ip link set modem up
say wan0
ip link set modem down
say wan0
"""


def test_an_interface_that_does_not_exist_has_no_link() -> None:
    assert not has_link("netmon-none")
    assert not has_link("a-name-that-is-longer-than-any-interface's")


def test_where_no_interface_is_named_nothing_speaks_against_a_link() -> None:
    assert has_link(None)


@pytest.mark.needs("netns")
def test_an_interface_has_a_link_while_it_is_up_and_somebody_is_at_the_other_end() -> None:
    command = ["unshare", "-Urn", "env", f"PYTHON={sys.executable}", "sh", "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == ["False", "False", "False", "True", "False"]

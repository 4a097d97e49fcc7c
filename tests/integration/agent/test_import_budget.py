"""What a running agent has loaded: each of these would cost a router half a megabyte or more."""

import os
import subprocess
import sys

SCRIPT = "import sys; import netmon_agent.resident; print(*sys.modules)"
NOT_FOR_A_ROUTER = {
    "argparse",
    "ast",
    "asyncio",
    "calendar",
    "dis",
    "email",
    "email.message",
    "gettext",
    "gzip",
    "http.client",
    "importlib.util",
    "ipaddress",
    "locale",
    "logging",
    "netmon.config.strict",
    "netmon.domain.measurement",
    "netmon.domain.path_diagnosis",
    "netmon.domain.slot",
    "netmon.wire.bodies",
    "netmon_agent.methods.native",
    "netmon_agent.settings_file",
    "pickle",
    "random",
    "scapy",
    "secrets",
    "subprocess",
    "tokenize",
    "traceback",
    "yaml",
}
MOST_MODULES = 175


def test_a_running_agent_carries_nothing_that_it_does_not_use() -> None:
    # As `run` starts it; without site, whose modules are not the agent's.
    command = [sys.executable, "-S", "-P", "-c", SCRIPT]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    loaded = set(done.stdout.split())
    assert loaded & NOT_FOR_A_ROUTER == set()
    assert {"netmon_agent.app", "sqlite3", "ssl"} <= loaded
    assert len(loaded) < MOST_MODULES

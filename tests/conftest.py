"""What every test may ask for: the tools of the machine, real in CI, skipped with a reason elsewhere."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.postgres import binaries

# A busy machine is no failing test: single examples are not timed.
settings.register_profile("netmon", deadline=None)
settings.load_profile("netmon")


def _has_netns() -> bool:
    """Whether this user may make network namespaces and shape a link in them."""
    shape = "tc qdisc add dev netmon0 root tbf rate 1mbit burst 10000 limit 10000"
    script = f"ip link add netmon0 type veth peer name netmon1 && {shape}"
    if not all(shutil.which(tool) for tool in ("unshare", "ip", "tc")):
        return False
    command = ["unshare", "-Urn", "sh", "-c", script]
    return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0


def _on_path(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


TOOLS: Mapping[str, Callable[[], bool]] = {
    "netns": _has_netns,
    "root": lambda: os.geteuid() == 0,
    "chromium": _on_path("chromium"),
    "iperf3": _on_path("iperf3"),
    "gcc": _on_path("gcc"),
    "faketime": lambda: any(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")),
    "ethtool": _on_path("ethtool"),
    "tun": lambda: os.access("/dev/net/tun", os.R_OK | os.W_OK),
    "unshare": _on_path("unshare"),
    "dpkg-deb": _on_path("dpkg-deb"),
    "systemd-analyze": _on_path("systemd-analyze"),
    "promtool": _on_path("promtool"),
    "prometheus": _on_path("prometheus"),
    "postgresql": lambda: binaries() is not None,
}
_found: dict[str, bool] = {}


def _is_missing(tool: str) -> bool:
    if tool not in _found:
        _found[tool] = TOOLS[tool]()
    return not _found[tool]


QUIET = ("tests/lab/", "tests/integration/measurement/", "tests/integration/demo/", "tests/e2e/test_demo.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that measure lines run by themselves: beside others they would measure those."""
    root = Path(__file__).parent.parent
    for item in items:
        if item.path.relative_to(root).as_posix().startswith(QUIET):
            item.add_marker(pytest.mark.quiet)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose tools are missing; under CI=true that is a failure."""
    for marker in item.iter_markers("needs"):
        missing = [tool for tool in marker.args if _is_missing(tool)]
        if missing:
            reason = f"this machine has no {', '.join(missing)}"
            if os.environ.get("CI") == "true":
                pytest.fail(f"{reason}, and CI must run everything", pytrace=False)
            pytest.skip(reason)

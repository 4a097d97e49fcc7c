"""The .deb in a bare Debian 12: it installs, its user and folders are there, it runs and tells the service manager.

``make deb-check`` makes the root by debootstrap and runs this; without a root it is skipped. Needs root.
"""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.agent_process import write_settings
from tests.support.fake_collector import running_collector

BUILD = Path(__file__).parents[2] / "agent" / "deb" / "build"
ROOT = os.environ.get("NETMON_DEBIAN_ROOT")
pytestmark = pytest.mark.skipif(not ROOT, reason="no Debian root: make deb-check")


def inside(*command: str) -> str:
    done = subprocess.run(["chroot", str(ROOT), *command], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The root with the package in it, taken out again at the end."""
    assert ROOT is not None
    built = subprocess.run([str(BUILD), str(tmp_path)], capture_output=True, text=True, timeout=120, check=True)
    package = Path(built.stdout.strip())
    shutil.copy(package, Path(ROOT) / "tmp")
    (Path(ROOT) / "etc" / "hosts").write_text("127.0.0.1 localhost\n", encoding="ascii")  # a bare root has none
    inside("dpkg", "-i", f"/tmp/{package.name}")
    return Path(ROOT)


def test_it_installs_runs_and_is_removed(installed: Path) -> None:
    assert inside("netmon-agent", "--version").startswith("netmon-agent ")
    assert inside("id", "-un", "netmon").strip() == "netmon"
    assert (installed / "usr/lib/systemd/system/netmon-agent.service").is_file()
    folder = installed / "tmp" / "agent"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with running_collector() as collector, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(30)
        write_settings(folder, collector.url)
        subprocess.run(["chroot", str(installed), "chown", "-R", "netmon", "/tmp/agent"], check=True, timeout=20)
        environment = {
            "NOTIFY_SOCKET": "/tmp/agent/notify",
            "WATCHDOG_USEC": "200000",
            "PATH": "/usr/sbin:/usr/bin:/bin",
        }
        command = [
            "chroot",
            "--userspec=netmon",
            str(installed),
            "netmon-agent",
            "run",
            "--config",
            "/tmp/agent/agent.yaml",
        ]
        with subprocess.Popen(command, env=environment, stderr=sys.stderr, cwd="/") as process:
            try:
                assert manager.recv(100) == b"READY=1"
                assert manager.recv(100) == b"WATCHDOG=1"
                collector.wait_for(lambda: len(collector.asked) > 0)
                process.terminate()
                while (heard := manager.recv(100)) == b"WATCHDOG=1":
                    pass
                assert heard == b"STOPPING=1"
                assert process.wait(15) == 0
            finally:
                process.kill()
    shutil.rmtree(folder)
    inside("dpkg", "--purge", "netmon-agent")
    assert not (installed / "usr/bin/netmon-agent").exists()

"""The packages of the agent: what is in them, that they run, and how much the service is allowed."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.agent_process import write_settings
from tests.support.fake_collector import running_collector

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "agent" / "systemd" / "netmon-agent.service"


def run(*command: str | Path, **changes: object) -> str:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=120, check=False, **changes
    )  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def deb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(run(ROOT / "agent" / "deb" / "build", tmp_path_factory.mktemp("dist")).strip())


@pytest.fixture(scope="module")
def single_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    return Path(run(ROOT / "agent" / "zipapp" / "build", folder, sys.executable).strip())


@pytest.mark.needs("dpkg-deb")
def test_the_deb_has_the_program_the_service_and_the_kernels_settings(deb: Path) -> None:
    rows = [row.split(None, 5) for row in run("dpkg-deb", "-c", deb).splitlines()]
    assert {row[1] for row in rows} == {"root/root"}
    files = {row[5].removeprefix("."): row[0] for row in rows}
    assert files["/usr/bin/netmon-agent"] == "-rwxr-xr-x"
    for path in (
        "/usr/lib/systemd/system/netmon-agent.service",
        "/usr/lib/sysctl.d/60-netmon-agent.conf",
        "/usr/lib/modules-load.d/netmon-agent.conf",
        "/usr/lib/netmon-agent/netmon_agent/doctor/ru.po",
    ):
        assert files[path] == "-rw-r--r--", path
    assert not [path for path in files if "collector" in path.split("/")[-1] and path.endswith("/")]
    assert "python3-yaml" in run("dpkg-deb", "-f", deb, "Depends")
    assert deb.stat().st_size < 1_000_000


@pytest.mark.needs("dpkg-deb")
def test_the_same_sources_make_the_same_deb(tmp_path: Path) -> None:
    first, second = (
        Path(
            run(
                ROOT / "agent" / "deb" / "build", tmp_path / name, env={**os.environ, "SOURCE_DATE_EPOCH": "1750000000"}
            )
        )
        for name in ("first", "second")
    )
    assert Path(str(first).strip()).read_bytes() == Path(str(second).strip()).read_bytes()


@pytest.mark.needs("dpkg-deb")
def test_the_unpacked_program_starts_and_tells_the_service_manager(deb: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "-x", deb, tmp_path / "root")
    program = tmp_path / "root" / "usr" / "bin" / "netmon-agent"
    assert_it_serves([sys.executable, "-sP", str(program)], tmp_path)


def test_the_single_file_runs_without_anything_installed(single_file: Path, tmp_path: Path) -> None:
    # -S: no site-packages, so everything has to come out of the file.
    command = [sys.executable, "-sSP", str(single_file)]
    assert run(*command, "--version").startswith("netmon-agent ")
    (tmp_path / "agent.yaml").write_text("state_dir: state\n")
    done = subprocess.run(
        [*command, "run", "--config", "agent.yaml"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (done.returncode, "not enrolled" in done.stderr) == (3, True)
    assert_it_serves(command, tmp_path)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The offline bundle, unpacked."""
    folder = tmp_path_factory.mktemp("bundle")
    archive = Path(run(ROOT / "agent" / "bundle" / "build", folder, sys.executable).strip().splitlines()[-1])
    run("tar", "-xzf", archive, "-C", folder)
    return folder / archive.name.removesuffix(".tar.gz")


@pytest.mark.needs("dpkg-deb", "unshare")
def test_the_offline_bundle_installs_without_any_network(bundle: Path, tmp_path: Path) -> None:
    installed = run("unshare", "-rn", "--", bundle / "install", tmp_path / "agent").strip()
    assert run(installed, "--version").startswith("netmon-agent ")
    packages = {row.split("==")[0] for row in run(tmp_path / "agent" / "bin" / "pip", "freeze").splitlines()}
    assert {"netmon-edu", "PyYAML", "tzdata", "speedtest-cli"} >= {one.split(" @")[0] for one in packages}
    wheels = [one.name for one in (bundle / "wheels").iterdir()]
    for wanted in ("cp311-cp311", "cp312-cp312", "cp313-cp313", "x86_64", "aarch64"):
        assert any("pyyaml" in name.lower() and wanted in name for name in wheels), wanted


@pytest.mark.needs("dpkg-deb")
def test_a_damaged_bundle_installs_nothing(bundle: Path, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(bundle, tmp_path / "copy"))
    with next((damaged / "wheels").glob("tzdata*")).open("ab") as wheel:
        wheel.write(b"x")
    done = subprocess.run(
        [damaged / "install", tmp_path / "agent"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, "the bundle is damaged" in done.stderr) == (1, True)
    assert not (tmp_path / "agent").exists()


def assert_it_serves(command: list[str], folder: Path) -> None:
    """It runs, says so, is alive, and says when it ends."""
    with running_collector() as collector, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(20)
        environment = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "200000", "PATH": os.environ["PATH"]}
        settings = write_settings(folder, collector.url)
        process = subprocess.Popen([*command, "run", "--config", str(settings)], env=environment, cwd=folder)
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
            process.wait()


@pytest.mark.needs("systemd-analyze")
def test_the_service_is_allowed_little() -> None:
    run("systemd-analyze", "security", "--offline=true", "--threshold=20", UNIT)


def test_the_service_has_one_capability_and_a_user_of_its_own() -> None:
    rows = UNIT.read_text(encoding="ascii").splitlines()
    assert "User=netmon" in rows
    assert [row for row in rows if "Capabilit" in row and "=" in row] == [
        "CapabilityBoundingSet=CAP_NET_RAW",
        "AmbientCapabilities=CAP_NET_RAW",
    ]

"""The single-file verifier: built, and run where nothing of netmon and no package but cryptography is installed."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon_collector.app import open_services
from netmon_collector.verifier import members as names
from netmon_collector.verifier.keys import PublicKeys
from netmon_collector.verifier.phrases import speaker
from netmon_collector.verifier.verification import answer_lines, verify
from tests.support.packs import a_pack, keys_of, tampered, written
from tests.support.simulated import UNTIL, a_simulated_district
from tests.support.store import FakeClock

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "collector" / "zipapp" / "build"


def built(folder: Path) -> Path:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1750000000"}
    command = [str(BUILD), str(folder), sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def single_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with cryptography and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("packages")
    for name in ("cryptography", "cffi", "pycparser"):
        for file in importlib.metadata.files(name) or ():
            if file.parts[0] not in ("..", "__pycache__") and "__pycache__" not in file.parts:
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), target)
    return folder


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, PublicKeys]]:
    config = a_simulated_district(tmp_path_factory.mktemp("district"), weeks=1)
    with open_services(config, FakeClock(UNTIL)) as services:
        yield a_pack(services, "line-16", "2026-11-18"), keys_of(services)


def run(single_file: Path, packages: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Without site-packages and the machine's time zones: all it has are the file and cryptography."""
    return subprocess.run(
        [sys.executable, "-S", "-s", "-P", str(single_file), *map(str, arguments)],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(packages), "PYTHONTZPATH": "", "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )


def test_it_answers_as_the_collector_does(
    single_file: Path, packages: Path, pack: tuple[bytes, PublicKeys], tmp_path: Path
) -> None:
    good, keys = pack
    bad = tampered(good, names.VERDICT, b'"outcome": "NON_COMPLIANT"', b'"outcome": "COMPLIANT"')
    for data, code in ((good, 0), (bad, 1)):
        file, key = written(data, keys, tmp_path)
        for language in ("ru", "en"):
            done = run(single_file, packages, file, "--public-key", key, "--lang", language)
            say = speaker(language)
            expected = list(answer_lines(file.name, verify(data, keys=keys, say=say), say))
            assert (done.returncode, done.stderr, done.stdout.splitlines()) == (code, "", expected)


def test_what_it_cannot_use_is_one_line(
    single_file: Path, packages: Path, pack: tuple[bytes, PublicKeys], tmp_path: Path
) -> None:
    file, key = written(pack[0][:1000], pack[1], tmp_path)
    done = run(single_file, packages, file, "--public-key", key)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"netmon-verify: {file}: is no whole ZIP archive")
    done = run(single_file, packages, file, "--public-key", file)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    done = run(single_file, packages, file, "--public-key", tmp_path / "no.pub")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_the_same_sources_make_the_same_file(single_file: Path, tmp_path: Path) -> None:
    assert built(tmp_path).read_bytes() == single_file.read_bytes()
    assert single_file.stat().st_size < 1_000_000

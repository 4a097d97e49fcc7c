"""The commands `certificate init` and `certificate renew`: what they print is what configuration and sheets need."""

import hashlib
import re
import ssl
from pathlib import Path

import yaml

from tests.support.commands import run_collector
from tests.support.store import CollectorFiles


def test_what_init_prints_serves_as_configuration_and_as_fingerprint(tmp_path: Path) -> None:
    config = CollectorFiles(tmp_path).write(extra="public_url: https://collector.example/\n")

    done = run_collector("certificate", "init", "--config", config, folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "certificate for collector.example, valid until " in done.stdout
    printed = done.stdout[done.stdout.index("tls:") :]
    config.write_text(config.read_text("utf-8") + printed, encoding="utf-8")
    assert run_collector("check-config", "--config", config, folder=tmp_path).returncode == 0
    ca = Path(yaml.safe_load(printed)["tls"]["ca"]).read_text("ascii")
    [fingerprint] = re.findall(r"SHA-256 of the CA: ([0-9a-f]{64})", done.stdout)
    assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(ca)).hexdigest() == fingerprint


def test_renew_finds_the_files_of_the_configuration_and_init_never_replaces_them(tmp_path: Path) -> None:
    config = CollectorFiles(tmp_path).write()
    first = run_collector("certificate", "init", "--host", "a.example", "--out", tmp_path / "own", folder=tmp_path)
    printed = first.stdout[first.stdout.index("tls:") :]
    config.write_text(config.read_text("utf-8") + printed, encoding="utf-8")
    before = (tmp_path / "own" / "collector.pem").read_bytes()

    renewed = run_collector("certificate", "renew", "--config", config, folder=tmp_path)
    again = run_collector("certificate", "init", "--host", "a.example", "--config", config, folder=tmp_path)

    assert (renewed.returncode, again.returncode) == (0, 2), renewed.stderr
    assert (tmp_path / "own" / "collector.pem").read_bytes() != before
    assert again.stderr.count("\n") == 1
    assert "exists: 'certificate renew' makes a new certificate of the same CA" in again.stderr


def test_a_collector_without_an_address_asks_for_a_host(tmp_path: Path) -> None:
    config = CollectorFiles(tmp_path).write()

    done = run_collector("certificate", "init", "--config", config, folder=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert "say --host NAME" in done.stderr

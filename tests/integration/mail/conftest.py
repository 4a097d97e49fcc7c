"""The simulated district with recipients and a mail server, a copy of it for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon_collector.app import open_updated_services
from tests.support.simulated import UNTIL, a_simulated_district
from tests.support.smtp_server import SmtpServer, an_smtp_server
from tests.support.store import FakeClock

RECIPIENTS = """\
version: 1
recipients:
  - address: office@example.org
    territory: "district"
    language: ru
    kinds: [report, digest, alert]
    attachments: [pdf, xlsx]
  - {address: it@example.org, territory: "district", language: ru, kinds: [report, alert]}
  - {address: guest@example.org, territory: "district", language: en, kinds: [report]}
"""


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_simulated_district(tmp_path_factory.mktemp("mail"), weeks=2).parent


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with an_smtp_server() as server:
        yield server


@pytest.fixture
def config(simulated: Path, smtp: SmtpServer, tmp_path: Path) -> Path:
    """Its collector.yaml, in a copy that may be written to."""
    folder = tmp_path / "district"
    shutil.copytree(simulated, folder)
    (folder / "recipients.yaml").write_text(RECIPIENTS, encoding="utf-8")
    path = folder / "collector.yaml"
    mail = (
        f"mail: {{host: localhost, port: {smtp.port}, security: none, plain_text: true, from: netmon@example.org}}\n"
        "recipients: recipients.yaml\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + mail, encoding="utf-8")
    with open_updated_services(path, FakeClock(UNTIL)):
        return path

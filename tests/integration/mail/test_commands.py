"""The commands report and mail, as their user types them."""

import json
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from netmon_collector.app import open_services
from netmon_collector.cli.run import run
from netmon_collector.report.formats import Format
from netmon_collector.use_cases.mail_queue import MailState
from netmon_collector.web.app import make_app
from tests.support.smtp_server import SmtpServer
from tests.support.store import FakeClock


def _run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = run([*map(str, arguments)])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_every_format_is_written_and_named(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    code, said, _ = _run(capsys, "report", "--config", config, "--period", "2026-W46", "--out", out, "--lang", "ru")
    assert code == 0
    assert said.split() == [str(out / f"report-district-2026-W46.ru.{one.suffix}") for one in Format]
    assert all((out / Path(name).name).stat().st_size > 1000 for name in said.split())


def test_one_format_and_the_language_of_the_collector(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("report", "--config", config, "--period", "2026-W46", "--format", "csv", "--out", tmp_path / "out")
    assert _run(capsys, *arguments)[0] == 0
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["report-district-2026-W46.ru.csv"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--period", "2026-W46"), "name --out DIR, or --send"),
        (("--period", "week 46", "--out", "x"), "--period"),
        (("--period", "2031-W01", "--out", "x"), "has not begun"),
        (("--period", "2026-W46", "--revision", "7", "--out", "x"), "no revision 7"),
        (("--period", "2026-W46", "--territory", "moon", "--out", "x"), "no territory 'moon'"),
        (("--period", "2026-W46", "--send", "--format", "pdf"), "--format is for files"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    config: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    before = sorted(config.parent.parent.rglob("*"))
    code, out, err = _run(capsys, "report", "--config", config, *arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err
    assert sorted(config.parent.parent.rglob("*")) == before


def test_a_place_that_cannot_be_written_to_is_one_line(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    place = tmp_path / "file" / "out"
    code, _, err = _run(
        capsys, "report", "--config", config, "--period", "2026-W46", "--format", "text", "--out", place
    )
    assert code == 3
    assert err.count("\n") == 1


def test_a_report_is_sent_once_to_those_who_get_it(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    send = ("report", "--config", config, "--period", "2026-W46", "--send")
    assert _run(capsys, *send) == (0, "queued for 3 of 3 recipients\n", "")
    assert _run(capsys, *send) == (0, "queued for 0 of 3 recipients; 3 have it already\n", "")


def test_mails_are_listed_cancelled_and_tried_again(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "report", "--config", config, "--period", "2026-W46", "--send")[0] == 0
    code, listed, _ = _run(capsys, "mail", "list", "--config", config, "--json")
    assert code == 0
    mails = [one["id"] for one in json.loads(listed)]
    assert len(mails) == 3

    assert _run(capsys, "mail", "cancel", mails[0], "--config", config) == (0, "cancelled: 1\n", "")
    code, said, err = _run(capsys, "mail", "cancel", mails[0], "--config", config)
    assert (code, said) == (2, "cancelled: 0\n")
    assert "does not wait" in err
    _, listed, _ = _run(capsys, "mail", "list", "--state", "failed", "--config", config)
    assert mails[0] in listed
    assert "cancelled" in listed

    assert _run(capsys, "mail", "retry", "--all", "--config", config) == (0, "queued again: 1\n", "")
    assert _run(capsys, "mail", "retry", "--config", config)[0] == 2
    with open_services(config, FakeClock()) as services:
        assert {row.state for row in services.store.mails()} == {MailState.QUEUED}


@pytest.mark.parametrize(
    ("language", "subject"), [("ru", "netmon: проверочное письмо"), ("en", "netmon: test message")]
)
def test_a_test_message_goes_at_once(
    config: Path, smtp: SmtpServer, capsys: pytest.CaptureFixture[str], language: str, subject: str
) -> None:
    code, said, _ = _run(capsys, "mail", "test", "me@example.org", "--lang", language, "--config", config)
    assert code == 0
    assert said == f"localhost:{smtp.port} has taken a message for me@example.org\n"
    assert [(one.recipient, str(one.message["Subject"])) for one in smtp.taken] == [("me@example.org", subject)]


def test_a_test_message_that_is_refused_says_what_the_server_said(
    config: Path, smtp: SmtpServer, capsys: pytest.CaptureFixture[str]
) -> None:
    smtp.behaviour.at["RCPT"] = ["550 no such user here"]
    code, _, err = _run(capsys, "mail", "test", "me@example.org", "--config", config)
    assert code == 3
    assert "550 no such user here" in err
    assert _run(capsys, "mail", "test", "nobody", "--config", config)[0] == 2


def test_links_in_mails_lead_to_pages(config: Path, smtp: SmtpServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "report", "--config", config, "--period", "2026-W46", "--send")[0] == 0
    with open_services(config, FakeClock()) as services:
        found = {link for row in services.store.mails() for link in _links(services.store.mail_content(row.id) or b"")}
        pages = [one.get_info() for one in make_app(services).router.resources()]
    assert {link.split("/")[1] for link in found} == {"territories", "lines"}
    assert all(any("pattern" in page and page["pattern"].fullmatch(link) for page in pages) for link in found)


def _links(content: bytes) -> list[str]:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    html = message.get_body(("html",))
    assert html is not None
    return re.findall(r'href="http://127\.0\.0\.1:8080(/[^"]*)"', html.get_content())

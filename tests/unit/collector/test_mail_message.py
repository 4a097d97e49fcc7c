"""What travels: the same parts give the same bytes, readable by anybody's mail program."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import MailKind, Recipient
from netmon_collector.mail import MailFile, MailParts, MailPicture, mail_body, new_mail
from netmon_collector.mail.message import MOST_BYTES
from netmon_collector.use_cases.mail_queue import MailKey, NewMail
from tests.support.mails import a_mail_server
from tests.support.store import NOW

SERVER = a_mail_server(25, sender_name="Мониторинг связи")
KEY = MailKey(
    kind=MailKind.ALERT, territory=TerritoryId("district"), address="a@example.org", period="2026-W47", revision=2
)
RECIPIENT = Recipient(address=KEY.address, territory=KEY.territory, language="ru", kinds=frozenset({MailKind.ALERT}))
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PARTS = MailParts(
    subject="Охват 14 из 17 (82 %), цель 100 %: не хватает трёх организаций, и это длинная тема письма",
    text="Новые нарушения:\n.\nШкола № 1\n",
    html='<p>Новые нарушения</p><img src="cid:trend">',
    pictures=(MailPicture(name="trend", content=PICTURE),),
    files=(MailFile(name="otchet.pdf", media_type="application/pdf", content=b"%PDF-1.7\n\xff\n"),),
)


def _mail(parts: MailParts, *, answers: MailKey | None = None) -> NewMail:
    body = mail_body(parts, server=SERVER, language="ru", at=NOW)
    return new_mail(KEY, RECIPIENT, parts, body, server=SERVER, not_before=NOW, answers=answers)


def _read(mail: NewMail) -> EmailMessage:
    found = message_from_bytes((mail.head + mail.body.content).encode("ascii"), policy=default)
    assert isinstance(found, EmailMessage)
    assert [part.defects for part in found.walk() if part.defects] == []
    return found


def test_a_reader_sees_what_was_rendered() -> None:
    message = _read(_mail(PARTS))
    assert message["Subject"] == PARTS.subject
    assert message["To"] == "a@example.org"
    assert message["From"].addresses[0].display_name == "Мониторинг связи"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == PARTS.text.splitlines()
    assert html.get_content().strip() == PARTS.html
    assert [one.get_content() for one in message.iter_attachments()] == [PARTS.files[0].content]


def test_the_html_finds_its_picture_beside_it() -> None:
    related = _read(_mail(PARTS)).get_body(("related",))
    assert related is not None
    (picture,) = related.iter_attachments()
    assert (picture["Content-ID"], picture.get_content()) == ("<trend>", PICTURE)


def test_the_same_parts_give_the_same_bytes_and_other_parts_others() -> None:
    assert _mail(PARTS) == _mail(PARTS)
    assert _mail(PARTS).body.hash != _mail(MailParts(subject=PARTS.subject, text="another")).body.hash


def test_a_mail_is_ascii_in_lines_that_every_server_takes() -> None:
    mail = _mail(PARTS)
    lines = (mail.head + mail.body.content).split("\r\n")
    assert max(map(len, lines)) <= 998
    assert not any("\n" in line or "\r" in line for line in lines)


def test_the_message_id_follows_from_the_key_and_an_answer_names_what_it_answers() -> None:
    opened = MailKey(
        kind=KEY.kind, territory=KEY.territory, address=KEY.address, period=KEY.period, revision=KEY.revision - 1
    )
    message = _read(_mail(PARTS, answers=opened))
    assert message["Message-ID"] == f"<{KEY.id}@example.org>"
    assert message["In-Reply-To"] == message["References"] == f"<{opened.id}@example.org>"
    assert _read(_mail(PARTS))["In-Reply-To"] is None


@pytest.mark.parametrize("subject", ["a\r\nBcc: b@example.org", "a\nb"])
def test_a_subject_cannot_add_headers(subject: str) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        _mail(MailParts(subject=subject, text=""))


def test_a_file_that_no_server_takes_is_left_out_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    large = MailFile(name="all.xlsx", media_type="application/vnd.ms-excel", content=bytes(MOST_BYTES))
    parts = MailParts(subject="Report", text="text", files=(large, *PARTS.files))
    assert [one.get_filename() for one in _read(_mail(parts)).iter_attachments()] == ["otchet.pdf"]
    assert caplog.messages == ["mail 'Report': all.xlsx is left out, it is too large to be mailed"]

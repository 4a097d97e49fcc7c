"""recipients.yaml: what is refused, and what a whole one says."""

from datetime import time, timedelta

import pytest

from netmon.config.defaults import default_file
from netmon.config.recipients import parse_address, read_mailing
from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import AlertRule, Attachment, Mailing, MailKind, Recipient, ReportTime
from netmon.errors import ConfigError
from tests.support.invalid_files import FOLDER, expected_message, invalid_files

DISTRICT = TerritoryId("district")


@pytest.mark.parametrize("name", invalid_files("recipients"))
def test_a_mistake_is_one_line_with_its_place_and_mend(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_mailing(FOLDER / name, territories={DISTRICT})
    assert str(caught.value) == expected_message(name)


def test_a_whole_file_is_read_as_it_is_written() -> None:
    assert read_mailing(FOLDER / "valid-recipients.yaml", territories={DISTRICT}) == Mailing(
        report=ReportTime(weekday=1, at=time(9, 30), spread=timedelta(minutes=5)),
        digest_at=time(19),
        alert=AlertRule(bad=2, of=3, recovered_after=1, fresh=timedelta(minutes=90)),
        recipients=(
            Recipient(
                address="Education@xn--80atdl2c.example.org",
                territory=DISTRICT,
                language="ru",
                kinds=frozenset({MailKind.REPORT, MailKind.ALERT}),
                attachments=frozenset({Attachment.PDF, Attachment.XLSX}),
            ),
            Recipient(address="it@example.org", territory=DISTRICT, language="en", kinds=frozenset({MailKind.DIGEST})),
        ),
    )


def test_the_shipped_file_says_the_defaults_and_mails_nobody() -> None:
    assert read_mailing(default_file("recipients.yaml"), territories=()) == Mailing()


@pytest.mark.parametrize("text", ["a@b", "first.last+tag@mail.example.org", "o'neil@example.org"])
def test_an_address_stays_as_it_is(text: str) -> None:
    assert parse_address(text) == text


_NO_ADDRESSES = [
    *("", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", ".a@b", "a..b@c", "a@-b", "a@b..c", "школа@b", "a@b\r\nBcc: c@d"),
    *("a" * 65 + "@b", "a@" + "b" * 64, "a@" + ".".join(["b" * 60] * 5)),
]


@pytest.mark.parametrize("text", _NO_ADDRESSES)
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_address(text)

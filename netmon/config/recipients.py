"""recipients.yaml -> Mailing: who gets which mail, and when."""

import re
from collections.abc import Collection
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from netmon.config.fields import read_text, read_version
from netmon.config.references import optional_items, read_territory
from netmon.config.strict import Mapping as Keys
from netmon.config.strict import Node, read_yaml
from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import AlertRule, Attachment, Mailing, MailKind, Recipient, ReportTime

E = TypeVar("E", bound=StrEnum)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LANGUAGES = ("ru", "en")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z")
_LONGEST_LOCAL_PART, _LONGEST_ADDRESS = 64, 254
_MOST_SLOTS = 50


def read_mailing(path: Path, *, territories: Collection[TerritoryId]) -> Mailing:
    """`territories` are those of the registry. Raises ConfigError with file, line, key and mend."""
    keys = read_yaml(path).mapping()
    read_version(keys)
    if (note := keys.optional("note")) is not None:
        read_text(note)
    report, digest, alert = keys.optional("report"), keys.optional("digest"), keys.optional("alert")
    mailing = Mailing(
        report=ReportTime() if report is None else _report(report.mapping()),
        digest_at=Mailing().digest_at if digest is None else _digest(digest.mapping()),
        alert=AlertRule() if alert is None else _alert(alert.mapping()),
        recipients=_recipients(optional_items(keys, "recipients"), territories),
    )
    keys.finish()
    return mailing


def parse_address(text: str) -> str:
    """A mail address as it travels: its domain in ASCII. Raises ValueError for what is none."""
    local, at, domain = text.rpartition("@")
    if not at or len(local) > _LONGEST_LOCAL_PART or not _LOCAL_PART.match(local):
        raise ValueError("no address")
    ascii_domain = domain.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    if not all(_LABEL.match(label) for label in ascii_domain.split(".")):
        raise ValueError("no domain")
    if len(address := f"{local}@{ascii_domain.lower()}") > _LONGEST_ADDRESS:
        raise ValueError("too long")
    return address


def read_address(node: Node) -> str:
    """A mail address."""
    return node.parsed(parse_address, "write one address as name@example.org")


def _recipients(nodes: list[Node], territories: Collection[TerritoryId]) -> tuple[Recipient, ...]:
    found: dict[tuple[str, str], Recipient] = {}
    for node in nodes:
        one = _recipient(node.mapping(), territories)
        if (one.address, one.territory) in found:
            node.fail(f"a second entry of '{one.address}' for '{one.territory}'", "name all its kinds in one entry")
        found[one.address, one.territory] = one
    return tuple(found.values())


def _recipient(keys: Keys, territories: Collection[TerritoryId]) -> Recipient:
    language = keys.optional("language")
    if language is not None and language.text() not in _LANGUAGES:
        language.fail(f"'{language.text()}' is unknown", "write one of " + ", ".join(_LANGUAGES))
    recipient = Recipient(
        address=read_address(keys.take("address")),
        territory=read_territory(keys.take("territory"), territories),
        language=_LANGUAGES[0] if language is None else language.text(),
        kinds=_members(keys.take("kinds"), MailKind),
        attachments=frozenset(one.choice(Attachment) for one in optional_items(keys, "attachments")),
    )
    keys.finish()
    return recipient


def _members(node: Node, kind: type[E]) -> frozenset[E]:
    found = frozenset(one.choice(kind) for one in node.items())
    if not found:
        node.fail("names nothing", "write at least one of " + ", ".join(kind))
    return found


def _report(keys: Keys) -> ReportTime:
    default = ReportTime()
    day, at, spread = keys.optional("day"), keys.optional("at"), keys.optional("spread_minutes")
    if day is not None and day.text() not in _WEEKDAYS:
        day.fail(f"'{day.text()}' is unknown", "write one of " + ", ".join(_WEEKDAYS))
    keys.finish()
    return ReportTime(
        weekday=default.weekday if day is None else _WEEKDAYS.index(day.text()),
        at=default.at if at is None else _time(at),
        spread=default.spread if spread is None else timedelta(minutes=spread.integer(0, 24 * 60)),
    )


def _digest(keys: Keys) -> time:
    at = _time(keys.take("at"))
    keys.finish()
    return at


def _alert(keys: Keys) -> AlertRule:
    of, bad, recovered = keys.take("of"), keys.take("bad"), keys.take("recovered_after")
    last = of.integer(1, _MOST_SLOTS)
    rule = AlertRule(
        of=last,
        bad=bad.integer(1, last),
        recovered_after=recovered.integer(1, last),
        fresh=timedelta(hours=keys.take("fresh_hours").number(0.1, 24)),
    )
    keys.finish()
    return rule


def _time(node: Node) -> time:
    def read(text: str) -> time:
        if not _TIME.match(text):
            raise ValueError("no time")
        return time.fromisoformat(text)

    return node.parsed(read, 'write local time as "HH:MM", for example "08:00"')

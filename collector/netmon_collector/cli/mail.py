"""The commands mail list, retry, cancel and test: how the queue stands, and whether the server takes anything."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon.config.recipients import parse_address
from netmon.domain.identifiers import TerritoryId
from netmon.domain.mailing import MailKind, Recipient
from netmon.errors import ConfigError
from netmon.wire.canonical import format_time
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config, Json, Lang
from netmon_collector.errors import MailError, NotFoundError
from netmon_collector.mail import MailParts, SmtpMailer, mail_body, new_mail
from netmon_collector.mail_settings import MailServer
from netmon_collector.mailing.queueing import mail_server
from netmon_collector.settings import find_config, read_settings
from netmon_collector.use_cases.delivery import DeliveryResult
from netmon_collector.use_cases.mail_queue import ClaimedMail, MailKey, MailRow, MailState
from netmon_collector.wording import Language
from netmon_collector.wording.phrasebook import phrasebook

_Mails = Annotated[list[str] | None, typer.Argument(metavar="ID...", help="As 'mail list' shows them.")]


def add_commands(program: typer.Typer) -> None:
    group = typer.Typer(help="The mails that wait, went or failed.", rich_markup_mode=None)
    group.command("list")(list_mails)
    group.command("retry")(retry)
    group.command("cancel")(cancel)
    group.command("test")(send_test)
    program.add_typer(group, name="mail")


def list_mails(
    state: Annotated[MailState | None, typer.Option("--state", help="Only those.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=100_000)] = 100,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """How mails stand, the newest first."""
    with open_services(find_config(config), SystemClock()) as services:
        rows = services.store.mails(state=state, limit=limit)
    if as_json:
        typer.echo(json.dumps([_document(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(f"{row.id}  {row.state.value:7}  {format_time(row.queued_at)}  {row.key.address}  {row.subject}")
        if row.reason is not None and row.state is not MailState.SENT:
            typer.echo(f"    tried {row.tries} times: {row.reason}")


def retry(
    mails: _Mails = None,
    everything: Annotated[bool, typer.Option("--all", help="Every mail that failed.")] = False,
    config: Config = None,
) -> None:
    """Queue mails that failed once more."""
    with open_services(find_config(config), clock := SystemClock()) as services:
        at, server = clock.now(), mail_server(services)
        wanted = _named(mails, everything=everything)
        done = services.store.retry_mails(wanted, at=at, give_up_at=at + server.give_up_after)
    _say_done(done, wanted, "queued again", "did not fail")


def cancel(
    mails: _Mails = None,
    everything: Annotated[bool, typer.Option("--all", help="Every mail that waits.")] = False,
    config: Config = None,
) -> None:
    """Let mails that wait not be sent."""
    with open_services(find_config(config), clock := SystemClock()) as services:
        wanted = _named(mails, everything=everything)
        done = services.store.cancel_mails(wanted, at=clock.now())
    _say_done(done, wanted, "cancelled", "does not wait")


def send_test(
    address: Annotated[str, typer.Argument(metavar="ADDRESS")],
    lang: Lang = None,
    config: Config = None,
) -> None:
    """Send one test message now, past the queue, and say what the server answered."""
    try:
        address = parse_address(address)
    except ValueError as error:
        raise ConfigError(f"'{address}' is no mail address; write one as name@example.org") from error
    settings = read_settings(find_config(config))
    if settings.mail is None:
        raise ConfigError("collector.yaml names no mail server; write the section 'mail' (docs/mail.md)")
    language = lang or Language(settings.language)
    answers = _Answers()
    mail = _test_mail(address, settings.mail, language, SystemClock().now())
    trouble = SmtpMailer(settings.mail).send([mail], answers)
    if answers.result is not DeliveryResult.TAKEN:
        raise MailError(answers.reason or trouble or "the server never said whether it took the message")
    typer.echo(f"{settings.mail.host}:{settings.mail.port} has taken a message for {address}")


class _Answers:
    """What the server said to the one message."""

    def __init__(self) -> None:
        self.result: DeliveryResult | None = None
        self.reason = ""

    def begins(self, mail: ClaimedMail) -> bool:  # noqa: ARG002 - nobody else has it
        return True

    def ended(self, mail: ClaimedMail, result: DeliveryResult, reason: str) -> None:  # noqa: ARG002
        self.result, self.reason = result, reason


def _test_mail(address: str, server: MailServer, language: Language, at: datetime) -> ClaimedMail:
    say = phrasebook(language).say
    parts = MailParts(
        subject=say("netmon: test message"),
        text=say("This message shows that the collector of netmon can send mail. Nothing needs to be done.") + "\n",
    )
    recipient = Recipient(
        address=address, territory=TerritoryId("test"), language=language.value, kinds=frozenset({MailKind.REPORT})
    )
    key = MailKey(
        kind=MailKind.REPORT, territory=recipient.territory, address=address, period=at.isoformat(), revision=0
    )
    body = mail_body(parts, server=server, language=language.value, at=at)
    mail = new_mail(key, recipient, parts, body, server=server, not_before=at)
    return ClaimedMail(id=key.id, address=address, tries=0, content=(mail.head + body.content).encode("ascii"))


def _named(mails: list[str] | None, *, everything: bool) -> list[str] | None:
    """None for all of them."""
    if everything == bool(mails):
        raise ConfigError("name the mails, or --all")
    return None if everything else mails


def _say_done(done: Sequence[str] | object, wanted: list[str] | None, said: str, otherwise: str) -> None:
    found = list(done) if isinstance(done, Sequence) else []
    missing = [] if wanted is None else [one for one in wanted if one not in found]
    typer.echo(f"{said}: {len(found)}")
    if missing:
        raise NotFoundError(f"mail {missing[0]} {otherwise}; see 'mail list'")


def _document(row: MailRow) -> dict[str, object]:
    moment = {
        name: None if at is None else format_time(at)
        for name, at in (
            ("queued_at", row.queued_at),
            ("next_at", row.next_at),
            ("sent_at", row.sent_at),
            ("failed_at", row.failed_at),
        )
    }
    return {
        "id": row.id,
        "kind": row.key.kind.value,
        "territory": row.key.territory,
        "address": row.key.address,
        "period": row.key.period,
        "revision": row.key.revision,
        "language": row.language,
        "subject": row.subject,
        "state": row.state.value,
        "tries": row.tries,
        "copies": row.copies,
        "reason": row.reason,
        **moment,
    }

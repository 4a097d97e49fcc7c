"""The section `mail` of collector.yaml: the SMTP server that takes our mails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from netmon.config.keyfile import read_password_file
from netmon.config.recipients import read_address
from netmon.config.references import read_named_file
from netmon.config.strict import Mapping as Keys
from netmon.config.strict import Node

_HIGHEST_PORT = 65_535
LONGEST_TIMEOUT_S = 120.0
_TIMEOUT_S, _PER_MINUTE, _GIVE_UP_DAYS = 30.0, 60, 5


class Security(StrEnum):
    """How the connection is protected; certificates are always verified."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"  # only for a relay on the same machine or network, and only when the file says so twice


_USUAL_PORT: Mapping[Security, int] = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server, who we are to it, and how much it takes.

    Every step of a session may take `timeout_s`. `per_minute` is for all collectors of a database together. A message
    that could not be delivered for `give_up_after` has failed.
    """

    host: str
    port: int
    security: Security
    sender: str
    sender_name: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    timeout_s: float = _TIMEOUT_S
    per_minute: int = _PER_MINUTE
    give_up_after: timedelta = timedelta(days=_GIVE_UP_DAYS)


def read_mail_server(node: Node, folder: Path) -> MailServer:
    """Raises ConfigError with file, line, key and mend."""
    keys = node.mapping()
    security = _security(keys)
    port, per_minute, name, ca = (keys.optional(key) for key in ("port", "per_minute", "from_name", "ca"))
    user, password = _login(keys, security, folder)
    server = MailServer(
        host=keys.take("host").text(),
        port=_USUAL_PORT[security] if port is None else port.integer(1, _HIGHEST_PORT),
        security=security,
        sender=read_address(keys.take("from")),
        sender_name=None if name is None else name.text(),
        user=user,
        password=password,
        ca=None if ca is None else _readable(ca, folder),
        timeout_s=_number(keys, "timeout_s", _TIMEOUT_S, 1, LONGEST_TIMEOUT_S),
        per_minute=_PER_MINUTE if per_minute is None else per_minute.integer(1, 10_000),
        give_up_after=timedelta(days=_number(keys, "give_up_days", _GIVE_UP_DAYS, 0.5, 30)),
    )
    keys.finish()
    return server


def _number(keys: Keys, key: str, default: float, minimum: float, maximum: float) -> float:
    node = keys.optional(key)
    return default if node is None else node.number(minimum, maximum)


def _security(keys: Keys) -> Security:
    node, plain = keys.optional("security"), keys.optional("plain_text")
    security = Security.STARTTLS if node is None else node.choice(Security)
    allowed = plain is not None and plain.boolean()
    if node is not None and security is Security.NONE and not allowed:
        node.fail("mails would travel unprotected", "write starttls or tls, or add 'plain_text: true' to allow it")
    if plain is not None and allowed and security is not Security.NONE:
        plain.fail(f"contradicts security {security}", "leave 'plain_text' out")
    return security


def _login(keys: Keys, security: Security, folder: Path) -> tuple[str | None, str | None]:
    user, file = keys.optional("user"), keys.optional("password_file")
    if user is None and file is None:
        return None, None
    if user is None or file is None:
        keys.fail("has one of 'user' and 'password_file'", "write both, or none for a server that asks for no password")
    if security is Security.NONE:
        file.fail("the password would travel unprotected", "use security starttls or tls")
    return user.text(), read_named_file(file, folder, read_password_file)


def _readable(node: Node, folder: Path) -> Path:
    path = folder / node.text()
    if not path.is_file():
        node.fail(f"{path}: there is no such file", "name the CA's certificate in PEM")
    return path

"""Commands about accounts and API tokens: what an administrator does on the pages, for who has the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon.domain.access import AccountProblem, Grant, Role
from netmon.domain.identifiers import TerritoryId
from netmon.errors import ConfigError
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config
from netmon_collector.errors import AccountError
from netmon_collector.services import Services
from netmon_collector.settings import find_config
from netmon_collector.use_cases import accounts, api_tokens
from netmon_collector.use_cases.accounts import Manager
from netmon_collector.use_cases.actors import COMMAND_LINE, EVERYWHERE, grants_text
from netmon_collector.wording.access import access_word
from netmon_collector.wording.language import Language

Name = Annotated[str, typer.Argument(metavar="NAME")]
Roles = Annotated[
    list[str],
    typer.Option("--role", metavar="ROLE[:TERRITORY]", help="viewer, operator or administrator; may be repeated."),
]
_MANAGER = Manager(actor=COMMAND_LINE, grants=EVERYWHERE)


def add_commands(program: typer.Typer) -> None:
    group = typer.Typer(help="Accounts of people, and API tokens of programs.", rich_markup_mode=None)
    group.command("list")(list_accounts)
    group.command("add")(add)
    group.command("grant")(grant)
    group.command("disable")(disable)
    group.command("enable")(enable)
    group.command("reset-link")(reset_link)
    group.command("token")(token)
    group.command("tokens")(tokens)
    group.command("revoke-token")(revoke_token)
    program.add_typer(group, name="user")


@contextmanager
def _opened(config: Config) -> Iterator[tuple[Services, datetime]]:
    """What a command needs; what an account cannot be becomes one line."""
    clock = SystemClock()
    try:
        with open_services(find_config(config), clock) as services:
            yield services, clock.now()
    except AccountError as error:
        raise ConfigError(access_word(error.problem, Language.EN)) from error


def list_accounts(config: Config = None) -> None:
    """Print every account with its roles and its state, separated by tabs."""
    with _opened(config) as (services, _):
        for one in services.store.accounts():
            state = "no password yet" if one.password_hash is None else "active"
            shown = state if one.disabled_at is None else "disabled"
            typer.echo(f"{one.name}\t{grants_text(one.grants)}\t{shown}")


def add(name: Name, role: Roles, config: Config = None) -> None:
    """Add an account and print the link, good once within 24 hours, at which its owner sets the password."""
    with _opened(config) as (services, at):
        account, secret = accounts.add_account(
            name, _grants(role), manager=_MANAGER, registry=services.registry, store=services.store, at=at
        )
        _say_link(services, account.name, secret)


def grant(name: Name, role: Roles, config: Config = None) -> None:
    """Give an account these roles in place of those that it has."""
    with _opened(config) as (services, at):
        accounts.set_grants(
            name, _grants(role), manager=_MANAGER, registry=services.registry, store=services.store, at=at
        )


def disable(name: Name, config: Config = None) -> None:
    """Shut an account out at once: its sessions end."""
    _set_disabled(name, True, config)


def enable(name: Name, config: Config = None) -> None:
    """Let an account in again, with its old password."""
    _set_disabled(name, False, config)


def _set_disabled(name: str, disabled: bool, config: Config) -> None:
    with _opened(config) as (services, at):
        accounts.set_disabled(name, disabled, manager=_MANAGER, registry=services.registry, store=services.store, at=at)


def reset_link(name: Name, config: Config = None) -> None:
    """Print a link, good once within 24 hours, at which an account gets a new password."""
    with _opened(config) as (services, at):
        secret = accounts.new_link(name, manager=_MANAGER, registry=services.registry, store=services.store, at=at)
        _say_link(services, name, secret)


def token(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    role: Annotated[str, typer.Option("--role", metavar="ROLE[:TERRITORY]")] = "viewer",
    days: Annotated[int, typer.Option("--days", help="How long it is valid.")] = 365,
    config: Config = None,
) -> None:
    """Print a new API token; it is shown this once."""
    with _opened(config) as (services, at):
        (grant_of_token,) = _grants([role])
        found, secret = api_tokens.add_api_token(
            name, grant_of_token, days, manager=_MANAGER, registry=services.registry, store=services.store, at=at
        )
    typer.echo(secret)
    typer.echo(f"token {found.id}, {role}, until {found.expires_at:%Y-%m-%d %H:%M} UTC", err=True)


def tokens(config: Config = None) -> None:
    """Print every API token that is not revoked, separated by tabs."""
    with _opened(config) as (services, at):
        for one in services.store.api_tokens():
            if one.revoked_at is None:
                used = "never used" if one.last_used_at is None else f"used {one.last_used_at:%Y-%m-%d %H:%M}"
                state = "expired" if one.expires_at <= at else f"until {one.expires_at:%Y-%m-%d}"
                typer.echo(f"{one.id}\t{one.name}\t{grants_text([one.grant])}\t{state}\t{used}")


def revoke_token(token_id: Annotated[str, typer.Argument(metavar="ID")], config: Config = None) -> None:
    """Make an API token open nothing any more."""
    with _opened(config) as (services, at):
        api_tokens.revoke_api_token(token_id, manager=_MANAGER, registry=services.registry, store=services.store, at=at)


def _grants(texts: list[str]) -> tuple[Grant, ...]:
    """Raises AccountError for a role that there is not."""
    found: list[Grant] = []
    for text in texts:
        role, _, territory = text.partition(":")
        if role not in {one.value for one in Role}:
            raise AccountError(AccountProblem.ROLE_UNKNOWN)
        found.append(Grant(Role(role), TerritoryId(territory) if territory else None))
    return tuple(found)


def _say_link(services: Services, name: str, secret: str) -> None:
    typer.echo(f"{services.settings.address}/link/{secret}")
    typer.echo(f"for {name}, once, within 24 hours", err=True)

"""What the audit log calls those who change something."""

from collections.abc import Collection

from netmon.domain.access import Account, Grant, Role

COMMAND_LINE = "command line"
EVERYWHERE = (Grant(Role.ADMINISTRATOR),)  # who has the collector's terminal has everything


def actor_of(account: Account) -> str:
    """The highest role with the account's name."""
    return named_actor(account.name, account.grants)


def named_actor(name: str, grants: Collection[Grant]) -> str:
    roles = [role for role in Role if any(one.role is role for one in grants)]
    return f"{roles[-1].value if roles else 'no role'} {name}"


def grants_text(grants: Collection[Grant]) -> str:
    """Grants as the audit log and the command line write them: role:territory, and role alone for everything."""
    return ", ".join(one.role.value if one.territory is None else f"{one.role.value}:{one.territory}" for one in grants)

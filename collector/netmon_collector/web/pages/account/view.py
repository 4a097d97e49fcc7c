"""The account's page as words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from netmon.domain.access import Account, Grant, Session
from netmon.domain.registry import Registry
from netmon_collector.use_cases.accounts import SHORTEST_PASSWORD
from netmon_collector.use_cases.sign_in import Lifetimes
from netmon_collector.wording.access import access_word
from netmon_collector.wording.figures import moment_text
from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import phrasebook

_BROWSERS = (("Edg/", "Edge"), ("YaBrowser/", "Yandex Browser"), ("OPR/", "Opera"), ("Firefox/", "Firefox"))
_LATER_BROWSERS = (("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iOS"), ("Mac OS", "macOS"), ("Linux", "Linux"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """`key` names it in a form; `is_this` is the one that the page is read in."""

    key: str
    browser: str
    address: str
    began: str
    seen: str
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    name: str
    grants: tuple[str, ...]
    sessions: tuple[SessionView, ...]
    idle_hours: int
    problem: str | None
    done: str | None
    shortest: int = SHORTEST_PASSWORD


def account_view(
    account: Account,
    sessions: Sequence[Session],
    *,
    own: str | None,
    lifetimes: Lifetimes,
    registry: Registry,
    zone: ZoneInfo,
    language: Language,
    now: datetime,
    problem: str | None = None,
    done: str | None = None,
) -> AccountView:
    """`own` is the hash of the session's token in which the page is read."""
    living = [one for one in sessions if one.seen_at + lifetimes.idle > now]
    return AccountView(
        name=account.name,
        grants=tuple(grant_text(one, registry, language) for one in account.grants),
        sessions=tuple(_session_view(one, own=own, zone=zone, language=language) for one in living),
        idle_hours=round(lifetimes.idle.total_seconds() / 3600),
        problem=problem,
        done=done,
    )


def grant_text(grant: Grant, registry: Registry, language: Language) -> str:
    """A role with its place; a territory that the registry no longer has by its identifier."""
    say, role = phrasebook(language).say, access_word(grant.role, language)
    if grant.territory is None:
        return say("{role}, everywhere", role=role)
    known = registry.territory_by_id.get(grant.territory)
    place = grant.territory if known is None else known.name.in_language(language)
    return say("{role}, {territory}", role=role, territory=place)


def _session_view(one: Session, *, own: str | None, zone: ZoneInfo, language: Language) -> SessionView:
    return SessionView(
        key=session_key(one),
        browser=browser_text(one.browser) or phrasebook(language).say("unknown program"),
        address=one.address,
        began=moment_text(one.created_at, zone, language),
        seen=moment_text(one.seen_at, zone, language),
        is_this=one.token_hash == own,
    )


def session_key(one: Session) -> str:
    """Names a session without being of use to anybody else: part of a hash."""
    return one.token_hash[:16]


def browser_text(said: str) -> str:
    """What people call their browser and its system; empty where nothing is recognised."""
    browser = next((name for mark, name in (*_BROWSERS, *_LATER_BROWSERS) if mark in said), "")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return ", ".join(part for part in (browser, system) if part)

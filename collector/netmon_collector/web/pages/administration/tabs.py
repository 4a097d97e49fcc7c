"""The tabs of the administration: which there are, who sees them, and how one is answered."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from netmon.domain.access import Role, allows_somewhere
from netmon_collector.web.access.visitor import visitor_of
from netmon_collector.web.keys import SERVICES
from netmon_collector.web.pages.shell.answering import page_answer
from netmon_collector.web.pages.shell.frame import Choice, address
from netmon_collector.web.pages.shell.navigation import ADMINISTRATION
from netmon_collector.web.pages.shell.reader import Reader
from netmon_collector.wording.phrasebook import N_, phrasebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """`everywhere` tabs are about no single territory: they take the role over all of them."""

    path: str
    title: str
    role: Role
    everywhere: bool = False


AGENTS = Tab(path="administration/agents/", title=N_("Agents"), role=Role.OPERATOR)
EXEMPTIONS = Tab(path="administration/exemptions/", title=N_("Exemptions"), role=Role.ADMINISTRATOR)
ACCOUNTS = Tab(path="administration/accounts/", title=N_("Accounts"), role=Role.ADMINISTRATOR)
TOKENS = Tab(path="administration/tokens/", title=N_("API tokens"), role=Role.ADMINISTRATOR)
REGISTRY = Tab(path="administration/registry/", title=N_("Registry"), role=Role.ADMINISTRATOR, everywhere=True)
MAIL = Tab(path="administration/mail/", title=N_("Mail"), role=Role.ADMINISTRATOR, everywhere=True)
AUDIT = Tab(path="administration/audit/", title=N_("Audit log"), role=Role.ADMINISTRATOR, everywhere=True)
TABS = (AGENTS, EXEMPTIONS, ACCOUNTS, TOKENS, REGISTRY, MAIL, AUDIT)

# What a page says after a form led to it; the key travels in the address.
DONE = {
    "added": N_("Added."),
    "changed": N_("Changed."),
    "disabled": N_("The account is shut out; its sessions have ended."),
    "enabled": N_("The account is let in again."),
    "revoked": N_("Revoked: it opens nothing any more."),
    "taken-back": N_("Taken back. The entry and its end stay in the audit log."),
    "imported": N_("The registry is in force. The file before is kept beside the new one."),
    "same": N_("Just this stands already; nothing was changed."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """What every template of the administration prints: the tabs around `body`."""

    title: str
    tabs: tuple[Choice, ...]
    body: object
    problem: str | None
    done: str | None


def visible_tabs(request: web.Request) -> tuple[Tab, ...]:
    visitor, registry = visitor_of(request), request.app[SERVICES].registry

    def sees(tab: Tab) -> bool:
        is_everywhere = visitor.may(tab.role, None, registry)
        return is_everywhere if tab.everywhere else allows_somewhere(visitor.grants, tab.role)

    return tuple(tab for tab in TABS if sees(tab))


async def tab_answer(
    request: web.Request,
    template: str,
    view: Callable[[Reader], object],
    *,
    tab: Tab,
    problem: str | None = None,
    status: int = 200,
) -> web.Response:
    """A page of a tab; `view` gives its body."""

    def framed(reader: Reader) -> Framed:
        book = phrasebook(reader.language)
        done = DONE.get(request.query.get("done", "")) if request.method == "GET" else None
        return Framed(
            title=book.say(tab.title),
            tabs=tuple(
                Choice(url=address(root, one.path, {}), text=book.say(one.title), chosen=one is tab)
                for one in visible_tabs(request)
            ),
            body=view(reader),
            problem=problem,
            done=None if done is None else book.say(done),
        )

    root = "../" * (request.path.count("/") - 1)
    return await page_answer(
        request, f"administration/{template}", framed, section=ADMINISTRATION, status=status, is_personal=True
    )

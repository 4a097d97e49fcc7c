"""Why a page is not shown, in words for a person."""

from collections.abc import Mapping
from dataclasses import dataclass

from netmon_collector.wording.language import Language
from netmon_collector.wording.phrasebook import N_, phrasebook

_TITLES: Mapping[int, str] = {
    400: N_("The address asks for something that does not exist"),
    401: N_("Please sign in"),
    403: N_("You may not see this page"),
    404: N_("There is no such page"),
    405: N_("This page cannot be asked in this way"),
    408: N_("What was sent took too long"),
    413: N_("What was sent is too large"),
    429: N_("Too many requests"),
    503: N_("The database cannot be used now"),
}
_REMEDIES: Mapping[int, str] = {
    400: N_("A filter or a date in it is not readable."),
    403: N_(
        "Ask an administrator for the role, or sign in under another name. If you sent a form, open its page anew and "
        "send it again."
    ),
    405: N_("Open the page anew and use what it offers."),
    408: N_("Check the connection and send it again."),
    413: N_("Send a smaller file; the page with the form says how large one may be."),
    404: N_("Perhaps the line, organisation or territory is no longer in the registry."),
    429: N_("Wait a minute and try again."),
    503: N_("Try again in a minute; the collector's log says why."),
}
_UNFORESEEN = N_("Something went wrong here")
_LOOK = N_("Try again; if it stays so, tell your administrator the time: the collector's log says what happened.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    status: int
    title: str
    remedy: str | None


def refusal_view(status: int, language: Language) -> RefusalView:
    say = phrasebook(language).say
    if status not in _TITLES:
        return RefusalView(status=status, title=say(_UNFORESEEN), remedy=say(_LOOK))
    remedy = _REMEDIES.get(status)
    return RefusalView(status=status, title=say(_TITLES[status]), remedy=None if remedy is None else say(remedy))

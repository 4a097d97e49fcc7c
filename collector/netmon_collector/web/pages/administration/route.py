"""Every route of the administration: one line a tab."""

from aiohttp import web

from netmon_collector.errors import ForbiddenError
from netmon_collector.web.access.addresses import see_other
from netmon_collector.web.pages.administration.accounts import add_accounts_routes
from netmon_collector.web.pages.administration.agents import add_agents_routes
from netmon_collector.web.pages.administration.audit import add_audit_routes
from netmon_collector.web.pages.administration.exemptions import add_exemptions_routes
from netmon_collector.web.pages.administration.mail import add_mail_routes
from netmon_collector.web.pages.administration.registry import add_registry_routes
from netmon_collector.web.pages.administration.tabs import visible_tabs
from netmon_collector.web.pages.administration.tokens import add_tokens_routes


def add_administration_routes(app: web.Application) -> None:
    app.router.add_get("/administration/", get_administration)
    add_accounts_routes(app)
    add_agents_routes(app)
    add_audit_routes(app)
    add_exemptions_routes(app)
    add_mail_routes(app)
    add_registry_routes(app)
    add_tokens_routes(app)


async def get_administration(request: web.Request) -> web.Response:
    """The first tab that the visitor sees."""
    tabs = visible_tabs(request)
    if not tabs:
        raise ForbiddenError
    return see_other(request, tabs[0].path)

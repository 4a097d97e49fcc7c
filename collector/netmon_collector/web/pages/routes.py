"""Every page: one line each."""

from aiohttp import web

from netmon_collector.web.keys import PAGES
from netmon_collector.web.pages.account.route import add_account_routes
from netmon_collector.web.pages.administration.route import add_administration_routes
from netmon_collector.web.pages.fleet.route import add_fleet_routes
from netmon_collector.web.pages.line.route import add_line_routes
from netmon_collector.web.pages.organisation.route import add_organisation_routes
from netmon_collector.web.pages.organisations.route import add_organisations_routes
from netmon_collector.web.pages.overview.route import add_overview_routes
from netmon_collector.web.pages.papers.route import add_papers_routes
from netmon_collector.web.pages.providers.route import add_providers_routes
from netmon_collector.web.pages.roadmap.route import add_roadmap_routes
from netmon_collector.web.pages.shell.static import add_static_routes
from netmon_collector.web.pages.sign_in.route import add_sign_in_routes


def add_page_routes(app: web.Application) -> None:
    add_static_routes(app, app[PAGES].files)
    add_overview_routes(app)
    add_organisations_routes(app)
    add_organisation_routes(app)
    add_providers_routes(app)
    add_sign_in_routes(app)
    add_account_routes(app)
    add_fleet_routes(app)
    add_line_routes(app)
    add_papers_routes(app)
    add_roadmap_routes(app)
    add_administration_routes(app)

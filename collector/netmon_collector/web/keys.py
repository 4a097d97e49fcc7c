"""What an application carries, under typed keys."""

from aiohttp import web

from netmon_collector.services import Services
from netmon_collector.web.limits import Limiters

SERVICES = web.AppKey("services", Services)
LIMITERS = web.AppKey("limiters", Limiters)

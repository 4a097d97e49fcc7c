"""What an application carries, under typed keys."""

from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from netmon_collector.services import Services
from netmon_collector.web.counters import IngestCounters
from netmon_collector.web.findings import FindingsOfNow
from netmon_collector.web.limits import Limiters
from netmon_collector.web.pages import Pages

SERVICES = web.AppKey("services", Services)
LIMITERS = web.AppKey("limiters", Limiters)
COUNTERS = web.AppKey("counters", IngestCounters)
FINDINGS = web.AppKey("findings", FindingsOfNow)
PAGES = web.AppKey("pages", Pages)
JUDGING = web.AppKey("judging", ThreadPoolExecutor)

"""The simulated district behind a real server, on the evening on which its history ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from netmon_collector.app import open_services
from netmon_collector.web.server import open_socket
from tests.support.collector import RunningCollector, serving
from tests.support.simulated import UNTIL, a_simulated_district
from tests.support.store import FakeClock


@contextmanager
def a_running_district(folder: Path, *, weeks: int = 2) -> Iterator[RunningCollector]:
    """Open to every viewer; two closed weeks, seventeen organisations with every kind of trouble."""
    config = a_simulated_district(folder, weeks=weeks)
    clock = FakeClock(UNTIL)
    with open_services(config, clock) as services:
        one = open_socket("127.0.0.1", 0)
        with serving(services, [one]):
            yield RunningCollector(services, clock, one.getsockname()[1])


def barriers(page: Page) -> list[str]:
    """What axe-core finds on a page as it stands, in a line each."""
    found = Axe().run(page).response
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"]
    ]

"""A browser for each module, and one collector of a simulated district, for the tests of the pages."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import ARGUMENTS
from tests.support.collector import RunningCollector
from tests.support.running_district import a_running_district


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    """The simulated district, which tests only read."""
    with a_running_district(tmp_path_factory.mktemp("district")) as found:
        yield found


@pytest.fixture(scope="session")
def address(district: RunningCollector) -> str:
    return f"http://127.0.0.1:{district.port}"


@pytest.fixture(scope="module")  # its event loop runs in this thread until the end: no longer than it must
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)

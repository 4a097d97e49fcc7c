"""One browser and one server for all tests of the pages."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import ARGUMENTS, running_pages
from tests.support.collector import RunningCollector
from tests.support.running_district import a_running_district


@pytest.fixture(scope="package")
def address() -> Iterator[str]:
    with running_pages() as found:
        yield found


@pytest.fixture(scope="package")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    """The simulated district, which tests only read."""
    with a_running_district(tmp_path_factory.mktemp("district")) as found:
        yield found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)

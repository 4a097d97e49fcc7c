"""Every page in Chromium: silent, on its own machine, whole at both widths, open to everybody."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import CUT_OFF, Visit, a_visit, stranded
from tests.support.running_district import barriers

pytestmark = pytest.mark.needs("chromium")

PATHS = ("", "?territory=region", "organisations/", "organisations/school-05/", "providers/", "nothing/here")
LOOKS = ((1280, "light"), (390, "dark"))


@pytest.fixture(params=[(path, *look) for path in PATHS for look in LOOKS], ids=lambda one: "-".join(map(str, one)))
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    path, width, scheme = request.param
    visit = a_visit(browser, address, width=width, scheme=scheme)
    visit.go(path)
    visit.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
    yield visit
    visit.page.context.close()


def test_a_page_is_silent_whole_and_open_to_everybody(visit: Visit) -> None:
    page, expected = visit.page, [] if "nothing" not in visit.page.url else [404]

    assert [text for text in visit.complaints if "404" not in text or not expected] == []
    assert visit.outside == []
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert stranded(page) == []
    assert barriers(page) == []

"""The page of the fleet in Chromium over the simulated district."""

import pytest
from playwright.sync_api import Browser

from tests.support.browser import CUT_OFF, FAINT, a_visit
from tests.support.collector import RunningCollector
from tests.support.running_district import barriers

pytestmark = pytest.mark.needs("chromium")


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "dark", "ru"), (390, "light", "en")])
def test_the_page_is_whole_readable_and_silent(
    browser: Browser, district: RunningCollector, width: int, scheme: str, language: str
) -> None:
    visit = a_visit(browser, f"http://127.0.0.1:{district.port}", width=width, scheme=scheme)
    page = visit.go(f"fleet/?lang={language}")

    assert page.locator("tbody tr").count() == len(district.services.registry.lines)
    assert barriers(page) == []
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(FAINT) == []
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(visit.address)] == []
    page.context.close()


def test_the_silent_ones_lead_to_their_lines_by_keyboard(browser: Browser, district: RunningCollector) -> None:
    visit = a_visit(browser, f"http://127.0.0.1:{district.port}")
    page = visit.go("fleet/?lang=ru")
    page.get_by_role("link", name="молчит").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**state=silent**")
    assert "Молчит с" in page.locator("tbody tr").first.inner_text()
    page.locator("tbody tr a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/lines/**")

    assert page.locator("h2#agent").is_visible()
    assert visit.complaints == []
    page.context.close()

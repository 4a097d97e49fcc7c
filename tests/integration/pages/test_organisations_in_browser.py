"""The list of organisations in Chromium: find the failing school, take the table away."""

import csv
import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import a_visit
from tests.support.collector import RunningCollector

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    visit = a_visit(browser, address)
    yield visit.go("organisations/")
    assert visit.complaints == []
    assert visit.outside == []
    visit.page.context.close()


def test_the_failing_school_is_found_by_name_without_leaving_the_page(page: Page) -> None:
    page.locator("#q").press_sequentially("школа 3")
    page.wait_for_url("**q=**")
    page.locator(".organisations tbody tr").nth(1).wait_for(state="detached")

    assert page.locator(".organisations tbody th").all_inner_texts() == ["Школа № 3 (пример)"]
    assert page.locator(".organisations .badge").inner_text().strip() == "Не соответствует"
    assert page.evaluate("document.activeElement.id") == "q"


def test_a_choice_is_kept_by_the_address_and_by_the_tables(page: Page, district: RunningCollector) -> None:
    page.locator("#verdict").select_option("non_compliant")
    page.wait_for_url("**verdict=non_compliant**")
    page.locator(".chips a[aria-current]", has_text="Не соответствует").wait_for()
    shown = page.locator(".organisations tbody th").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    table = download.value.path().read_text(encoding="utf-8-sig")

    assert [row["Организация"] for row in csv.DictReader(io.StringIO(table), delimiter=";")] == shown
    assert 0 < len(shown) < 17
    page.reload()
    assert page.locator(".organisations tbody th").all_inner_texts() == shown


def test_columns_order_by_keyboard_and_say_so(page: Page) -> None:
    page.get_by_role("link", name="Доля").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=share")
    shares = [
        float(one.split()[0].replace(",", ".")) for one in page.locator("td[data-label='Доля']").all_inner_texts()
    ]

    assert page.locator("th[aria-sort]").inner_text() == "Доля"
    assert shares == sorted(shares)


def test_without_scripts_the_form_is_sent(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    page.goto(f"{address}/organisations/?sort=-rate")
    page.locator("#locality").select_option("city")
    page.get_by_role("button", name="Показать").click()

    assert "locality=city" in page.url
    assert "sort=-rate" in page.url
    assert page.locator(".organisations .small", has_text="сельский").count() == 0
    context.close()

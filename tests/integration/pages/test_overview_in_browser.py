"""The overview in Chromium: the first minute of the day."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import CUT_OFF, Visit, a_visit

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def desktop(browser: Browser, address: str) -> Iterator[Visit]:
    visit = a_visit(browser, address)
    yield visit
    visit.page.context.close()


def test_the_answer_stands_above_the_fold(desktop: Visit) -> None:
    page = desktop.go()
    value = page.locator(".value").bounding_box()
    newest = page.locator(".newest").bounding_box()

    assert value is not None
    assert newest is not None
    assert value["y"] < newest["y"] < 900


def test_whom_to_call_names_school_provider_contract_and_since_when(desktop: Visit) -> None:
    page = desktop.go()
    row = page.locator(".call tr", has_text="Школа № 3").first.inner_text().replace("\u00a0", " ")

    assert page.locator(".call h3", has_text="Провайдер").count() > 0
    assert re.search(r"с \d\d\.\d\d\.2026", row)
    assert "договор П-" in row
    assert "порог выдержан лишь в 0 % замеров" in row


def test_the_language_changes_at_a_click_and_stays(desktop: Visit) -> None:
    page = desktop.go()
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**lang=en")
    page.get_by_role("link", name="netmon", exact=True).click()

    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", level=1).inner_text() == "Internet access of educational organisations"


def test_the_territory_is_switched_by_keyboard(desktop: Visit) -> None:
    page = desktop.go()
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**territory=region**")

    assert page.get_by_role("heading", name="Районы").is_visible()


def test_the_first_key_leads_to_the_content(desktop: Visit) -> None:
    page = desktop.go()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_one_drawing_of_the_trend_is_seen_and_its_labels_do_not_overlap(browser: Browser, address: str) -> None:
    for width in (1280, 390):
        visit = a_visit(browser, address, width=width)
        page = visit.go()
        assert sorted(drawing.is_visible() for drawing in page.locator("svg.trend").all()) == [False, True]
        overlaps = page.evaluate(
            """() => {
              const drawing = [...document.querySelectorAll('svg.trend')].find(e => e.getClientRects().length);
              const boxes = kind => [...drawing.querySelectorAll(kind)].map(e => e.getBoundingClientRect());
              const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
              return ['.value-label', '.axis', '.step'].flatMap(kind => {
                const all = boxes(kind);
                return all.flatMap((a, i) => all.slice(i + 1).filter(b => meet(a, b)).map(() => kind));
              });
            }"""
        )
        assert overlaps == []
        page.context.close()


def test_print_drops_the_controls_and_keeps_the_facts(desktop: Visit) -> None:
    page = desktop.go()
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 less the margins
    page.emulate_media(media="print")

    assert page.locator(".value").is_visible()
    assert page.locator(".call").first.is_visible()
    assert not page.locator(".sections").is_visible()
    assert page.evaluate(CUT_OFF) == []

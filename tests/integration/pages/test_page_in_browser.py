"""The page in Chromium: right, readable and silent at both widths, in both languages, light and dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import CUT_OFF, FAINT, Visit, a_visit

pytestmark = pytest.mark.needs("chromium")

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
LANGUAGES = ("ru", "en")


@pytest.fixture(scope="module", params=[(w, s, n) for w in WIDTHS for s in SCHEMES for n in LANGUAGES], ids=str)
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    width, scheme, language = request.param
    visit = a_visit(browser, address, width=width, scheme=scheme)
    visit.go(f"?lang={language}&demo=1")
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    yield visit
    visit.page.context.close()


def test_the_page_is_silent_and_asks_only_its_own_server(visit: Visit) -> None:
    assert visit.complaints == []
    assert {url.split("?")[0].removeprefix(visit.address) for url in visit.requests} >= {"/", "/static/page.css"}
    assert [url for url in visit.requests if not url.startswith(f"{visit.address}/")] == []


def test_nothing_is_cut_off(visit: Visit) -> None:
    assert visit.page.evaluate(CUT_OFF) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_text_stands_out(visit: Visit) -> None:
    assert visit.page.evaluate(FAINT) == []


def test_every_organisation_has_its_verdict_in_words(visit: Visit) -> None:
    badges = visit.page.locator(".organisations .badge")

    assert badges.count() == 17
    assert all(text.strip() for text in badges.all_inner_texts())


def test_one_drawing_of_the_trend_is_seen(visit: Visit) -> None:
    shown = [drawing.is_visible() for drawing in visit.page.locator("svg.trend").all()]

    assert sorted(shown) == [False, True]


def test_labels_of_the_trend_do_not_overlap(visit: Visit) -> None:
    """The values among themselves and the years among themselves."""
    overlaps = visit.page.evaluate(
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


@pytest.fixture
def desktop(browser: Browser, address: str) -> Iterator[Visit]:
    visit = a_visit(browser, address, locale="en-GB")
    yield visit
    visit.page.context.close()


def test_the_browser_chooses_the_language_and_the_reader_overrules_it(browser: Browser, address: str) -> None:
    visit = a_visit(browser, address, locale="en-GB")
    page = visit.go()
    assert page.locator("html").get_attribute("lang") == "en"

    page.get_by_role("link", name="Русский").click()

    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.get_by_role("heading", level=1).inner_text() == "Интернет в образовательных организациях"
    page.context.close()


def test_a_filter_works_by_keyboard(desktop: Visit) -> None:
    page = desktop.go()
    page.get_by_role("link", name="Does not comply 3").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**verdict=non_compliant**")

    assert page.locator(".organisations tbody tr").count() == 3
    assert page.get_by_role("link", name="Does not comply 3").get_attribute("aria-current") == "true"
    assert desktop.complaints == []


def test_the_first_key_leads_to_the_content(desktop: Visit) -> None:
    page = desktop.go()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"

    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_the_numbers_open_by_keyboard(desktop: Visit) -> None:
    page = desktop.go("?verdict=non_compliant")
    page.locator(".verdict summary").first.focus()
    page.keyboard.press("Enter")

    assert page.get_by_text("To comply, at least 98 of 122 would have to reach the limit: 84 more.").first.is_visible()


def test_cards_replace_the_table_on_a_narrow_screen_and_keep_its_meaning(browser: Browser, address: str) -> None:
    visit = a_visit(browser, address, width=390)
    page = visit.go("?lang=ru")
    first = page.locator(".organisations tbody tr").first

    assert page.get_by_role("table", name="Организации").count() == 1
    assert page.get_by_role("columnheader").count() == 5
    name, verdict, rate = (first.locator(f".{part}").bounding_box() for part in ("name", "verdict", "rate"))
    assert name is not None
    assert verdict is not None
    assert rate is not None
    assert name["y"] < verdict["y"] < rate["y"]
    page.context.close()


def test_print_keeps_the_table_and_drops_the_controls(desktop: Visit) -> None:
    page = desktop.go("?lang=ru")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 less the margins
    page.emulate_media(media="print")

    assert page.locator(".organisations thead").is_visible()
    assert not page.locator(".filters").is_visible()
    assert page.evaluate(CUT_OFF) == []

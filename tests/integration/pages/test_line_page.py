"""The page of a line in Chromium over the simulated district: why a school fails, and the evidence of one slot."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page

from netmon.domain.identifiers import LineId
from netmon.domain.registry import LineRole
from netmon.domain.slot import Outcome
from tests.support.browser import CUT_OFF, FAINT, Visit, a_visit
from tests.support.collector import RunningCollector
from tests.support.running_district import barriers

pytestmark = pytest.mark.needs("chromium")

LOOKS = [(1280, "light", "ru"), (390, "dark", "ru"), (390, "light", "en"), (1280, "dark", "en")]


@pytest.fixture(scope="module")
def failing(district: RunningCollector) -> LineId:
    """A main line with fails on the last day."""
    services = district.services
    today = district.clock.now().date()
    for line in services.registry.lines:
        days = services.store.line_days(line.id, today, today)
        if line.role is LineRole.MAIN and days and days[0].failed and days[0].passed == 0:
            return line.id
    raise AssertionError("nobody fails in the simulated district")


@pytest.fixture(params=LOOKS, ids=str)
def visit(
    request: pytest.FixtureRequest, browser: Browser, district: RunningCollector, failing: LineId
) -> Iterator[Visit]:
    width, scheme, language = request.param
    visit = a_visit(browser, f"http://127.0.0.1:{district.port}", width=width, scheme=scheme)
    visit.go(f"lines/{failing}/?lang={language}")
    visit.page.wait_for_selector(".rates.live")
    yield visit
    visit.page.context.close()


def test_the_page_is_whole_readable_and_silent(visit: Visit) -> None:
    page = visit.page
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")

    assert barriers(page) == []
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(FAINT) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(visit.address)] == []


@pytest.fixture
def desktop(browser: Browser, district: RunningCollector, failing: LineId) -> Iterator[Page]:
    visit = a_visit(browser, f"http://127.0.0.1:{district.port}")
    yield visit.go(f"lines/{failing}/?lang=ru")
    assert visit.complaints == []
    visit.page.context.close()


def test_why_a_school_fails_is_read_at_once(desktop: Page) -> None:
    assert "Не соответствует" in desktop.locator("section:has(#closed)").inner_text()
    assert "Скорость не ниже предела в" in desktop.locator("section:has(#verdict)").inner_text()
    assert desktop.locator(".hour-map").get_attribute("aria-label").startswith("Замеры по дням недели")  # type: ignore[union-attr]


def test_the_evidence_of_a_slot_unfolds_by_keyboard(desktop: Page, district: RunningCollector, failing: LineId) -> None:
    failed = desktop.locator(".slot:has(.badge.bad) .slot-link").first
    failed.focus()
    desktop.keyboard.press("Enter")
    evidence = desktop.locator(".evidence")
    evidence.wait_for()

    assert "Причина в канале" in evidence.inner_text()
    assert "действительна" in evidence.inner_text()
    evidence.locator("summary").click()
    assert '"seq"' in evidence.locator("pre").inner_text()
    assert barriers(desktop) == []
    assert desktop.url.endswith("?lang=ru")  # the reader stays where they are


def test_another_day_is_shown_without_leaving_the_page(desktop: Page) -> None:
    desktop.locator("#day").fill("2026-11-17")
    desktop.locator("#slots-of-day h2", has_text="17.11.2026").wait_for()

    assert "day=2026-11-17" in desktop.url


def test_without_a_script_everything_is_there(browser: Browser, district: RunningCollector, failing: LineId) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{district.port}/lines/{failing}/")
    assert page.locator(".rates .drawing.wide .point").count() > 50
    page.locator(".slot:has(.badge.bad) .slot-link").first.click()

    assert "Причина в канале" in page.locator("main").inner_text()
    assert page.locator("h1").inner_text().startswith("проверка порога")
    context.close()


def test_the_table_has_what_the_page_has(district: RunningCollector, failing: LineId) -> None:
    table = district.get(f"/lines/{failing}/measurements.csv?period=2026-11")
    rows = table.body.decode().splitlines()
    start = district.services.store.line_days(failing, *_november(district))

    assert table.headers["content-disposition"].endswith("-2026-11.csv")
    assert rows[0].startswith("started_at,slot,server")
    assert len(rows) - 1 >= sum(one.passed + one.failed for one in start) > 0


def _november(district: RunningCollector) -> tuple[date, date]:
    now = district.clock.now().date()
    return now.replace(day=1), now


def test_the_chart_says_what_each_figure_is(district: RunningCollector, failing: LineId) -> None:
    found = district.get(f"/api/v1/lines/{failing}/chart?period=2026-11").document
    points = found["points"]
    assert isinstance(points, list)
    days = district.services.store.line_days(failing, *_november(district))
    failed = sum(mark.outcome is Outcome.FAIL for day in days for mark in day.slots)

    assert sum(one["tone"] == "failed" for one in points) == failed > 0
    assert {one["shape"] for one in points if one["rate_bps"] is None} <= {"nothing"}
    assert {one["name"] for one in found["levels"]} == {"limit", "threshold", "contract"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/lines/nowhere/", 404),
        ("/lines/{line}/?period=nonsense", 400),
        ("/lines/{line}/?day=nonsense", 400),
        ("/lines/{line}/slots/nothing/", 404),
        ("/lines/{line}/slots/%00/", 404),
        ("/lines/{line}/?span=year", 200),
        ("/lines/{line}/?period=2026-W47", 200),
        ("/lines/{line}/?period=2020-01&day=2020-01-10", 200),
        ("/api/v1/lines/{line}/chart?direction=sideways", 400),
    ],
)
def test_what_is_not_there_is_said(district: RunningCollector, failing: LineId, path: str, status: int) -> None:
    assert district.get(path.replace("{line}", failing)).status == status


def test_every_line_has_its_page(district: RunningCollector) -> None:
    lines = district.services.registry.lines
    assert {district.get(f"/lines/{one.id}/").status for one in lines} == {200}

"""The administration in Chromium, from signing in to the last task, as somebody with a mouse does it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from netmon.domain.access import Grant, Role
from tests.support.access import REGISTRY
from tests.support.browser import ARGUMENTS, CUT_OFF, Visit, a_visit, stranded
from tests.support.collector import RunningCollector, a_running_collector
from tests.support.reader import PASSWORD, an_account
from tests.support.running_district import barriers

pytestmark = pytest.mark.needs("chromium")

TABS = ("agents", "exemptions", "accounts", "accounts/chief", "tokens", "registry", "mail", "audit")
LOOKS = [(1280, "ru", "light"), (390, "ru", "dark"), (390, "en", "light"), (1280, "en", "dark")]


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path_factory.mktemp("browser"), access="{}", registry=REGISTRY) as found:
        an_account(found, "chief", Grant(Role.ADMINISTRATOR))
        yield found


@pytest.fixture(scope="module")
def visit(collector: RunningCollector) -> Iterator[Visit]:
    """Signed in by the form; every test goes on from there."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        found = a_visit(browser, f"http://127.0.0.1:{collector.port}", locale="en-US")
        page = found.go("administration/agents/")
        assert "/sign-in" in page.url
        page.get_by_label("Name").fill("chief")
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{found.address}/administration/agents/")
        yield found
        browser.close()


def _press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name).first.click()


def test_an_account_is_added_and_its_link_shown(visit: Visit, collector: RunningCollector) -> None:
    page = visit.go("administration/accounts/")
    page.get_by_label("Name").fill("newcomer")
    page.get_by_label("Role 1", exact=True).select_option("operator")
    _press(page, "Add and show the link")
    expect(page.locator("main code").first).to_contain_text("/link/")
    assert collector.services.store.account("newcomer") is not None


def test_a_sheet_is_taken_from_the_page_of_a_line_and_its_device_revoked(
    visit: Visit, collector: RunningCollector, tmp_path: Path
) -> None:
    page = visit.go("lines/line-01/")
    with page.expect_download() as download:
        _press(page, "Enrolment sheet")
    download.value.save_as(tmp_path / "sheet.pdf")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-")
    agent = collector.an_agent()
    page = visit.go("administration/agents/")
    _press(page, f"Revoke {agent.name}")
    expect(page.locator("main")).to_contain_text("Revoked")
    assert agent.timetable().status == 401


def test_a_token_is_made_and_revoked(visit: Visit, collector: RunningCollector) -> None:
    page = visit.go("administration/tokens/")
    page.get_by_label("Which program it is for").fill("prometheus")
    page.locator("select[name=role]").select_option("viewer")
    _press(page, "Add and show the token")
    secret = page.locator("main code").filter(has_text="netmon_").first.inner_text()
    assert collector.get_as(secret, "/metrics").status == 200
    _press(visit.go("administration/tokens/"), "Revoke")
    expect(page.locator("main")).to_contain_text("Revoked")
    assert collector.get_as(secret, "/metrics").status == 401


def test_a_registry_with_a_mistake_is_mended_seen_and_put_in_force(
    visit: Visit, collector: RunningCollector, tmp_path: Path
) -> None:
    head = "organisation;territory;organisation_name_ru;site;locality;address_ru;line;role\n"
    table = tmp_path / "registry.csv"
    table.write_text(f"{head}school-03;district;Новая школа;site-03;nowhere;Адрес;line-03;main\n", "utf-8")
    page = visit.go("administration/registry/")
    page.locator("input[type=file]").set_input_files(table)
    _press(page, "Show what it changes")
    expect(page.locator("main")).to_contain_text("nowhere")
    visit.complaints.clear()  # the browser's own words about the answer 400
    table.write_text(f"{head}school-03;district;Новая школа;site-03;town;Адрес;line-03;main\n", "utf-8")
    page.locator("input[type=file]").set_input_files(table)
    _press(page, "Show what it changes")
    expect(page.locator("main")).to_contain_text("Новая школа")
    assert "line-03" not in collector.services.registry.line_by_id
    _press(page, "Put in force")
    expect(page.locator("main")).to_contain_text("The registry is in force.")
    assert "line-03" in collector.services.registry.line_by_id


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_every_tab_is_silent_whole_and_open_to_everybody(visit: Visit, width: int, language: str, scheme: str) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for tab in TABS:
        visit.go(f"administration/{tab}/?lang={language}")
        found = (page.evaluate(CUT_OFF), stranded(page), barriers(page), visit.complaints, visit.outside)
        assert found == ([], [], [], [], []), tab

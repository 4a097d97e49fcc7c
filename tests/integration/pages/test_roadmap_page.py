"""The page of the roadmap in Chromium: how everything stands, and a fact that is entered with its file."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from netmon.domain.access import Grant, Role
from netmon.domain.audit import AuditKind
from tests.support.browser import CUT_OFF, FAINT, Visit, a_visit
from tests.support.collector import RunningCollector, a_running_collector
from tests.support.reader import PASSWORD, ReaderBrowser, an_account, form_token
from tests.support.running_district import barriers

pytestmark = pytest.mark.needs("chromium")

PROOF = b"%PDF-1.4 an order"
_BOUNDARY = "netmon-test"


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    """A collector with the roadmap as it is shipped, of which nothing was recorded yet."""
    with a_running_collector(tmp_path_factory.mktemp("roadmap")) as found:
        an_account(found, "clerk", Grant(Role.OPERATOR))
        an_account(found, "reader", Grant(Role.VIEWER))
        yield found


def _visit(browser: Browser, collector: RunningCollector, width: int, scheme: str) -> Visit:
    return a_visit(browser, f"http://127.0.0.1:{collector.port}", width=width, scheme=scheme)


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "dark", "ru"), (390, "light", "ru")])
def test_the_page_is_whole_readable_and_silent(
    browser: Browser, collector: RunningCollector, width: int, scheme: str, language: str
) -> None:
    visit = _visit(browser, collector, width, scheme)
    page = visit.go(f"roadmap/?lang={language}")

    assert barriers(page) == []
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(FAINT) == []
    assert page.locator("#result-1\\.7 .remark").inner_text().startswith("План мероприятий (мероприятие 1)")
    assert page.locator("tr[id^=result-]").count() == 23
    assert page.get_by_text("Внести факт").count() == 0
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(visit.address)] == []
    page.context.close()


def test_a_filter_keeps_the_other_one(browser: Browser, collector: RunningCollector) -> None:
    visit = _visit(browser, collector, 1280, "light")
    page = visit.go("roadmap/?lang=ru&activities=archived")
    page.get_by_role("navigation", name="Показать результаты").get_by_role("link", name="просрочен, нет данных").click()
    page.wait_for_url("**results=overdue**")

    assert "activities=archived" in page.url
    assert page.locator("tr[id^=result-] .badge:not(.open)").count() == 0
    page.context.close()


@pytest.fixture
def clerk(browser: Browser, collector: RunningCollector) -> Iterator[Page]:
    visit = _visit(browser, collector, 1280, "light")
    page = visit.go("sign-in?lang=ru")
    page.locator("#name").fill("clerk")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{visit.address}/")
    visit.go("roadmap/")
    yield page
    assert [one for one in visit.complaints if "400" not in one] == []
    page.context.close()


def test_a_fact_is_entered_with_its_file(clerk: Page, collector: RunningCollector, tmp_path: Path) -> None:
    page = clerk
    page.locator("#result-1\\.4").get_by_role("link", name="Внести факт").click()
    assert barriers(page) == []
    page.locator("#at").fill("2020-12-25")
    page.locator("#children").fill("110")
    page.locator("#general_schools_percent").fill("6")
    page.locator("#document").fill("Приказ от 25.12.2020 № 1")
    page.locator("#author_role").fill("специалист комитета образования")
    proof = tmp_path / "приказ № 1.pdf"
    proof.write_bytes(PROOF)
    page.locator("#evidence").set_input_files(proof)
    page.get_by_role("button", name="Внести", exact=True).click()
    page.get_by_role("status").wait_for()

    row = page.locator("#result-1\\.4")
    assert row.locator(".badge").inner_text() == "достигнут"
    assert "110" in row.inner_text()
    digest = hashlib.sha256(PROOF).hexdigest()
    assert row.get_by_role("link", name="приказ № 1.pdf").get_attribute("href") == f"../roadmap/evidence/{digest}"
    file = collector.get(f"/roadmap/evidence/{digest}")
    assert file.body == PROOF
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%BF")
    assert file.headers["content-security-policy"] == "default-src 'none'; sandbox"
    last = collector.services.store.audit_page(after=0, limit=100)[-1][0].change
    assert (last.kind, last.actor, last.document) == (AuditKind.FACT, "operator clerk", "Приказ от 25.12.2020 № 1")


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(clerk: Page) -> None:
    page = clerk
    page.locator("#indicator-2").get_by_role("link", name="Внести значение").click()
    page.locator("#at").fill("2021-12-31")
    page.locator("#numerator").fill("7")
    page.locator("#value_percent").fill("30")
    page.locator("#document").fill("Отчёт")
    page.locator("#author_role").fill("специалист")
    page.get_by_role("button", name="Внести", exact=True).click()
    page.get_by_role("alert").wait_for()

    assert "целыми числами, сколько из скольких, либо процент" in page.get_by_role("alert").inner_text()
    assert page.locator("#document").input_value() == "Отчёт"
    assert barriers(page) == []
    page.locator("#numerator").fill("")
    page.get_by_role("button", name="Внести", exact=True).click()
    page.get_by_role("status").wait_for()
    assert "30 %" in page.locator("#indicator-2 .year.reached").inner_text().replace("\u00a0", " ")


def test_what_was_entered_is_taken_back_by_a_document(clerk: Page, collector: RunningCollector) -> None:
    page = clerk
    page.locator("#result-1\\.5").get_by_role("link", name="Внести факт").click()
    page.locator("#at").fill("2020-12-30")
    page.locator("#staff").fill("1")
    page.locator("#document").fill("Справка")
    page.locator("#author_role").fill("специалист")
    page.get_by_role("button", name="Внести", exact=True).click()
    page.get_by_role("status").wait_for()
    page.locator("#result-1\\.5").get_by_role("link", name="Внести факт").click()
    page.locator("summary", has_text="Отозвать").click()
    page.locator("#why-1").fill("Решение об отмене")
    page.get_by_role("button", name="Отозвать").click()
    page.get_by_role("status").wait_for()

    assert page.locator("#result-1\\.5 .badge").inner_text() == "просрочен, нет данных"
    assert len(collector.services.store.entries(subject="result-1.5 2020-12-30")) == 2


def test_a_table_is_checked_and_entered_whole(clerk: Page, tmp_path: Path) -> None:
    page, table = clerk, tmp_path / "table.csv"
    heading = "of,at,value_percent,done,document,author_role\n"
    table.write_text(heading + "indicator-3,2021-12-31,41,,Отчёт,специалист\nnothing,2021-01-01,,yes,x,y\n", "utf-8")
    page.get_by_role("link", name="Внести таблицу").click()
    page.locator("#table").set_input_files(table)
    page.get_by_role("button", name="Внести целиком").click()
    assert "неверна 1 строка" in page.get_by_role("alert").inner_text()
    assert "line 3" in page.get_by_role("alert").inner_text()
    assert barriers(page) == []
    table.write_text(heading + "indicator-3,2021-12-31,41,,Отчёт,специалист\n", "utf-8")
    page.locator("#table").set_input_files(table)
    page.get_by_role("button", name="Внести целиком").click()

    assert "Внесена 1 запись." in page.get_by_role("status").inner_text()


def _multipart(fields: dict[str, str], content: bytes) -> bytes:
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
        for k, v in fields.items()
    ]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="evidence"; filename="big.bin"\r\n\r\n'.encode()
    return b"".join(parts) + head + content + f"\r\n--{_BOUNDARY}--\r\n".encode()


@pytest.fixture(scope="module")
def form(collector: RunningCollector) -> tuple[ReaderBrowser, dict[str, str]]:
    reader = ReaderBrowser(collector)
    reader.sign_in("clerk")
    token = form_token(reader.get("/roadmap/entry/?of=activity-1.1.1"))
    fields = {"form_token": token, "of": "activity-1.1.1", "at": "2020-09-18", "done": "yes"}
    return reader, fields | {"document": "Письмо", "author_role": "специалист"}


@pytest.mark.parametrize(("size", "status"), [(10 * 1024 * 1024 + 1, 400), (10 * 1024 * 1024 + 70_000, 413), (9, 303)])
def test_a_file_is_taken_up_to_ten_megabytes(
    form: tuple[ReaderBrowser, dict[str, str]], size: int, status: int
) -> None:
    reader, fields = form
    cookies = "; ".join(f"{name}={value}" for name, value in reader.cookies.items())
    headers = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "Cookie": cookies, "Origin": reader.origin}
    body = _multipart(fields, b"x" * size)

    assert reader.collector.ask("POST", "/roadmap/entry/", body, headers).status == status


def test_who_only_reads_enters_nothing(collector: RunningCollector) -> None:
    reader = ReaderBrowser(collector)
    reader.sign_in("reader")

    assert reader.get("/roadmap/entry/?of=result-1.4").status == 403
    assert reader.get("/roadmap/").status == 200


@pytest.mark.parametrize("digest", ["%00", "nothing", "0" * 64])
def test_a_file_that_nobody_gave_is_not_there(collector: RunningCollector, digest: str) -> None:
    assert collector.get(f"/roadmap/evidence/{digest}").status == 404


@pytest.mark.parametrize("identifier", ["result-1.2", "nothing", ""])
def test_what_takes_no_facts_has_no_form(form: tuple[ReaderBrowser, dict[str, str]], identifier: str) -> None:
    assert form[0].get(f"/roadmap/entry/?of={identifier}").status == 404

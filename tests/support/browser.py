"""A real browser's visit to a real server of the page, with the headers that belong to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, Request

from netmon_collector.web.pages.overview.view import parse_filter
from netmon_collector.web.pages.shell.headers import SECURITY_HEADERS
from netmon_collector.wording import choose_language
from tests.support.pages import PAGES, a_state, the_overview

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class _Server(ThreadingHTTPServer):
    """Serves the sample district at ``/`` (with ``demo`` as a demonstration) and the static files."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/":
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            language = choose_language(query.get("lang"), self.headers.get("Accept-Language"))
            state = a_state(demonstration="demo" in query)
            page = the_overview(state, language, only=parse_filter(query.get("verdict")))
            self._answer(page.encode(), "text/html; charset=utf-8")
            return
        found = PAGES.files.by_path.get(url.path.removeprefix("/static/"))
        if found is None:
            self.send_error(404)
        else:
            self._answer(found.body, found.content_type)

    def _answer(self, body: bytes, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        for name, value in SECURITY_HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@contextmanager
def running_pages() -> Iterator[str]:
    """The address of a server of the sample district."""
    server = _Server()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An open page with everything that the browser complained about or asked for."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, query: str = "") -> Page:
        self.page.goto(f"{self.address}/{query}", wait_until="load")
        return self.page


def _note_failure(visit: Visit, request: Request) -> None:
    if request.failure != "net::ERR_ABORTED":  # the reader left before it came
        visit.complaints.append(f"{request.url}: {request.failure}")


def a_visit(
    browser: Browser, address: str, *, width: int = 1280, scheme: str = "light", locale: str = "ru-RU"
) -> Visit:
    """A new page that nobody has visited; `complaints` stays empty while all is well."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=locale,
    )
    visit = Visit(page=context.new_page(), address=address)
    visit.page.on("console", lambda message: visit.complaints.append(message.text))
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on("request", lambda request: visit.requests.append(request.url))
    visit.page.on("requestfailed", lambda request: _note_failure(visit, request))
    return visit


# Elements whose content sticks out of their box, or whose box sticks out of the screen.
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  if (box.width <= 1 || e.closest('.sprite, .hidden, .skip, .scroll, svg, thead')) return false;
  return box.right > document.documentElement.clientWidth + 1 || box.left < -1
    || (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline');
}).map(e => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`)"""

# Text whose contrast with the background behind it is under 4.5 (WCAG 2.2, 1.4.3).
FAINT = """() => {
  const channels = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const v = c / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const behind = e => { for (let n = e; n; n = n.parentElement) {
    const c = channels(getComputedStyle(n).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
    return [255, 255, 255]; };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [luminance(channels(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${e.tagName}.${e.className} ${e.textContent.trim()}`);
  }
  return faint;
}"""

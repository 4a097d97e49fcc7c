"""A real browser's visit to the pages of a real collector, and what it complains about."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, Request

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An open page with everything that the browser complained about or asked for."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, path: str = "") -> Page:
        self.page.goto(f"{self.address}/{path}", wait_until="load")
        return self.page

    @property
    def outside(self) -> list[str]:
        """The requests that left the collector."""
        return [url for url in self.requests if not url.startswith(f"{self.address}/")]


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


def stranded(page: Page) -> list[str]:
    """What a pointer can use and the Tab key does not reach."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
          .filter(e => e.getClientRects().length && e.tabIndex < 0 && !e.disabled)
          .map(e => e.outerHTML.slice(0, 80))"""
    )
    return found

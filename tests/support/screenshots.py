"""Take the pictures of the pages for the README: make screenshots.

A simulated district is made anew, served on the loopback interface, and looked at in Chromium. The clock stands, so the
same program gives the same pictures.
"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support.browser import ARGUMENTS
from tests.support.running_district import a_running_district

_FOLDER = Path(__file__).parents[2] / "docs" / "images"
_WEEKS = 12  # October is whole: the indicator counts it
# Name, path, width, scheme, language.
_PICTURES = (
    ("overview", "", 1280, "light", "ru"),
    ("overview-phone", "", 390, "light", "ru"),
    ("organisations", "organisations/", 1280, "light", "ru"),
    ("providers", "providers/", 1280, "light", "ru"),
    ("line", "lines/line-10/", 1280, "light", "ru"),
)
_HEIGHT = 900


def main() -> None:
    """Write docs/images/*.png."""
    _FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as temporary,
        a_running_district(Path(temporary), weeks=_WEEKS) as district,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for name, path, width, scheme, language in _PICTURES:
            context = browser.new_context(
                viewport={"width": width, "height": _HEIGHT},
                color_scheme="dark" if scheme == "dark" else "light",
                locale=language,
            )
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{district.port}/{path}", wait_until="load")
            page.screenshot(path=_FOLDER / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()

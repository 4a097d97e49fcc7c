"""HTML to PDF for printing: with the font that netmon brings, nothing fetched from anywhere."""

from collections.abc import Mapping

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

from netmon_collector.charts.png import FAMILY, font_files

_WEIGHT_AND_STYLE = (("400", "normal"), ("700", "normal"), ("400", "italic"))


def paper(html: str, css: str) -> bytes:
    """The document as PDF. Raises FontError when the installation lacks a font."""
    fonts = FontConfiguration()
    style = CSS(string=_faces() + css, font_config=fonts, url_fetcher=_OwnFiles())
    rendered: bytes = HTML(string=html, url_fetcher=_OwnFiles()).write_pdf(stylesheets=[style], font_config=fonts)
    return rendered


def _faces() -> str:
    faces = zip(font_files(), _WEIGHT_AND_STYLE, strict=True)
    return "".join(
        f"@font-face {{ font-family: '{FAMILY}'; src: url('{path.as_uri()}'); font-weight: {weight}; "
        f"font-style: {style}; }}\n"
        for path, (weight, style) in faces
    )


class _OwnFiles(URLFetcher):  # type: ignore[misc]  # it is untyped
    """Documents carry everything in themselves: what looks like a link to more is refused."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002
        for path in font_files():
            if url == path.as_uri():
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})
        raise URLFetchingError(f"documents load nothing: {url[:80]}")

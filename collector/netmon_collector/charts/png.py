"""SVG to PNG, for mail: with the fonts that netmon brings, so that it looks the same on every machine."""

from importlib.resources import files
from pathlib import Path

from resvg_py import svg_to_bytes

from netmon_collector.errors import FontError

FAMILY = "PT Sans"
_FILES = ("PT_Sans-Web-Regular.ttf", "PT_Sans-Web-Bold.ttf", "PT_Sans-Web-Italic.ttf")
_ZOOM = 2.0  # twice the pixels, for the screens of today


def font_files() -> tuple[Path, ...]:
    """The packaged font, a file a face. Raises FontError when the installation lacks one."""
    folder = Path(str(files("netmon_collector.charts") / "fonts"))
    found = tuple(folder / name for name in _FILES)
    for path in found:
        if not path.is_file():
            raise FontError(f"{path}: the font is missing; install netmon-edu again")
    return found


def png(svg: str) -> bytes:
    """The picture at twice its size. Raises FontError."""
    return svg_to_bytes(
        svg_string=svg,
        zoom=_ZOOM,
        skip_system_fonts=True,
        font_files=[str(path) for path in font_files()],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )

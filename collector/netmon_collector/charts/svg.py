"""SVG as text: elements with escaped attributes, the colours of what netmon draws, hatching for what is not known."""

from collections.abc import Iterable, Mapping
from html import escape

# The colours of print and of light pages; a page's style sheet overrules them by class.
COLOURS: Mapping[str, str] = {
    "good": "#146c3c",
    "good-soft": "#cfe9d9",
    "bad": "#a9201a",
    "bad-soft": "#f6c9c5",
    "open": "#7a5200",
    "off": "#5b3d99",
    "none": "#8a94a3",
    "ink": "#18202b",
    "soft": "#55606f",
    "rule": "#d9dee5",
    "accent": "#1d4f91",
    "card": "#ffffff",
}
FONT = "PT Sans, Noto Sans, DejaVu Sans, sans-serif"


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """An element; `content` is SVG already. Names of attributes have dashes for underscores, None leaves one out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def _plain(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def rect(x: float, y: float, width: float, height: float, fill: str, *, title: str = "", **attributes: object) -> str:
    """A rectangle of one of the colours, with the text that a pointer shows."""
    class_ = f"fill-{fill}"
    return element(
        "rect", tooltip(title), class_=class_, x=x, y=y, width=width, height=height, fill=COLOURS[fill], **attributes
    )


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, **attributes: object) -> str:
    return element("line", class_=f"stroke-{stroke}", x1=x1, y1=y1, x2=x2, y2=y2, stroke=COLOURS[stroke], **attributes)


def text(x: float, y: float, said: str, fill: str = "soft", *, size: float = 12, **attributes: object) -> str:
    """A text; `text_anchor` and the like go by their own names."""
    return element(
        "text",
        escape(said),
        class_=f"fill-{fill}",
        x=x,
        y=y,
        fill=COLOURS[fill],
        font_size=size,
        font_family=FONT,
        **attributes,
    )


def tooltip(said: str) -> str:
    return f"<title>{escape(said)}</title>" if said else ""


def hatching(identifier: str) -> str:
    """The definition of a hatched filling: what nobody knows."""
    stripe = element("rect", class_="fill-none", width=2.5, height=6, fill=COLOURS["none"])
    pattern = element(
        "pattern",
        stripe,
        id=identifier,
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return element("defs", pattern)


def hatched(identifier: str, x: float, y: float, width: float, height: float, *, title: str = "") -> str:
    """A rectangle with the filling of that name."""
    return element(
        "rect", tooltip(title), class_="hatched", x=x, y=y, width=width, height=height, fill=f"url(#{identifier})"
    )


def drawing(width: float, height: float, parts: Iterable[str], *, label: str, class_: str = "chart") -> str:
    """The whole drawing; `label` is what is read aloud instead of it."""
    return element(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        class_=class_,
        viewBox=f"0 0 {_plain(float(width))} {_plain(float(height))}",
        width=float(width),
        height=float(height),
        role="img",
        aria_label=label,
    )

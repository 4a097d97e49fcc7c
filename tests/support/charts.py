"""What tests read out of a drawing."""

from xml.etree import ElementTree as ET

_SVG = "{http://www.w3.org/2000/svg}"


class Drawing:
    """A drawing as XML: it must be well-formed and name its size and what it shows."""

    def __init__(self, svg: str) -> None:
        self.root = ET.fromstring(svg)
        assert self.root.tag == f"{_SVG}svg"
        assert self.root.get("role") == "img"
        self.width, self.height = (float(number) for number in (self.root.get("viewBox") or "").split()[2:])

    @property
    def label(self) -> str:
        return self.root.get("aria-label") or ""

    def all(self, tag: str, class_: str = "") -> list[ET.Element]:
        wanted = set(class_.split())
        return [one for one in self.root.iter(f"{_SVG}{tag}") if wanted <= set((one.get("class") or "").split())]

    @property
    def texts(self) -> list[str]:
        return [one.text or "" for one in self.all("text")]

    @property
    def titles(self) -> list[str]:
        return [one.text or "" for one in self.all("title")]

    def outside(self) -> list[str]:
        """Rectangles and lines that stick out of the drawing."""
        found = []
        for one in [*self.all("rect"), *self.all("line")]:
            if one.get("class") == "fill-none" and one.get("x") is None:
                continue  # the pattern's stripe
            xs = [float(one.get(key, 0)) for key in ("x", "x1", "x2") if one.get(key)]
            ys = [float(one.get(key, 0)) for key in ("y", "y1", "y2") if one.get(key)]
            right = max(xs) + float(one.get("width", 0))
            bottom = max(ys) + float(one.get("height", 0))
            if min(xs) < -0.5 or min(ys) < -0.5 or right > self.width + 0.5 or bottom > self.height + 0.5:
                found.append(ET.tostring(one, encoding="unicode"))
        return found

"""The picture of the trend for mail and paper: whole in itself, the same on every machine."""

from xml.etree import ElementTree

from netmon_collector.charts.png import font_files, png
from netmon_collector.charts.trend import TrendView, trend_view
from netmon_collector.charts.trend_drawing import trend_picture, trend_sentence, trend_svg
from netmon_collector.wording import Language
from tests.support.pages import a_coverage, a_district, some_trend, some_verdicts

SVG = "{http://www.w3.org/2000/svg}"


def a_trend(language: Language = Language.RU, *, target: int | None = 100) -> TrendView:
    registry = a_district()
    return trend_view((*some_trend(registry), a_coverage(some_verdicts(registry), target=target)), language)


def test_the_page_and_the_picture_have_the_same_marks() -> None:
    trend = a_trend()
    page = ElementTree.fromstring(trend_svg(trend.drawings[0], Language.RU))
    picture = ElementTree.fromstring(trend_picture(trend, Language.RU))

    def values(of: ElementTree.Element) -> list[str | None]:
        return [one.text for one in of.iter(f"{SVG}text") if one.get("class") == "value-label"]

    assert values(page) == values(picture)
    assert len(values(page)) == sum(mark.label is not None for mark in trend.drawings[0].marks)


def test_the_picture_says_in_words_what_its_symbols_mean() -> None:
    picture = ElementTree.fromstring(trend_picture(a_trend(), Language.RU))

    legend = [one.text for one in picture.iter(f"{SVG}text") if one.get("class") == "legend"]
    assert legend == ["целевое значение", "измерено", "введено вручную", "имитация"]


def test_who_does_not_see_the_picture_is_told_the_last_value() -> None:
    assert trend_sentence(a_trend(Language.EN), Language.EN) == "The indicator by year. 30 Nov 2026: 47%; target 100%."
    assert trend_sentence(a_trend(Language.EN, target=None), Language.EN).endswith("30 Nov 2026: 47%.")


def test_a_picture_is_the_same_bytes_every_time_with_the_packaged_font() -> None:
    first, second = (png(trend_picture(a_trend(), Language.RU)) for _ in range(2))

    assert first == second
    assert first.startswith(b"\x89PNG")
    assert all(path.read_bytes()[:4] == b"\x00\x01\x00\x00" for path in font_files())
    assert "SIL OPEN FONT LICENSE" in (font_files()[0].parent / "OFL.txt").read_text(encoding="utf-8-sig")

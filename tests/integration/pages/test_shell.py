"""The frame around every page, over real sockets: language, territory, refusals, files."""

import gzip
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
from sqlalchemy import text

from tests.support.collector import Reply, RunningCollector, a_running_collector

HTML = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path_factory.mktemp("shell")) as found:
        yield found


def page(collector: RunningCollector, path: str, **headers: str) -> Reply:
    return collector.ask("GET", path, headers={**HTML, **headers})


def links(reply: Reply) -> list[str]:
    return [unescape(link) for link in re.findall(r'(?:href|src)="([^"#]+)"', reply.body.decode())]


def test_another_language_keeps_the_address_and_is_remembered(collector: RunningCollector) -> None:
    assert "?territory=district&lang=en" in links(page(collector, "/?territory=district"))

    asked = page(collector, "/?lang=en")
    cookie = asked.headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert b'lang="en"' in page(collector, "/", Cookie=cookie.split(";")[0]).body
    assert b'lang="ru"' in page(collector, "/?lang=ru", Cookie=cookie.split(";")[0]).body
    assert "set-cookie" not in page(collector, "/?lang=tlh").headers


@pytest.mark.parametrize("path", ["/", "/territories/district/", "/nothing/here/at/all"])
def test_files_are_found_from_every_depth_and_kept_for_a_year(collector: RunningCollector, path: str) -> None:
    files = {urljoin(path, link) for link in links(page(collector, path)) if "static/" in link}

    assert {file.split("?")[0] for file in files} >= {"/static/page.css", "/static/vendor/htmx-2.0.11.min.js"}
    for file in files:
        answer = page(collector, file, **{"Accept-Encoding": "gzip"})
        assert answer.status == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert gzip.decompress(answer.body) == page(collector, file).body
        known = page(collector, file, **{"If-None-Match": answer.headers["etag"]})
        assert (known.status, known.body) == (304, b"")


def test_a_file_without_its_version_is_not_kept_for_long(collector: RunningCollector) -> None:
    for path in ("/static/page.css", "/static/page.css?v=old", "/favicon.ico"):
        assert page(collector, path).headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize("path", ["/static/vendor/README.md", "/static/..%2fapp.py", "/static/nothing.css"])
def test_what_is_no_file_of_the_pages_is_not_served(collector: RunningCollector, path: str) -> None:
    assert page(collector, path).status == 404


@pytest.mark.parametrize("path", ["/nothing", "/?territory=nowhere", "/territories/nowhere/"])
def test_who_reads_pages_is_refused_by_a_page(collector: RunningCollector, path: str) -> None:
    answer = page(collector, path)

    assert answer.status == 404
    assert "Такой страницы нет" in answer.body.decode()
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert collector.ask("GET", "/api/v1/nothing", headers=HTML).document["error"] == "Not Found"


def test_a_database_that_fails_says_nothing_of_the_inside(tmp_path: Path) -> None:
    with a_running_collector(tmp_path) as collector:
        with collector.services.store.database.write() as connection:
            connection.execute(text("DROP TABLE binding"))

        answer = page(collector, "/")

    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert "База данных сейчас недоступна" in answer.body.decode()
    assert "binding" not in answer.body.decode()


def test_one_territory_needs_no_switch(collector: RunningCollector) -> None:
    assert len(collector.services.registry.territories) == 1
    assert "<details" not in page(collector, "/nothing").body.decode()

"""The static files: what others wrote is what they published, and every page names files by their version."""

import re
from hashlib import sha256

from netmon_collector.web.pages.shell.headers import SECURITY_HEADERS
from netmon_collector.web.pages.shell.static import STATIC_FOLDER, StaticFiles

VENDOR = STATIC_FOLDER / "vendor"


def test_what_others_wrote_is_listed_with_its_hash_and_nothing_else_lies_there() -> None:
    rows = re.findall(
        r"^\| `([\w.-]+)` \| ([\d.]+) \| .* `(LICENSE-\w+\.txt)` \| `([0-9a-f]{64})` \|$",
        (VENDOR / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )

    named = {name for name, _, licence, _ in rows for name in (name, licence)}
    assert named | {"README.md"} == {path.name for path in VENDOR.iterdir()}
    for name, version, _, expected in rows:
        assert version in name
        assert sha256((VENDOR / name).read_bytes()).hexdigest() == expected


def test_only_files_of_known_types_are_served() -> None:
    assert {path.rsplit(".", 1)[-1] for path in StaticFiles.read().by_path} == {"css", "js", "svg"}


def test_the_files_that_every_page_loads_stay_small() -> None:
    files = StaticFiles.read().by_path
    always = ("page.css", "vendor/htmx-2.0.11.min.js", "favicon.svg")

    assert sum(len(files[one].packed) for one in always) < 30_000


def test_the_policy_allows_only_our_own_scripts() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy

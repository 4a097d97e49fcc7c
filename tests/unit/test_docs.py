"""The documents name nothing that does not exist: links, paths, commands."""

import contextlib
import io
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from netmon_agent.__main__ import main as agent
from netmon_collector.cli.run import run as collector
from netmon_collector.measurement_server.__main__ import main as server

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
# A code span is a path when it begins with one of these or ends like a file of the sources.
_FOLDERS = ("netmon/", "agent/", "collector/", "config/", "docs/", "tests/", "benchmarks/", "grafana/", ".ci/")
_SUFFIXES = (".py", ".md", ".yaml", ".json", ".jsonl", ".toml", ".lock")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# Files that a document speaks of and that the user writes.
_OF_THE_USER = {"netmon.yaml", "collector.yaml", "server.yaml", "agent.yaml"}


def names(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def relative_links(page: Path) -> Iterator[str]:
    return (link for link in _LINK.findall(prose(page)) if "://" not in link and not link.startswith("mailto:"))


def paths(page: Path) -> Iterator[str]:
    for span in _SPAN.findall(prose(page)):
        is_path = span.startswith(_FOLDERS) or span.endswith(_SUFFIXES)
        if is_path and re.fullmatch(r"[\w./*-]+", span) and Path(span).name not in _OF_THE_USER:
            yield span


def exists(page: Path, path: str) -> bool:
    """Whether a path leads somewhere: from the root, from the page, from a source folder, or as a file's bare name."""
    starts = [
        ROOT,
        page.parent,
        ROOT / "config",
        *(ROOT / one for one in ("collector/netmon_collector", "netmon/wire/schema")),
    ]
    if any(list(start.glob(path)) for start in starts):
        return True
    return "/" not in path and any(ROOT.glob(f"[!.]*/**/{path}"))


def commands(page: Path) -> Iterator[list[str]]:
    """The commands of a page's shell blocks, without comments and continued lines joined."""
    for language, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if language in ("sh", "bash", "console", "shell"):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line.removeprefix("$ "), comments=True)
                if words:
                    yield words


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def subcommands(program: Callable[[list[str]], int]) -> set[str]:
    """What a program's help lists."""
    with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
        program(["--help"])
    _, _, listed = re.split(r"(Commands:|COMMAND\n)", shown.getvalue(), maxsplit=1)
    return set(re.findall(r"^ {2,4}([a-z][a-z-]*)(?: |$)", listed, re.MULTILINE))


PROGRAMS: Mapping[str, Callable[[list[str]], int]] = {
    "netmon-agent": agent,
    "netmon-collector": collector,
    "netmon-server": server,
}


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in relative_links(page):
        path, _, anchor = link.partition("#")
        target = page if not path else page.parent / path
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_path_exists(page: Path) -> None:
    assert [path for path in paths(page) if not exists(page, path)] == []


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_every_command_exists(page: Path) -> None:
    known = {"make": make_targets(), **{name: subcommands(program) for name, program in PROGRAMS.items()}}
    unknown = []
    for words in commands(page):
        allowed = known.get(Path(words[0]).name)
        wanted = next((word for word in words[1:] if not word.startswith("-") and "=" not in word), None)
        if allowed is not None and wanted is not None and wanted not in allowed:
            unknown.append(" ".join(words))
    assert unknown == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/deployment.md"])
def test_the_commands_of_a_page_are_found(page: str) -> None:
    assert list(commands(ROOT / page)) != []


def test_no_block_of_commands_hides_without_its_language() -> None:
    programs = ("make ", "pip ", *(f"{one} " for one in PROGRAMS), *(f".venv/bin/{one} " for one in PROGRAMS))
    hidden = [
        f"{names(page)}: {line}"
        for page in PAGES
        for language, block in _FENCE.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if not language and line.startswith(programs)
    ]
    assert hidden == []


def test_make_targets_that_a_page_names_exist() -> None:
    named = {word for page in PAGES for word in re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8"))}
    assert named - make_targets() == set()


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = set(_LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_subcommands_are_read_from_the_help_of_each_program() -> None:
    assert {"enrol", "run", "measure"} <= subcommands(agent)
    assert {"serve", "judge", "indicator", "roadmap", "demo"} <= subcommands(collector)
    assert {"serve", "keygen"} <= subcommands(server)


READERS = (
    *sorted((ROOT / "netmon" / "config").glob("[prc]*.py")),
    ROOT / "agent" / "netmon_agent" / "settings.py",
    ROOT / "collector" / "netmon_collector" / "settings.py",
    ROOT / "collector" / "netmon_collector" / "access_settings.py",
    ROOT / "collector" / "netmon_collector" / "mail_settings.py",
    ROOT / "collector" / "netmon_collector" / "measurement_server" / "settings.py",
)


@pytest.mark.parametrize("reader", READERS, ids=names)
def test_every_configuration_key_is_described(reader: Path) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    keys = re.findall(
        r"""\b(?:take|optional|_boolean|_number|_section|_file|limit)\((?:\w+, )?"(\w+)""", reader.read_text()
    )
    assert sorted(key for key in set(keys) if not re.search(rf"[`.]{key}\b", page)) == []

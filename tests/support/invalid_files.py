"""Configuration files with one mistake each; their first comment is the message that the reader must give."""

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data" / "config"
_PREFIX = "# error: "


def invalid_files(kind: str) -> list[str]:
    """The names of ``invalid-<kind>-*.yaml``, for parametrised tests."""
    return sorted(path.name for path in FOLDER.glob(f"invalid-{kind}-*.yaml"))


def expected_message(name: str) -> str:
    """The whole one-line error: ``file:line: key: problem; mend``; the file's comment leaves its own name out."""
    with (FOLDER / name).open(encoding="utf-8") as lines:
        first = next(lines)
    if not first.startswith(_PREFIX):
        raise AssertionError(f"{name} does not begin with '{_PREFIX}'")
    return f"{FOLDER / name}:{first.removeprefix(_PREFIX).rstrip()}"

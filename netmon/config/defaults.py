"""Where the files live that netmon ships: the default policy, calendar, roadmap and the illustrative registry."""

from importlib.resources import files
from pathlib import Path

_REPOSITORY = Path(__file__).parents[2] / "config"


def default_file(name: str) -> Path:
    """A file of ``config/``: beside the installed package, or in the repository of an editable installation."""
    installed = Path(str(files("netmon").joinpath("defaults", name)))
    return installed if installed.exists() else _REPOSITORY / name

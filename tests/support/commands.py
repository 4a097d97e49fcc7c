"""The installed command netmon-collector, run in a folder with no configuration but what is there."""

import os
import subprocess
import sys
from pathlib import Path

_COMMAND = str(Path(sys.executable).with_name("netmon-collector"))
_LONG_S = 60


def run_collector(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("NETMON_", "LISTEN_", "LC_", "LANG"))
    }
    return subprocess.run(
        [_COMMAND, *map(str, arguments)],
        cwd=folder,
        env={**clean, "XDG_STATE_HOME": str(folder / "state")},
        capture_output=True,
        text=True,
        timeout=_LONG_S,
        check=False,
    )

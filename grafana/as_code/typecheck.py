"""Checks the committed dashboards by tsc against the types that Grafana publishes; needs npm and its registry."""

import subprocess
import sys
import tempfile
from pathlib import Path

from grafana.as_code.__main__ import FOLDER

_PACKAGES = ("@grafana/schema@13.2.3", "typescript@5")
# Enums are plain texts in JSON.
_WIRE = """\
import type { Dashboard } from "@grafana/schema";
type Wire<T> = T extends string ? `${T}` : T extends (infer U)[] ? Wire<U>[]
  : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;
export const board: Wire<Dashboard> = """
_OPTIONS = (
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--target",
    "es2022",
)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in sorted(FOLDER.glob("*.json")):
            (folder / f"{path.stem}.ts").write_text(_WIRE + path.read_text(encoding="utf-8") + ";\n", encoding="utf-8")
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *_PACKAGES]
        subprocess.run(install, cwd=folder, check=True)
        sources = sorted(one.name for one in folder.glob("*.ts"))
        return subprocess.run(["npx", "tsc", *_OPTIONS, *sources], cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

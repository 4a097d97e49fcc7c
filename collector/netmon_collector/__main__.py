"""The command netmon-collector."""

import sys

from netmon_collector.cli.run import run


def main() -> int:
    return run()


if __name__ == "__main__":
    sys.exit(main())

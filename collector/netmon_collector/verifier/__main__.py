"""The verifier as a program of its own, for whoever has no netmon: Python and `cryptography` are enough."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from netmon import __version__
from netmon.errors import NetmonError
from netmon_collector.verifier.command import check_pack
from netmon_collector.verifier.phrases import LANGUAGES

PROGRAM = "netmon-verify"
_DISAGREES, _UNUSABLE = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 the pack agrees with its data, 1 it does not, 2 the file or the key cannot be used."""
    for stream in (sys.stdout, sys.stderr):  # a console that lacks a letter shows another
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        agrees = check_pack(
            options.file, options.public_key, language=options.lang, expected=options.expect, write=print
        )
    except NetmonError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)  # noqa: T201
        return _UNUSABLE
    return 0 if agrees else _DISAGREES


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Check a netmon evidence pack: hashes, receipts, and the verdict recomputed from its data. "
        "Проверка пакета доказательств netmon: контрольные суммы, квитанции и заключение, вычисленное заново.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.zip", help="the evidence pack")
    parser.add_argument(
        "--public-key", type=Path, required=True, metavar="FILE", help="keys of the measurement servers, not the pack's"
    )
    parser.add_argument("--expect", metavar="SHA256", help="the fingerprint on the signed act, or the link in a mail")
    parser.add_argument("--lang", choices=LANGUAGES, default=_language(os.environ), help="ru or en")
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    return parser


def _language(environ: Mapping[str, str]) -> str:
    """Russian, unless the locale says English in so many words."""
    named = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "en" if named.lower().startswith("en") else "ru"


if __name__ == "__main__":
    sys.exit(main())

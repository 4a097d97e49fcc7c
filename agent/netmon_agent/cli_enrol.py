"""The subcommand `enrol`: the printed code becomes this device's identity."""

import argparse
from pathlib import Path

from netmon.clock import SystemClock
from netmon.errors import ConfigError
from netmon_agent.address import Address, CollectorUrl, PlainHttpError
from netmon_agent.boot_clock import BootClock
from netmon_agent.enrol import EnrolmentSheet, enrol, parse_fingerprint


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = commands.add_parser("enrol", help="enrol this device with the code on the printed sheet")
    parser.add_argument("--collector", required=True, metavar="URL")
    parser.add_argument("--code", required=True)
    parser.add_argument("--ca-sha256", metavar="HEX", help="fingerprint of the collector's own CA, from the sheet")
    parser.add_argument("--state", required=True, type=Path, metavar="DIR", help="where the identity is kept")
    parser.add_argument("--proxy", metavar="http://HOST:PORT", help="HTTP proxy on the way to the collector")
    parser.add_argument("--allow-plain-http", action="store_true", help="accept a collector without TLS")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 0 enrolled, 2 unusable arguments, 3 refused or not reached."""
    identity = enrol(_sheet(options), BootClock(SystemClock()))
    print(f"enrolled as {identity.agent} for the line {identity.line}")  # noqa: T201
    return 0


def _sheet(options: argparse.Namespace) -> EnrolmentSheet:
    try:
        collector = CollectorUrl.parse(options.collector, allow_plain_http=options.allow_plain_http)
    except PlainHttpError as error:
        raise ConfigError(f"--collector: {error}; write https://, or add --allow-plain-http") from error
    except ValueError as error:
        raise ConfigError(f"--collector: '{options.collector}' is {error}") from error
    fingerprint = None
    if options.ca_sha256 is not None:
        if not collector.tls:
            raise ConfigError("--ca-sha256: a collector without TLS shows no CA; leave it out, or write https://")
        try:
            fingerprint = parse_fingerprint(options.ca_sha256)
        except ValueError as error:
            raise ConfigError(f"--ca-sha256: '{options.ca_sha256}' is {error}") from error
    return EnrolmentSheet(
        collector=collector,
        code=options.code,
        ca_sha256=fingerprint,
        state_dir=options.state,
        proxy=_proxy(options.proxy),
    )


def _proxy(text: str | None) -> Address | None:
    if text is None:
        return None
    try:
        return Address.parse(text.removeprefix("http://").rstrip("/"))
    except ValueError as error:
        raise ConfigError(f"--proxy: '{text}' is {error}; write http://HOST:PORT") from error

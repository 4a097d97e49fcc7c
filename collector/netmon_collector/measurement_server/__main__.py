"""The command netmon-server."""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from netmon import __version__
from netmon.clock import SystemClock
from netmon.config.arguments import OneLineParser
from netmon.config.keyfile import read_key_file, write_key_file
from netmon.domain.identifiers import ServerId
from netmon.errors import ConfigError, NetmonError
from netmon.transfer.options import bbr_available
from netmon_collector.measurement_server.keys import SigningKey
from netmon_collector.measurement_server.server import MeasurementServer
from netmon_collector.measurement_server.settings import (
    DEFAULT_BUDGET_MBPS,
    Settings,
    parse_listen,
    read_settings,
)

_DRAIN_S = 130.0  # longer than the longest session that a ticket can open


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 done, 2 unusable arguments or config, 3 something outside failed."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ConfigError as error:
        print(f"netmon-server: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except (NetmonError, OSError) as error:
        print(f"netmon-server: {error}", file=sys.stderr)  # noqa: T201
        return 3


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="netmon-server", description="Measurement server of netmon.")
    parser.add_argument("--version", action="version", version=f"netmon-server {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve measurements")
    source = serve.add_mutually_exclusive_group(required=True)
    source.add_argument("--config", type=Path, metavar="FILE", help="YAML configuration")
    source.add_argument("--listen", metavar="HOST:PORT", help="serve without a configuration file")
    serve.add_argument("--key-file", type=Path, metavar="FILE", help="ticket key: 64 hex digits (with --listen)")
    serve.add_argument("--signing-key-file", type=Path, metavar="FILE", help="Ed25519 key: 64 hex digits")
    serve.add_argument("--budget-mbps", type=int, metavar="N", help=f"default {DEFAULT_BUDGET_MBPS}")
    serve.add_argument("--state", type=Path, metavar="DIR", help="where used tickets are remembered")
    serve.add_argument("--metrics", metavar="HOST:PORT", help="serve /metrics and /healthz there")
    serve.add_argument("--server-id", default="local", metavar="ID", help="name in tickets (with --listen)")
    serve.set_defaults(run=_serve)
    keygen = commands.add_parser("keygen", help="make keys; prints the public signing key")
    keygen.add_argument("--signing-key-file", type=Path, required=True, metavar="FILE")
    keygen.add_argument("--ticket-key-file", type=Path, metavar="FILE")
    keygen.set_defaults(run=_keygen)
    public = commands.add_parser("public-key", help="print the public half of a signing key")
    public.add_argument("--signing-key-file", type=Path, required=True, metavar="FILE")
    public.set_defaults(run=_public_key)
    return parser


def _keygen(options: argparse.Namespace) -> int:
    key = SigningKey.generate()
    write_key_file(options.signing_key_file, key.seed)
    if options.ticket_key_file:
        write_key_file(options.ticket_key_file, SigningKey.generate().seed)
    print(key.public_hex)  # noqa: T201
    return 0


def _public_key(options: argparse.Namespace) -> int:
    print(SigningKey.from_seed(read_key_file(options.signing_key_file)).public_hex)  # noqa: T201
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    extra = ("key_file", "signing_key_file", "budget_mbps", "state", "metrics")
    if options.config:
        given = [f"--{name.replace('_', '-')}" for name in extra if getattr(options, name) is not None]
        if given:
            raise ConfigError(f"{given[0]} goes with --listen; write it into {options.config}")
        return read_settings(options.config)
    if options.key_file is None:
        raise ConfigError("--listen needs --key-file; make one with netmon-server keygen")
    if options.budget_mbps is not None and options.budget_mbps <= 0:
        raise ConfigError("--budget-mbps is not positive; write a number of megabits per second")
    host, port = _address("--listen", options.listen)
    return Settings(
        server=ServerId(options.server_id),
        host=host,
        port=port,
        keys={"default": read_key_file(options.key_file)},
        signing_key=read_key_file(options.signing_key_file) if options.signing_key_file else None,
        budget_bps=(options.budget_mbps or DEFAULT_BUDGET_MBPS) * 1_000_000,
        state=options.state,
        metrics=_address("--metrics", options.metrics) if options.metrics else None,
    )


def _address(option: str, text: str) -> tuple[str, int]:
    try:
        return parse_listen(text)
    except ValueError as error:
        raise ConfigError(f"{option}: '{text}' is {error}; write it like 0.0.0.0:8377") from error


def _serve(options: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    log = logging.getLogger("netmon.server")
    settings = _settings(options)
    signer = SigningKey.from_seed(settings.signing_key) if settings.signing_key else SigningKey.generate()
    if settings.signing_key is None:
        log.warning("no signing key: receipts carry a key of this process only, which no collector knows")
    if not bbr_available():
        log.warning("BBR is not available: lossy lines will stay undecided; load the module tcp_bbr")
    server = MeasurementServer(settings, signer=signer, clock=SystemClock())
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    threading.Thread(target=server.serve, daemon=True).start()
    host, port = server.address
    log.info("%s listens on %s port %d, public key %s", settings.server, host, port, signer.public_hex)
    stopping.wait()
    log.info("draining")
    return 0 if server.stop(within_s=_DRAIN_S) else 3


if __name__ == "__main__":
    sys.exit(main())

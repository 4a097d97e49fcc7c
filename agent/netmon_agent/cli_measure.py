"""The subcommand `measure`: one measurement by hand, for people and for the lab."""

import argparse
import json
import secrets
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from netmon.clock import Clock, SystemClock
from netmon.config.host_port import parse_host_port
from netmon.config.keyfile import read_key_file
from netmon.domain.identifiers import LineId, TicketId
from netmon.domain.kinds import Direction, Mode, Reason, ResultKind
from netmon.errors import ConfigError
from netmon.wire.session import Greeting
from netmon.wire.ticket import Ticket, sign_ticket
from netmon_agent.line.host import processor_seconds
from netmon_agent.line.interface import InterfaceGoneError
from netmon_agent.methods.base import MeasurementError, MethodResult, Patience, SessionRequest
from netmon_agent.methods.session import greeting_of
from netmon_agent.methods.table import METHODS

DEFAULT_TOLERANCE_PERCENT = 5.0
_SESSION_S = {Mode.DECISION: 12.0, Mode.ESTIMATE: 15.0, Mode.SUSTAINED: 60.0}
_TICKET_LIFE = timedelta(minutes=5)
# The budget that one decision may use: its pace and what UDP adds to it, once more for the unpaced repeat.
_DECISION_RATE = 2.0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = commands.add_parser("measure", help="measure a line once")
    parser.add_argument("--server", required=True, type=_server, metavar="HOST:PORT")
    parser.add_argument("--ticket-key-file", type=Path, metavar="FILE", help="sign a ticket with this key (lab use)")
    parser.add_argument("--threshold-mbps", type=_positive, metavar="N", help="decide; without it, estimate")
    parser.add_argument("--tolerance", type=_percent, default=DEFAULT_TOLERANCE_PERCENT, metavar="PCT")
    parser.add_argument("--direction", choices=("down", "up", "both"), default="both")
    parser.add_argument("--method", choices=sorted({*METHODS, "sustained"}), default="native")
    parser.add_argument("--interface", metavar="DEV", help="the interface towards the provider")
    parser.add_argument("--no-udp", action="store_true", help="decide by TCP alone")
    parser.add_argument("--congestion-control", default="bbr", metavar="NAME", help="of uploads, to compare")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def _server(text: str) -> tuple[str, int]:
    try:
        return parse_host_port(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is {error}") from error


def _number(text: str, wanted: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not {wanted}") from error


def _positive(text: str) -> float:
    value = _number(text, "a rate in Mb/s")
    if not 0 < value <= 100_000:
        raise argparse.ArgumentTypeError(f"'{text}' is not a rate in Mb/s")
    return value


def _percent(text: str) -> float:
    value = _number(text, "a percentage")
    if not 0 <= value < 100:
        raise argparse.ArgumentTypeError(f"'{text}' is not a percentage from 0 to below 100")
    return value


def run(options: argparse.Namespace) -> int:
    """Exit code 0 measured, 2 unusable arguments, 3 nothing measured."""
    clock = SystemClock()
    key = read_key_file(options.ticket_key_file) if options.ticket_key_file else None
    if key is None and options.method in ("native", "sustained"):
        raise ConfigError(f"the method {options.method} needs a ticket; give --ticket-key-file FILE")
    before = processor_seconds()
    directions = list(Direction) if options.direction == "both" else [Direction(options.direction)]
    results = [_measure(options, direction, key, clock) for direction in directions]
    cpu_s = processor_seconds() - before
    _print(options, results, cpu_s)
    failed = [result for result in results if result.kind is ResultKind.NONE]
    if failed:
        reasons = ", ".join(f"{result.direction}: {result.message or result.reason}" for result in failed)
        print(f"netmon-agent: nothing measured: {reasons}", file=sys.stderr)  # noqa: T201
    return 3 if failed else 0


def _measure(options: argparse.Namespace, direction: Direction, key: bytes | None, clock: Clock) -> MethodResult:
    host, port = options.server
    threshold = round(options.threshold_mbps * 1e6) if options.threshold_mbps else None
    sustained = options.method == "sustained"
    mode = Mode.SUSTAINED if sustained else Mode.DECISION if threshold else Mode.ESTIMATE
    request = SessionRequest(
        host=host,
        port=port,
        direction=direction,
        mode=mode,
        clock=clock,
        threshold_bps=threshold,
        limit_bps=round(threshold * (1 - options.tolerance / 100)) if threshold else None,
        interface=options.interface,
        udp=not options.no_udp,
        congestion_control=options.congestion_control,
    )
    if key is not None:
        try:
            greeting = greeting_of(
                host, port, patience=Patience(), monotonic=clock.monotonic, interface=options.interface
            )
        except InterfaceGoneError as error:
            return request.failed(options.method, MeasurementError(Reason.INTERFACE_GONE, str(error)))
        except MeasurementError as error:
            return request.failed(options.method, error)
        request = request.with_ticket(own_ticket(greeting, key, direction, mode, threshold))
    return METHODS["native" if sustained else options.method](request)


def own_ticket(greeting: Greeting, key: bytes, direction: Direction, mode: Mode, threshold_bps: int | None) -> str:
    """A ticket for one session, signed here, valid by the server's clock."""
    rate = greeting.budget_bps
    if mode is Mode.DECISION and threshold_bps:
        rate = min(rate, round(threshold_bps * _DECISION_RATE))
    key_id = greeting.keys[0] if greeting.keys else "default"
    ticket = Ticket(
        key_id=key_id,
        id=TicketId(secrets.token_hex(16)),
        line=LineId("by-hand"),
        server=greeting.server,
        direction=direction,
        mode=mode,
        not_before=greeting.time,
        not_after=greeting.time + _TICKET_LIFE,
        max_bytes=round(rate * _SESSION_S[mode] / 8),
        rate_bps=rate,
        duration_s=_SESSION_S[mode],
    )
    return sign_ticket(ticket, {key_id: key})


def _print(options: argparse.Namespace, results: list[MethodResult], cpu_s: float) -> None:
    if options.json:
        document: dict[str, object] = {result.direction.value: result.document() for result in results}
        host, port = options.server
        document |= {"cpu_s": round(cpu_s, 4), "server": f"{host}:{port}"}
        document |= {"method": options.method, "interface": options.interface}
        print(json.dumps(document, ensure_ascii=False, sort_keys=True))  # noqa: T201
        return
    for result in results:
        print(_sentence(result))  # noqa: T201


def _sentence(result: MethodResult) -> str:
    words: Mapping[ResultKind, str] = {ResultKind.RATE: "", ResultKind.LOWER_BOUND: "at least ", ResultKind.NONE: ""}
    parts = [f"{result.direction}:"]
    if result.rate_bps is None:
        parts.append("no figure")
    else:
        parts.append(f"{words[result.kind]}{result.rate_bps / 1e6:.2f} Mb/s at the IP layer")
    if result.censored_at_bps is not None:
        parts.append(f"(could not see above {result.censored_at_bps / 1e6:.1f})")
    if result.decision is not None and result.limit_bps is not None:
        parts.append(f"{result.decision.value.replace('_', ' ')} the limit of {result.limit_bps / 1e6:.2f} Mb/s")
    if result.reason is not None:
        parts.append(f"[{result.reason.value}]")
    return " ".join([*parts, f"- {result.bytes / 1e6:.1f} MB in {result.duration_s:.1f} s"])

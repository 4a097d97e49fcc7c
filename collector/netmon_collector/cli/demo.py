"""The command demo: a district on this machine, measured and judged for real."""

import fcntl
import json
import os
import secrets
import signal
import socket
import sys
import threading
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon.errors import ConfigError
from netmon_collector.cli.options import Json, Lang, terminal_language
from netmon_collector.demo.kernel_lines import NAMESPACE, why_unavailable
from netmon_collector.demo.outcome import disagreements, document
from netmon_collector.demo.progress import Progress
from netmon_collector.demo.run import Demo, Finished
from netmon_collector.demo.simulation.files import prepare_simulation
from netmon_collector.demo.simulation.run import simulate as simulate_weeks
from netmon_collector.demo.stage import Stage
from netmon_collector.demo.table import print_table
from netmon_collector.errors import DemoError
from netmon_collector.settings import demo_config
from netmon_collector.wording import Language

_USUAL_PORT = 8080
_LOWEST_FREE_FD = 10  # below are the descriptors that shells and units use
_MOST_SEED = 1_000_000


def add_commands(program: typer.Typer) -> None:
    program.command()(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the table; exit 1 if anything disagrees.")] = False,
    as_json: Json = False,
    seed: Annotated[int | None, typer.Option("--seed", help="Draws the lines; without it each run differs.")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="The page's port on 127.0.0.1.")] = None,
    lang: Lang = None,
    relay: Annotated[bool, typer.Option("--relay", help="Emulate the lines even where the kernel could.")] = False,
    simulate: Annotated[
        int | None,
        typer.Option("--simulate", metavar="WEEKS", min=1, max=60, help="Measure nothing: make up a history instead."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Last day of the made-up history; else now.")
    ] = None,
    page_fd: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Measure and judge a made-up district on this machine: every byte, record and verdict is real."""
    drawn = secrets.randbelow(_MOST_SEED) if seed is None else seed
    language = lang or terminal_language()
    if simulate is not None:
        _simulate(simulate, until, seed=0 if seed is None else seed, port=port, once=once, language=language)
        return
    kernel = page_fd is not None
    if page_fd is not None:
        page = socket.socket(fileno=page_fd)
    else:
        page = _page_socket(port)
        reason = "asked for" if relay else why_unavailable()
        kernel = reason is None
        if kernel:
            _enter_namespace(page, drawn, language)
        _say(f"lines are emulated by a relay, not shaped by the kernel: {reason}")
    _say(f"seed {drawn}; the page will be at http://127.0.0.1:{page.getsockname()[1]}/")
    stage = Stage(demo_config().parent)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as process 1 of a namespace nothing is default
    progress = Progress(typer.get_text_stream("stderr"), language)
    clock = SystemClock()
    run = Demo(stage, seed=drawn, page=page, kernel=kernel, language=language.value, clock=clock, progress=progress)
    with _only_one(), closing(stage):
        try:
            run.set_up()
            finished = run.measure()
            agrees = _show(finished, run, as_json=as_json, language=language)
            if not once:
                _say(f"the page stays at {run.page_url} until Ctrl-C")
                threading.Event().wait()
        except KeyboardInterrupt:
            raise typer.Exit(0) from None
    raise typer.Exit(0 if agrees else 1)


def _simulate(weeks: int, until: str | None, *, seed: int, port: int | None, once: bool, language: Language) -> None:
    """A made-up history, marked as emulated in every record; then its pages until Ctrl-C."""
    with _page_socket(port) as page:
        address = f"127.0.0.1:{page.getsockname()[1]}"
    stage, clock = Stage(demo_config().parent), SystemClock()
    with _only_one():
        end = _end_of_history(until, clock.now())
        url = f"http://{address}/"
        key = prepare_simulation(stage, until=end.date(), page=url, listen=address, language=language.value)
        progress = Progress(typer.get_text_stream("stderr"), language)
        simulate_weeks(stage.config, key, weeks=weeks, until=end, seed=seed, on_day=progress.simulated)
        _say(f"{stage.config} has {weeks} weeks of made-up history; other commands answer about it")
        if not once:
            from netmon_collector.serving import serve  # noqa: PLC0415 - most of what there is to load

            _say(f"the page is at {url} until Ctrl-C")
            serve(stage.config, clock)


def _end_of_history(until: str | None, now: datetime) -> datetime:
    if until is None:
        return now
    try:
        day = date.fromisoformat(until)
    except ValueError as error:
        raise ConfigError(f"--until: '{until}' is no day; write YYYY-MM-DD") from error
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
    if end > now:
        raise ConfigError(f"--until: {until} is not over yet; history ends in the past")
    return end


def _show(finished: Finished, run: Demo, *, as_json: bool, language: Language) -> bool:
    if as_json:
        found = document(
            finished.lines,
            finished.indicator,
            policy=finished.policy_id,
            shaping=run.shaping,
            registry=finished.registry,
        )
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print_table(finished, shaping=run.shaping, page=run.page_url, language=language)
    wrong = disagreements(finished.lines)
    for sentence in wrong:
        _say(sentence)
    return not wrong


def _say(text: str) -> None:
    typer.echo(f"demo: {text}", err=True)


def _page_socket(port: int | None) -> socket.socket:
    """The page's socket, made before the namespace is entered: so people reach it from outside."""
    wanted = _USUAL_PORT if port is None else port
    try:
        return socket.create_server(("127.0.0.1", wanted), backlog=64)
    except OSError as error:
        if port is not None:
            raise DemoError(f"port {port} cannot be used ({error.strerror}); choose another with --port") from error
        return socket.create_server(("127.0.0.1", 0), backlog=64)


def _enter_namespace(page: socket.socket, seed: int, language: Language) -> None:
    """Become the same command inside a namespace of our own; the page's socket comes along."""
    handed = fcntl.fcntl(page.fileno(), fcntl.F_DUPFD, _LOWEST_FREE_FD)
    os.set_inheritable(handed, True)
    given = sys.argv[1:]
    command = [*NAMESPACE, sys.executable, "-m", "netmon_collector", *given]
    command += ["--page-fd", str(handed), "--seed", str(seed), "--lang", language.value]
    os.execvp(command[0], command)  # noqa: S606 - the same command, in its namespace


class _only_one:  # noqa: N801 - reads as a statement
    """One demo at a time: they share a folder."""

    def __enter__(self) -> None:
        folder = demo_config().parent.parent
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / "demo.lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise DemoError("another demo is running; end it first") from error

    def __exit__(self, *_: object) -> None:
        self._file.close()

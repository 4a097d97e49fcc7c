"""The command evidence: the pack that proves the verdict of a line, and checking one."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from netmon.clock import SystemClock
from netmon.domain.identifiers import LineId
from netmon.errors import ConfigError
from netmon_collector.app import open_services
from netmon_collector.cli.options import Config, Lang, named_period, save_file, terminal_language
from netmon_collector.errors import PackError
from netmon_collector.report.evidence.documents import pack_documents
from netmon_collector.report.evidence.gather import gather
from netmon_collector.report.evidence.pack import make_pack, pack_name
from netmon_collector.services import Services
from netmon_collector.settings import find_config
from netmon_collector.verifier.command import check_pack
from netmon_collector.verifier.keys import PublicKeys
from netmon_collector.verifier.phrases import speaker
from netmon_collector.verifier.verification import answer_lines, verify
from netmon_collector.wording import Language


def add_commands(program: typer.Typer) -> None:
    program.command()(evidence)


def evidence(
    line: Annotated[str | None, typer.Option("--line", metavar="LINE_ID")] = None,
    period: Annotated[str | None, typer.Option("--period", metavar="2026-W47|2026-11|2026-11-23")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where the pack goes.")] = None,
    revision: Annotated[
        int | None, typer.Option("--revision", metavar="N", help="Of a closed period; else the newest.", min=1)
    ] = None,
    file: Annotated[Path | None, typer.Option("--verify", metavar="FILE.zip", help="Check a pack instead.")] = None,
    public_key: Annotated[
        Path | None, typer.Option("--public-key", metavar="FILE", help="Keys of the measurement servers.")
    ] = None,
    expect: Annotated[
        str | None, typer.Option("--expect", metavar="SHA256", help="The fingerprint on an act or the link in a mail.")
    ] = None,
    lang: Lang = None,
    config: Config = None,
) -> None:
    """Put everything that the verdict of a line stands on into one file, or check such a file; 1: it disagrees."""
    if file is not None:
        if line is not None or period is not None or out is not None or revision is not None:
            raise ConfigError("--verify stands without --line, --period, --revision and --out; leave them out")
        if public_key is None:
            raise ConfigError("--verify needs --public-key FILE: a key that the pack brings proves nothing")
        language = lang or terminal_language()
        agrees = check_pack(file, public_key, language=language.value, expected=expect, write=typer.echo)
        raise typer.Exit(0 if agrees else 1)
    if line is None or period is None or out is None:
        raise ConfigError("name --line, --period and --out, or a pack to --verify")
    if public_key is not None or expect is not None:
        raise ConfigError("--public-key and --expect are for --verify; leave them out")
    clock = SystemClock()
    with open_services(find_config(config), clock) as services:
        language = lang or Language(services.settings.language)
        written = _write(services, LineId(line), period, out, revision, language, now=clock.now())
    typer.echo(written)


def _write(
    services: Services,
    line: LineId,
    period: str,
    out: Path,
    revision: int | None,
    language: Language,
    *,
    now: datetime,
) -> Path:
    inputs = services.gather_inputs(now=now, language=language.value)
    contents = gather(inputs, line, named_period(period), revision=revision)
    keys = {server.id: server.public_key.hex() for server in services.settings.servers.values()}
    documents = pack_documents(services.settings.templates, _warn)
    data = make_pack(contents, verifiers=services.verifiers, public_keys=keys, documents=documents)
    path = out / pack_name(contents)
    save_file(path, data)
    _check(data, PublicKeys({server: (key,) for server, key in keys.items()}), path, language)
    return path


def _check(data: bytes, keys: PublicKeys, path: Path, language: Language) -> None:
    """What the other party will find is found here first. Raises PackError."""
    say = speaker(language.value)
    found = verify(data, keys=keys, say=say)
    if not found.agrees:
        for row in answer_lines(path.name, found, say):
            typer.echo(row, err=True)
        raise PackError(f"{path}: does not prove its verdict by what is in force now; see the lines above")


def _warn(problem: str) -> None:
    typer.echo(f"{problem}; netmon's own template was taken", err=True)

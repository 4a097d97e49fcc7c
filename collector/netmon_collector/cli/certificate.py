"""Commands about the collector's own certificates: certificate init, certificate renew."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from netmon.clock import SystemClock
from netmon.errors import ConfigError
from netmon_collector import certificates
from netmon_collector.certificates import Issued
from netmon_collector.cli.options import Config
from netmon_collector.settings import Settings, find_config, read_settings

_FOLDER = "tls"
Hosts = Annotated[
    list[str] | None,
    typer.Option("--host", metavar="NAME", help="A name or address that devices reach it by; may be repeated."),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Else 'tls' beside collector.yaml.")]


def add_commands(program: typer.Typer) -> None:
    group = typer.Typer(help="The collector's own CA and certificate.", rich_markup_mode=None)
    group.command("init")(init)
    group.command("renew")(renew)
    program.add_typer(group, name="certificate")


def init(host: Hosts = None, out: Out = None, config: Config = None) -> None:
    """Make a CA of our own and a certificate for the collector, where the district has neither."""
    hosts = host or _hosts_of(read_settings(find_config(config)))
    issued = certificates.init(_folder(out, config), hosts, at=SystemClock().now())
    _tell(issued)
    typer.echo("in collector.yaml:\ntls:")
    for key, path in (("certificate", issued.files.certificate), ("key", issued.files.key), ("ca", issued.files.ca)):
        typer.echo(f"  {key}: {path.resolve()}")
    typer.echo(f"keep {issued.files.ca_key} where only you can read it: it is needed once a year, by 'renew'", err=True)


def renew(host: Hosts = None, out: Out = None, config: Config = None) -> None:
    """Make a new certificate of the same CA; a running collector takes it within a minute, devices notice nothing."""
    _tell(certificates.renew(_folder(out, config), host, at=SystemClock().now()))


def _folder(out: Path | None, config: Path | None) -> Path:
    if out is not None:
        return out
    path = find_config(config)
    tls = read_settings(path).tls
    return path.parent / _FOLDER if tls is None else tls.certificate.parent


def _hosts_of(settings: Settings) -> list[str]:
    """The host of the pages' address, which is the one that people know."""
    name = None if settings.public_url is None else urlsplit(settings.public_url).hostname
    if name is None:
        raise ConfigError("collector.yaml names no public_url; say --host NAME, as devices reach the collector")
    return [name]


def _tell(issued: Issued) -> None:
    typer.echo(f"certificate for {', '.join(issued.hosts)}, valid until {issued.valid_until:%Y-%m-%d}")
    typer.echo(f"SHA-256 of the CA: {issued.ca_sha256}")

"""Evidence packs of a simulated district, and ways to tamper with one."""

from collections.abc import Mapping
from pathlib import Path

from netmon.domain.identifiers import LineId
from netmon.domain.period import Period
from netmon_collector.report.evidence.gather import gather
from netmon_collector.report.evidence.pack import make_pack
from netmon_collector.services import Services
from netmon_collector.verifier import members as names
from netmon_collector.verifier.archive import read_archive, write_archive
from netmon_collector.verifier.contents import Contents
from netmon_collector.verifier.keys import PublicKeys
from netmon_collector.verifier.recompute import Recomputed


def placeholders(contents: Contents, found: Recomputed, fingerprint: str) -> Mapping[str, bytes]:
    """Documents that say nothing, for tests of everything else."""
    return {name: f"{name} {fingerprint}".encode() for name in names.DOCUMENTS}


def keys_of(services: Services) -> PublicKeys:
    return PublicKeys({one.id: (one.public_key.hex(),) for one in services.settings.servers.values()})


def a_pack(services: Services, line: str, period: str, *, revision: int | None = None) -> bytes:
    """A pack as the command makes it, with placeholders for its documents."""
    inputs = services.gather_inputs(now=services.clock.now(), language="ru")
    contents = gather(inputs, LineId(line), Period.parse(period), revision=revision)
    public = {one.id: one.public_key.hex() for one in services.settings.servers.values()}
    return make_pack(contents, verifiers=services.verifiers, public_keys=public, documents=placeholders)


def tampered(pack: bytes, member: str, before: bytes, after: bytes, *, manifest: bool = True) -> bytes:
    """The pack with the first occurrence of something in a member replaced, and a manifest that hides it."""
    members = dict(read_archive(pack))
    assert before in members[member], f"{before!r} is not in {member}"
    members[member] = members[member].replace(before, after, 1)
    if manifest:
        members[names.MANIFEST] = names.manifest_of(members)
    return write_archive(members)


def written(pack: bytes, keys: PublicKeys, folder: Path) -> tuple[Path, Path]:
    """The pack and the public keys as files."""
    file, key = folder / "pack.zip", folder / "server.pub"
    file.write_bytes(pack)
    lines = [f"{server} {key}" for server, known in keys.by_server.items() for key in known]
    key.write_text("\n".join(lines) + "\n", encoding="ascii")
    return file, key

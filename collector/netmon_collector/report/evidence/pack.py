"""Writing a pack: the data, the tables made of them, the documents, the manifest, one archive."""

import json
from collections.abc import Callable, Mapping

from netmon.domain.identifiers import ServerId
from netmon.domain.period import Period
from netmon_collector.errors import PackError
from netmon_collector.report.evidence.workbook import tables_workbook
from netmon_collector.use_cases.receipts import Verifiers
from netmon_collector.verifier import members as names
from netmon_collector.verifier.archive import MOST_BYTES, write_archive
from netmon_collector.verifier.contents import Contents, data_members
from netmon_collector.verifier.recompute import Recomputed, recompute
from netmon_collector.verifier.tables import tables_of

# The documents of a pack by their member names, made of what it encloses and of the fingerprint of its data.
Documents = Callable[[Contents, Recomputed, str], Mapping[str, bytes]]


def make_pack(
    contents: Contents, *, verifiers: Verifiers, public_keys: Mapping[ServerId, str], documents: Documents
) -> bytes:
    """The archive; the same contents, keys and documents are the same bytes.

    Raises PackError when it would be larger than a reader takes.
    """
    found = recompute(contents, verifiers)
    members = data_members(contents)
    members |= documents(contents, found, names.fingerprint(members))
    tables = tables_of(contents, found)
    members |= {names.table_member(name): table.csv() for name, table in tables.items()}
    members[names.WORKBOOK] = tables_workbook(tables, contents.about.language)
    members[names.KEYS] = (json.dumps(dict(public_keys), sort_keys=True, indent=1) + "\n").encode()
    members[names.MANIFEST] = names.manifest_of(members)
    archive = write_archive(members)
    if len(archive) > MOST_BYTES:
        raise PackError(f"would be longer than {MOST_BYTES // 1024**2} MiB; take a shorter period")
    return archive


def pack_name(contents: Contents) -> str:
    """What the file of a pack is called."""
    return pack_file_name(contents.about.line, contents.period, contents.about.revision)


def pack_file_name(line: str, period: Period, revision: int) -> str:
    """The line, the period, the revision of a closed one."""
    return f"evidence-{line}-{period.name}{f'-r{revision}' if revision else ''}.zip"

"""One canonical JSON for a value of the domain: what a version of a registry or a policy is known by."""

from netmon.wire.canonical import canonical_json, content_hash
from netmon.wire.plain import plain
from netmon_collector.ports import Document


def canonical_document(kind: str, value: object) -> Document:
    """The value as a document: equal values give equal hashes, whatever file they were read from."""
    content = plain(value)
    return Document(kind=kind, hash=content_hash(content), content=canonical_json(content).decode())

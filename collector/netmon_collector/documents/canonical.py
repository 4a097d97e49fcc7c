"""One canonical JSON for a value of the domain: what a version of a registry or a policy is known by."""

import json
from typing import Any

from netmon.errors import WireError
from netmon.wire.canonical import canonical_json, content_hash
from netmon.wire.plain import plain, restored
from netmon_collector.errors import SchemaError
from netmon_collector.ports import Document


def canonical_document(kind: str, value: object) -> Document:
    """The value as a document: equal values give equal hashes, whatever file they were read from."""
    content = plain(value)
    return Document(kind=kind, hash=content_hash(content), content=canonical_json(content).decode())


def value_of(document: Document, kind: Any) -> Any:
    """The value that a document was made of. Raises SchemaError when a netmon wrote it that had other fields."""
    try:
        return restored(kind, json.loads(document.content))
    except WireError as error:
        raise SchemaError(
            f"the {document.kind} in force was written by another netmon; run netmon-collector migrate"
        ) from error

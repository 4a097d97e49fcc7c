"""The members of an evidence pack: which files it has, and the manifest that names the SHA-256 of each."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

ABOUT = "data/about.json"
REGISTRY = "data/registry.json"
POLICY = "data/policy.json"
CALENDAR = "data/calendar.json"
BINDINGS = "data/bindings.jsonl"
SLOTS = "data/slots.jsonl"
RECORDS = "data/records.jsonl"
IMPORTED = "data/imported.jsonl"
PROBES = "data/probes.jsonl"
DELIVERIES = "data/deliveries.jsonl"
VERDICT = "data/verdict.json"
CLOSING = "data/closing.json"
KEYS = "server-keys.json"
WORKBOOK = "tables/tables.xlsx"
MANIFEST = "SHA256SUMS"

_DATA = "data/"
DATA = (ABOUT, REGISTRY, POLICY, CALENDAR, BINDINGS, SLOTS, RECORDS, IMPORTED, PROBES, DELIVERIES, VERDICT, CLOSING)
TABLES = ("slots", "measurements", "outages", "probes")
DOCUMENTS = ("act.pdf", "act.docx", "charts/rates.png", "charts/hours.png", "README.ru.txt", "README.en.txt")


def table_member(table: str) -> str:
    return f"tables/{table}.csv"


# Every pack has all of them and nothing else.
ALL = tuple(sorted((*DATA, *map(table_member, TABLES), WORKBOOK, KEYS, *DOCUMENTS, MANIFEST)))


def manifest_of(members: Mapping[str, bytes]) -> bytes:
    """A line for each member in the form of sha256sum, which checks it too: ``sha256sum -c SHA256SUMS``."""
    return _sums(members, (name for name in members if name != MANIFEST)).encode()


def fingerprint(members: Mapping[str, bytes]) -> str:
    """One SHA-256 for everything that the verdict is recomputed from: ``grep ' data/' SHA256SUMS | sha256sum``."""
    return sha256(_sums(members, (name for name in members if name.startswith(_DATA))).encode()).hexdigest()


def _sums(members: Mapping[str, bytes], names: Iterable[str]) -> str:
    return "".join(f"{sha256(members[name]).hexdigest()}  {name}\n" for name in sorted(names))

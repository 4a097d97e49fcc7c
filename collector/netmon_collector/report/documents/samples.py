"""Fields as no summary has them, to try a template with: full ones and empty ones."""

from collections.abc import Mapping

from netmon_collector.report.documents.templates import Kind

_TEXT = "…"
_COMMON = ("territory", "period", "made_on", "policy", "provenance", "hashes")
_LINE = (
    *("number", "id", "users", "place", "provider", "contract", "contract_rate", "threshold", "measured", "share"),
    *("since", "reason", "details", "pack"),
)
_ACTIVITY = ("number", "title", "due", "role")
_ROW = ("name", "value")

# The texts of each kind of document, and its lists with the fields of their items; an item without fields is a text.
TEXTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.NOTE: (
        *_COMMON,
        *("indicator_title", "coverage", "nearest", "failing_count", "newly_failing", "recovered", "silent"),
    ),
    Kind.SCHOOLS: (*_COMMON, "addressee", "salutation", "deadline"),
    Kind.PROVIDER: (*_COMMON, "provider", "deadline"),
    Kind.ACT: (
        *("territory", "line", "period", "first_day", "last_day", "outcome", "reason", "details", "provenance"),
        *("pack", "fingerprint", "link"),
    ),
}
LISTS: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.NOTE: {
        "notices": (),
        "outcomes": ("word", "number"),
        "failing": _LINE,
        "incidents": ("provider", "number", "lines", "longest"),
        "overdue": _ACTIVITY,
        "due": _ACTIVITY,
        "proposals": (),
    },
    Kind.SCHOOLS: {"notices": (), "organisations": ("name", "outcome", "reason"), "requests": ()},
    Kind.PROVIDER: {"notices": (), "lines": _LINE},
    Kind.ACT: {"notices": (), "subject": _ROW, "method": (), "results": _ROW, "exclusions": _ROW},
}


def sample(kind: Kind, *, empty: bool) -> dict[str, object]:
    """Every field with something in it, or as empty as it can be: so that both sides of an `if` are seen."""
    found: dict[str, object] = dict.fromkeys(TEXTS[kind], "" if empty else _TEXT)
    for name, fields in LISTS[kind].items():
        item: object = dict.fromkeys(fields, _TEXT) if fields else _TEXT
        found[name] = () if empty else (item,)
    return found

"""What the audit log says when files come into force: of each file, of each exemption, of each entered value."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from netmon.domain.audit import AuditKind, Change
from netmon.domain.registry import Exemption
from netmon.wire.canonical import content_hash
from netmon.wire.plain import plain
from netmon_collector.ports import Document

_OPERATOR = "operator"
_KINDS = {one.value for one in AuditKind}
Row = Mapping[str, object]


def file_changes(
    changed: Collection[Document], before: Mapping[str, str], *, at: datetime, actor: str | None
) -> Iterator[Change]:
    """The files; `before` are the hashes in force by kind, `actor` who did it where somebody signed in."""
    for one in changed:
        if one.kind in _KINDS:
            yield Change(
                at=at,
                actor=actor or _OPERATOR,
                kind=AuditKind(one.kind),
                subject=one.kind,
                before=before.get(one.kind),
                after=one.hash,
            )


def exemption_changes(before: Collection[Exemption], after: Collection[Exemption], *, at: datetime) -> Iterator[Change]:
    """The exemptions that were added, changed or taken back, by the role that approved them."""
    old, new = ({_key(one): one for one in group} for group in (before, after))
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        shown = old[key] if now is None else now
        yield Change(
            at=at,
            actor=shown.approver_role.ru,
            kind=AuditKind.EXEMPTION,
            subject=shown.organisation,
            before=None if was is None else content_hash(plain(was)),
            after=None if now is None else content_hash(plain(now)),
            document=shown.document,
        )


def _key(one: Exemption) -> tuple[str, str, str]:
    return one.organisation, one.document, "" if one.during.start is None else one.during.start.isoformat()


def entered_changes(before: Collection[Row], after: Collection[Row], *, at: datetime) -> Iterator[Change]:
    """The entered values that were added, changed or taken back, by the role that entered them."""
    old, new = ({_place(row): row for row in group} for group in (before, after))
    for place in sorted(old.keys() | new.keys()):
        was, now = old.get(place), new.get(place)
        if was == now:
            continue
        shown = now if now is not None else old[place]
        yield Change(
            at=at,
            actor=str(shown["author_role_ru"]),
            kind=AuditKind.ENTERED_VALUE,
            subject=place,
            before=None if was is None else content_hash(plain(was)),
            after=None if now is None else content_hash(plain(now)),
            document=str(shown["document"]),
        )


def _place(row: Row) -> str:
    return f"{row['indicator_id']} {row['territory_id']} {row['at']}"

"""What was stored for good, for who checks it: the chains of closed periods and the audit log."""

from aiohttp import web

from netmon.domain.audit import AuditEntry, first_broken_entry
from netmon.domain.closing import CLOSING_KINDS, Link, first_broken
from netmon.domain.identifiers import TerritoryId
from netmon.wire.plain import plain
from netmon_collector.errors import BadRequestError, NotFoundError
from netmon_collector.web.answers import json_answer
from netmon_collector.web.api.queries import page_size
from netmon_collector.web.judging import judged
from netmon_collector.web.keys import SERVICES

_MOST_DIGITS = 15


def add_record_routes(app: web.Application) -> None:
    app.router.add_get("/api/v1/territories/{territory}/closings", get_closings)
    app.router.add_get("/api/v1/audit", get_audit)


async def get_closings(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    territory = TerritoryId(request.match_info["territory"])
    if territory not in services.registry.territory_by_id:
        raise NotFoundError(f"the registry has no territory '{territory}'")

    def answer() -> dict[str, object]:
        chains = [services.store.chain(territory, kind) for kind in CLOSING_KINDS]
        return {
            "v": 1,
            "territory": territory,
            "intact": all(first_broken(chain) is None for chain in chains),
            "closings": [_link(link, stored) for chain in chains for link, stored in chain],
        }

    return json_answer(await judged(request, answer))


def _link(link: Link, stored: str) -> dict[str, object]:
    return {
        "kind": link.period.kind.value,
        "number": link.number,
        "period": link.period.name,
        "revision": link.revision,
        "closed_at": plain(link.closed_at),
        "policy_hash": link.policy_hash,
        "summary_hash": link.summary_hash,
        "root": link.root,
        "previous": link.previous,
        "hash": stored,
    }


async def get_audit(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    after, limit = _after(request), page_size(request)

    def answer() -> dict[str, object]:
        page = services.store.audit_page(after=after, limit=limit)
        return {
            "v": 1,
            "intact": first_broken_entry(page, after=after) is None,
            "entries": [_entry(entry, stored) for entry, stored in page],
            "next": page[-1][0].number if len(page) == limit else None,
        }

    return json_answer(await judged(request, answer))


def _after(request: web.Request) -> int:
    text = request.query.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise BadRequestError("after is no number; take it from 'next' of the page before")
    return int(text)


def _entry(entry: AuditEntry, stored: str) -> dict[str, object]:
    change = entry.change
    return {
        "number": entry.number,
        "at": plain(change.at),
        "actor": change.actor,
        "kind": change.kind.value,
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
        "document": change.document,
        "previous": entry.previous,
        "hash": stored,
    }

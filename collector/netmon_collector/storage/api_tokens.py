"""API tokens by their hashes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from netmon.domain.access import ApiToken, Grant
from netmon.domain.audit import Change
from netmon_collector.storage.access_tables import api_token
from netmon_collector.storage.audit import write_audit
from netmon_collector.storage.part import Part


class ApiTokensPart(Part):
    """What programs show; every change is audited within its transaction."""

    def add_api_token(self, new: ApiToken, changes: Iterable[Change]) -> None:
        row = {
            "id": new.id,
            "name": new.name,
            "token_hash": new.token_hash,
            "role": new.grant.role,
            "territory_id": new.grant.territory,
            "created_by": new.created_by,
            "created_at": new.created_at,
            "expires_at": new.expires_at,
        }
        with self._database.write() as connection:
            connection.execute(insert(api_token), row)
            write_audit(connection, changes)

    def api_tokens(self) -> Sequence[ApiToken]:
        """Every token, the newest first."""
        wanted = select(api_token).order_by(api_token.c.created_at.desc(), api_token.c.id)
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(wanted)]

    def api_token(self, token_hash: str) -> ApiToken | None:
        with self._database.read() as connection:
            row = connection.execute(select(api_token).where(api_token.c.token_hash == token_hash)).one_or_none()
        return None if row is None else _token(row)

    def saw_api_token(self, identifier: str, *, at: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(update(api_token).where(api_token.c.id == identifier).values(last_used_at=at))

    def revoke_api_token(self, identifier: str, changes: Iterable[Change], *, at: datetime) -> bool:
        """False when it was revoked before, or there is none."""
        is_open = api_token.c.id == identifier, api_token.c.revoked_at.is_(None)
        with self._database.write() as connection:
            revoked = update(api_token).where(*is_open).values(revoked_at=at).returning(api_token.c.id)
            if connection.execute(revoked).first() is None:
                return False
            write_audit(connection, changes)
        return True


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        name=row.name,
        token_hash=row.token_hash,
        grant=Grant(row.role, row.territory_id),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )

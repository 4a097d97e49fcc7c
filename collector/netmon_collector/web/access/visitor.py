"""Who asks: an account by its session, a program by its token, or anybody."""

from dataclasses import dataclass

from aiohttp import web

from netmon.domain.access import Account, ApiToken, Grant, Role, Session, allows
from netmon.domain.identifiers import TerritoryId
from netmon.domain.registry import Registry
from netmon_collector.errors import ForbiddenError, UnauthorisedError
from netmon_collector.use_cases.accounts import Manager
from netmon_collector.use_cases.actors import named_actor
from netmon_collector.use_cases.kept import kept_hash
from netmon_collector.web.keys import SERVICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever a request comes from, with everything they are granted: what is open to all included."""

    grants: tuple[Grant, ...] = ()
    account: Account | None = None
    session: Session | None = None
    token: ApiToken | None = None
    form_secret: str | None = None

    @property
    def is_known(self) -> bool:
        return self.account is not None or self.token is not None

    @property
    def manager(self) -> Manager:
        """As the audit log knows them. Raises UnauthorisedError for somebody unknown."""
        if self.account is not None:
            return Manager(actor=named_actor(self.account.name, self.account.grants), grants=self.account.grants)
        if self.token is not None:
            grants = (self.token.grant,)
            return Manager(actor=named_actor(f"token {self.token.name} ({self.token.id})", grants), grants=grants)
        raise UnauthorisedError

    @property
    def form_token(self) -> str:
        """What each form of theirs carries: nobody else's page can know it. Empty where there is nothing to bind to."""
        return "" if self.form_secret is None else kept_hash("form", self.form_secret)

    def may(self, role: Role, territory: TerritoryId | None, registry: Registry) -> bool:
        """None asks about everything that the collector has."""
        return allows(self.grants, role, territory, registry)


NOBODY = Visitor()
VISITOR = web.RequestKey("visitor", Visitor)


def visitor_of(request: web.Request) -> Visitor:
    """Who asks, once the middleware has found out; nobody before."""
    return request[VISITOR] if VISITOR in request else NOBODY  # noqa: SIM401 - get knows no types


def require(request: web.Request, role: Role, territory: TerritoryId | None) -> None:
    """For what a handler alone knows the place of. Raises ForbiddenError."""
    if not visitor_of(request).may(role, territory, request.app[SERVICES].registry):
        raise ForbiddenError

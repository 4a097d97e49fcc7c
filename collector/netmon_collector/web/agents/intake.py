"""How agents' requests reach the store: tokens and batches of many requests go there together."""

from collections.abc import AsyncIterator, Sequence

from aiohttp import web

from netmon.domain.identifiers import AgentId
from netmon.wire.records import Answer
from netmon_collector.use_cases.ingest import Batch, ingest_together
from netmon_collector.web.agents.together import GroupLimits, Together
from netmon_collector.web.keys import INTAKE, SERVICES, Intake

_KIB = 1024
# Sizes of batches are bytes; a record is about a KiB. A group is done in a fraction of a second.
_BATCHES = GroupLimits(most_together=512 * _KIB, bulk=24 * _KIB, most_waiting=32 * _KIB * _KIB)
_TOKENS = GroupLimits(most_together=500, bulk=500, most_waiting=20_000)


async def intake(app: web.Application) -> AsyncIterator[None]:
    """The intake, for as long as the application runs; what was taken is answered before it ends."""
    services = app[SERVICES]

    def agents_of(token_hashes: Sequence[str]) -> Sequence[AgentId | None]:
        found = services.store.agents_by_token(token_hashes)
        return [found.get(one) for one in token_hashes]

    def answers_of(batches: Sequence[Batch]) -> Sequence[Sequence[Answer]]:
        return ingest_together(batches, store=services.store, verifiers=services.verifiers)

    app[INTAKE] = Intake(
        Together(agents_of, name="tokens", limits=_TOKENS, clock=services.clock),
        Together(answers_of, name="ingest", limits=_BATCHES, clock=services.clock),
    )
    yield
    await app[INTAKE].agents.close()
    await app[INTAKE].records.close()

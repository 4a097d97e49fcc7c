"""The part of a registry that the verdict of one line depends on, and what a reader of the pack should know beside."""

from collections.abc import Iterator
from dataclasses import replace

from netmon.domain.identifiers import LineId
from netmon.domain.registry import Registry, Territory


def registry_of_line(registry: Registry, line: LineId) -> Registry:
    """The line with its contracts, its building, locality and territories, and the organisations that use it."""
    of_line = registry.line_by_id[line]
    site = registry.site_by_id[of_line.site]
    users = {use.organisation for use in site.occupancies}
    providers = {contract.provider for contract in of_line.contracts}
    locality = registry.locality_of(line)
    territories = {one.id for one in _chain(registry, registry.territory_by_id[locality.territory])}
    territories |= {
        outer.id
        for user in users
        for outer in _chain(registry, registry.territory_by_id[registry.organisation_by_id[user].territory])
    }
    return replace(
        registry,
        territories=tuple(one for one in registry.territories if one.id in territories),
        localities=(locality,),
        organisations=tuple(one for one in registry.organisations if one.id in users),
        sites=(site,),
        lines=(of_line,),
        providers=tuple(one for one in registry.providers if one.id in providers),
        exemptions=tuple(one for one in registry.exemptions if one.organisation in users),
    )


def _chain(registry: Registry, territory: Territory) -> Iterator[Territory]:
    """The territory and those that it lies in."""
    yield territory
    if territory.parent is not None:
        yield from _chain(registry, registry.territory_by_id[territory.parent])

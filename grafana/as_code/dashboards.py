"""All dashboards by the name of their file."""

from collections.abc import Mapping

from grafana.as_code import district, fleet, organisation, providers, roadmap


def all_dashboards() -> Mapping[str, str]:
    return {
        "district.json": district.dashboard(),
        "organisation.json": organisation.dashboard(),
        "providers.json": providers.dashboard(),
        "fleet.json": fleet.dashboard(),
        "roadmap.json": roadmap.dashboard(),
    }

"""The registry that is shipped as an example: one rural district with a town and 17 organisations."""

from datetime import date

from netmon.config.registry import read_registry
from netmon.domain.identifiers import LineId, SiteId, TerritoryId
from netmon.domain.registry import LineRole, LocalityType, Registry
from tests.support.invalid_files import FOLDER

TODAY = date(2026, 11, 23)


def shipped() -> Registry:
    return read_registry(FOLDER.parents[2] / "config" / "registry.yaml")


def test_seventeen_organisations_are_in_force_in_the_district_and_its_region() -> None:
    for territory in ("district", "region"):
        assert len(shipped().organisations_in(TerritoryId(territory), TODAY)) == 17


def test_sixteen_buildings_have_a_deciding_line_each_and_one_a_backup() -> None:
    registry = shipped()
    assert len(registry.sites) == 16
    assert all(len(registry.deciding_lines(site.id, TODAY)) == 1 for site in registry.sites)
    assert [line.id for line in registry.lines if line.role is LineRole.BACKUP] == ["line-01-backup"]


def test_a_school_and_a_kindergarten_share_a_building() -> None:
    registry = shipped()
    shared = [site.id for site in registry.sites if len(site.occupancies) > 1]
    assert shared == [SiteId("site-11")]
    assert registry.organisations_of(LineId("line-11"), TODAY) == ("school-06", "kindergarten-05")


def test_every_organisation_teaches_somewhere_and_every_line_has_a_contract_and_a_threshold() -> None:
    registry = shipped()
    assert all(registry.uses(one.id, TODAY) for one in registry.organisations)
    assert all(line.contract_at(TODAY) is not None for line in registry.lines)
    types = {registry.locality_type(line.id, TODAY) for line in registry.lines}
    assert types == set(LocalityType)


def test_leading_zeros_of_external_codes_stay() -> None:
    assert [one.external_ids["code"] for one in shipped().organisations] == [f"{n:03d}" for n in range(1, 18)]


def test_every_name_says_that_it_is_an_example() -> None:
    registry = shipped()
    assert registry.note is not None
    names = [
        *(one.name for one in registry.territories),
        *(one.name for one in registry.localities),
        *(one.name for one in registry.organisations),
        *(one.name for one in registry.providers),
    ]
    for name in names:
        assert "пример" in name.ru
        assert "example" in name.en

"""registry.yaml: what is refused, and that what is read is what is written."""

import pytest

from netmon.config.registry import read_registry
from netmon.domain.identifiers import LineId, OrganisationId
from netmon.domain.registry import LineRole, LineRule
from netmon.errors import ConfigError
from tests.support.domain import MONDAY
from tests.support.invalid_files import FOLDER, expected_message, invalid_files


@pytest.mark.parametrize("name", invalid_files("registry"))
def test_a_mistake_is_one_line_with_its_place_and_mend(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_registry(FOLDER / name)
    assert str(caught.value) == expected_message(name)


def test_leading_zeros_stay_and_what_is_left_out_has_its_default() -> None:
    registry = read_registry(FOLDER / "valid-registry.yaml")
    organisation = registry.organisation_by_id[OrganisationId("school-01")]
    line = registry.line_by_id[LineId("line-01")]
    assert organisation.external_ids == {"code": "007"}
    assert organisation.line_rule is LineRule.ALL
    assert (line.role, line.interface) == (LineRole.MAIN, None)
    contract = line.contract_at(MONDAY)
    assert contract is not None
    assert (contract.rate_bps, contract.price_rub_month) == (100_000_000, None)

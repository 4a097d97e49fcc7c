"""The API, asked whatever its own description allows: it answers as described and never breaks."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from netmon_collector.web.api.openapi import openapi_document
from tests.support.collector import a_running_collector

_EXAMPLES = 12
# Lines of JSON are no media type that it can write; tests/integration/collector/test_records.py has them.
_LINES = "application/jsonl"
# Who may ask is tested by itself, and the range of days is said in words.
_EXCLUDED = [ignored_auth, positive_data_acceptance]
_KNOWN = {"line": "line-01", "territory": "district"}


def _is_written(operation: Any) -> bool:
    return all(body.media_type != _LINES for body in operation.body)


OPERATIONS = [
    operation
    for found in schemathesis.openapi.from_dict(dict(openapi_document())).get_all_operations()
    if _is_written(operation := found.ok())  # type: ignore[union-attr]
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with a_running_collector(tmp_path_factory.mktemp("api")) as found:
        yield f"http://127.0.0.1:{found.port}"


@pytest.mark.parametrize("known", [True, False], ids=["about something known", "about anything"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_it_answers_as_described(operation: Any, address: str, known: bool) -> None:
    statuses = set[int]()

    @given(operation.as_strategy())
    @settings(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        if known and case.path_parameters:
            case.path_parameters = {name: _KNOWN[name] for name in case.path_parameters}
        statuses.add(case.call_and_validate(base_url=address, excluded_checks=_EXCLUDED).status_code)

    ask()
    assert statuses
    assert max(statuses) < 500
    if known and "{" in operation.path:
        assert 200 in statuses

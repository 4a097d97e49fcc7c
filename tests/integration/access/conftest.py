"""One collector that is shut, for every test that leaves it as it was."""

from collections.abc import Iterator

import pytest

from tests.support.access import REGISTRY
from tests.support.collector import RunningCollector, a_running_collector


@pytest.fixture(scope="package")
def shut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    with a_running_collector(tmp_path_factory.mktemp("shut"), access="{}", registry=REGISTRY) as found:
        yield found

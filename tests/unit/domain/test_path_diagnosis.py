"""Where losses begin on a path."""

import pytest

from tests.support.devices import a_trace


@pytest.mark.parametrize(
    ("answered", "begins"),
    [
        ((10, 10, 10), None),
        ((10, 10, 7), 3),
        ((10, 8, 7), 2),
        ((10, 0, 7), 3),  # a silent router forwards all the same
        ((8, 10, 10), None),  # a router that answers few probes
        ((8, 10, 7), 3),
        ((9, 8, 7), 1),
        ((), None),
    ],
)
def test_losses_begin_at_the_first_hop_from_which_they_last_to_the_end(
    answered: tuple[int, ...], begins: int | None
) -> None:
    found = a_trace(*answered).loss_begins
    assert (None if found is None else found.ttl) == begins


@pytest.mark.parametrize(("answered", "begins"), [((10, 10, 0, 0), 3), ((10, 9, 0, 0), 2), ((0, 0), 1)])
def test_where_nobody_answers_any_more_losses_begin_there(answered: tuple[int, ...], begins: int) -> None:
    found = a_trace(*answered, reached=False).loss_begins
    assert found is not None
    assert found.ttl == begins

"""What a gateway forwards: only what came in on one side and went out on the other."""

from pathlib import Path

import pytest

from netmon_agent.line.forwarded import Sides, is_gateway, parse_sides
from netmon_agent.line.interface import InterfaceGoneError, Traffic

HEAD = b"Inter-|   Receive\n face |bytes packets\n"


def _table(**interfaces: tuple[int, int]) -> bytes:
    """Received and sent bytes by interface, in packets of 1000 bytes."""
    rows = [
        f"{name.replace('_', '-')}: {came} {came // 1000} 0 0 0 0 0 0 {went} {went // 1000} 0 0 0 0 0 0\n".encode()
        for name, (came, went) in interfaces.items()
    ]
    return HEAD + b"".join(rows)


def _sides(**interfaces: tuple[int, int]) -> Sides:
    return parse_sides(_table(**interfaces), "wan", {"wan": 14})


BEFORE = _sides(lo=(0, 0), wan=(0, 0), br_lan=(0, 0))


@pytest.mark.parametrize(
    ("after", "down", "up"),
    [
        ({"wan": (9_000_000, 100_000), "br_lan": (110_000, 9_100_000)}, 8_874_000, 98_600),  # users download
        ({"wan": (9_000_000, 0), "br_lan": (0, 0)}, 0, 0),  # the device fetches for itself
        ({"wan": (0, 0), "br_lan": (5_000, 9_000_000)}, 0, 0),  # a cache on the device serves the school
        ({"wan": (9_000_000, 9_000_000), "docker0": (9_000_000, 9_000_000)}, 0, 0),  # its containers are no users
        ({"wan": (9_000_000, 0), "ifb4wan": (0, 9_000_000)}, 0, 0),  # nor is the shaper's mirror of the line
    ],
)
def test_what_only_one_side_saw_is_not_forwarded(after: dict[str, tuple[int, int]], down: int, up: int) -> None:
    found = _sides(**after)
    assert (found.forwarded_since(BEFORE, down=True), found.forwarded_since(BEFORE, down=False)) == (down, up)


def test_users_are_counted_on_all_their_interfaces_together() -> None:
    found = _sides(wan=(9_000_000, 0), lan1=(0, 4_000_000), lan2=(0, 4_000_000))
    assert found.users == Traffic(received_bytes=0, sent_bytes=8_000_000)
    assert found.forwarded_since(BEFORE, down=True) == 8_000_000


def test_a_line_that_is_gone_is_said() -> None:
    with pytest.raises(InterfaceGoneError, match="the interface wan is gone"):
        _sides(lan=(0, 0))


@pytest.mark.parametrize(("text", "expected"), [("1\n", True), ("0\n", False), (None, False)])
def test_a_machine_that_does_not_forward_is_no_gateway(tmp_path: Path, text: str | None, *, expected: bool) -> None:
    file = tmp_path / "ip_forward"
    if text is not None:
        file.write_text(text)
    assert is_gateway(file) is expected

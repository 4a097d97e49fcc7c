"""Who terminates the connection."""

from dataclasses import replace

from netmon.domain.measurement import Path
from netmon_agent.methods.path import Ends, path_of

DIRECT = Ends(
    same_client_address=True,
    same_server_address=True,
    same_mss=True,
    agent_rtt_s=0.010,
    server_rtt_s=0.010,
    programs_rtt_s=0.0105,
)


def test_ends_that_see_the_same_are_direct() -> None:
    assert path_of(DIRECT) is Path.DIRECT


def test_address_translation_is_direct() -> None:
    assert path_of(replace(DIRECT, same_client_address=False)) is Path.DIRECT


def test_a_proxy_that_keeps_the_addresses_is_found_by_its_round_trips() -> None:
    assert path_of(replace(DIRECT, agent_rtt_s=0.0005, programs_rtt_s=0.0106)) is Path.PROXIED


def test_a_proxy_half_way_is_found_though_its_round_trips_are_alike() -> None:
    assert path_of(replace(DIRECT, agent_rtt_s=0.010, server_rtt_s=0.011, programs_rtt_s=0.0215)) is Path.PROXIED


def test_busy_programs_are_no_proxy() -> None:
    near = replace(DIRECT, agent_rtt_s=0.0001, server_rtt_s=0.0001)
    assert path_of(replace(near, programs_rtt_s=0.012)) is Path.DIRECT


def test_a_relay_on_the_same_machine_cannot_be_told() -> None:
    near = replace(DIRECT, agent_rtt_s=0.0001, server_rtt_s=0.0001, programs_rtt_s=0.0004)
    assert path_of(replace(near, same_server_address=False)) is Path.UNKNOWN


def test_another_segment_size_behind_other_addresses_is_unknown() -> None:
    assert path_of(replace(DIRECT, same_client_address=False, same_mss=False)) is Path.UNKNOWN

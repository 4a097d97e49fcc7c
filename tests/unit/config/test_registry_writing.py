"""registry.yaml as netmon writes it: what was read is what is written."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from netmon.config.defaults import default_file
from netmon.config.registry import read_registry
from netmon.config.registry_writing import registry_yaml
from netmon.domain.interval import Dated, History, Interval
from netmon.domain.registry import LocalityType, Registry
from tests.support import registries
from tests.support.domain import a_contract, a_registry, a_text

ODD = "a: \"b\" # c\\ 'd' – 1.10 © 名 👩"


def _read_back(registry: Registry, folder: Path) -> Registry:
    file = folder / "registry.yaml"
    file.write_text(registry_yaml(registry), encoding="utf-8")
    return read_registry(file)


@pytest.mark.parametrize(
    "registry",
    [
        read_registry(default_file("registry.yaml")),
        registries.a_registry(registries.a_school(1, buildings=2), exemptions=[registries.an_exemption("o-01")]),
        replace(a_registry(contract_mbps=100, shared=True), note=a_text(ODD)),
        a_registry(
            history=History(
                (
                    Dated(value=LocalityType.RURAL, during=Interval(None, date(2026, 1, 1))),
                    Dated(value=LocalityType.CITY, during=Interval(date(2026, 1, 1), None)),
                )
            )
        ),
    ],
    ids=["shipped", "exempt", "noted", "grown"],
)
def test_a_registry_reads_back_as_it_was_written(registry: Registry, tmp_path: Path) -> None:
    assert _read_back(registry, tmp_path) == registry


@pytest.mark.parametrize("number", ["1.10", "007", "true", "null", "2026-01-01", "~", "- x", "a: b", "#1", ODD])
def test_a_text_that_looks_like_something_else_stays_a_text(number: str, tmp_path: Path) -> None:
    registry = a_registry(organisations=1)
    line = replace(registry.lines[0], contracts=(a_contract(number=number),))
    organisation = replace(registry.organisations[0], external_ids={"code": "0071.10"})
    changed = replace(registry, lines=(line,), organisations=(organisation,))
    assert _read_back(changed, tmp_path) == changed


@pytest.mark.parametrize("rate_bps", [100_000, 333_333, 47_500_000, 99_999_999_999, 100_000_000_000])
def test_rates_keep_every_bit(rate_bps: int, tmp_path: Path) -> None:
    registry = a_registry(organisations=1)
    line = replace(registry.lines[0], contracts=(replace(a_contract(), rate_bps=rate_bps),))
    assert _read_back(replace(registry, lines=(line,)), tmp_path).lines == (line,)

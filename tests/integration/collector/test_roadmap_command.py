"""The command roadmap over a real store and the files that netmon ships."""

import json
from pathlib import Path

import pytest

from netmon_collector.cli.run import run


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A collector over an empty store, with the default files."""
    path = tmp_path / "collector.yaml"
    path.write_text('database: "sqlite:///netmon.db"\n', encoding="utf-8")
    return str(path)


def test_the_roadmap_is_printed_as_one_document(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["roadmap", "--config", config, "--at", "2022-06-30", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["v"], found["territory"], found["at"]) == (1, "district", "2022-06-30")
    assert [one["target_percent"] for one in found["indicators"]] == [70, 50, 60, 10, 25]
    assert [one["number"] for one in found["results"]] == [f"1.{number}" for number in range(1, 25) if number != 6]
    assert {one["status"] for one in found["activities"]} == {"archived"}


@pytest.mark.parametrize(("language", "heading"), [("ru", "Показатели"), ("en", "Indicators")])
def test_the_roadmap_is_printed_for_people(
    config: str, language: str, heading: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["roadmap", "--config", config, "--lang", language]) == 0
    assert heading in capsys.readouterr().out.splitlines()


def test_a_date_that_is_none_is_one_line_and_nothing_is_printed(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["roadmap", "--config", config, "--at", "yesterday"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "--at" in shown.err

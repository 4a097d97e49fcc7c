"""judge and indicator over a closed period: answered as it was closed, judged anew only when asked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from netmon_collector.app import open_services
from netmon_collector.jobs import Jobs
from tests.support.commands import run_collector
from tests.support.store import CollectorFiles, FakeClock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collector that planned a week a year ago, measured nothing and closed what was due at the month's end."""
    config = CollectorFiles(tmp_path).write()
    clock = FakeClock(datetime(2025, 11, 24, 12, tzinfo=UTC))
    with open_services(config, clock) as services:
        Jobs(services).plan()
        clock.at = datetime(2025, 12, 4, tzinfo=UTC)
        Jobs(services).close()
    config.rename(tmp_path / "netmon.yaml")
    return tmp_path


def test_a_closed_period_is_answered_as_it_was_closed(folder: Path) -> None:
    done = run_collector("judge", "--period", "2025-11", "--json", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert (document["period"], document["revision"]) == ("2025-11", 1)
    assert document["closed_at"] == "2025-12-04T00:00:00.000000Z"
    assert [one["id"] for one in document["verdicts"]] == [
        "school-01", "school-02", "site-01", "site-02", "line-01", "line-02",
    ]  # fmt: skip
    assert {one["outcome"] for one in document["verdicts"]} == {"INSUFFICIENT_DATA"}


def test_a_closed_period_is_judged_anew_when_asked(folder: Path) -> None:
    done = run_collector("judge", "--period", "2025-11", "--recompute", "--json", folder=folder)
    assert (done.returncode, json.loads(done.stdout)["revision"]) == (0, 0)
    closed = json.loads(run_collector("judge", "--period", "2025-11", "--json", folder=folder).stdout)
    now = json.loads(done.stdout)
    assert [one["id"] for one in now["verdicts"]] == [one["id"] for one in closed["verdicts"]]
    assert [one["input_hash"] for one in now["verdicts"]] == [one["input_hash"] for one in closed["verdicts"]]


def test_one_verdict_of_a_closed_period_in_words(folder: Path) -> None:
    done = run_collector("judge", "--period", "2025-11", "--line", "line-01", "--check", "--lang", "ru", folder=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("line line-01: ")
    assert len(done.stdout.splitlines()) == 2
    unknown = run_collector("judge", "--period", "2025-11", "--line", "line-09", folder=folder)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == "netmon-collector: the period 2025-11 has no line 'line-09'; see 'registry list'\n"


def test_a_revision_is_answered_and_one_that_there_is_not_is_refused(folder: Path) -> None:
    done = run_collector("judge", "--period", "2025-11", "--revision", "1", "--json", folder=folder)
    assert (done.returncode, json.loads(done.stdout)["revision"]) == (0, 1)
    for period, revision in (("2025-11", "2"), ("2025-12", "1")):
        done = run_collector("judge", "--period", period, "--revision", revision, folder=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"netmon-collector: --revision: the period {period} has no revision {revision} that is to be shown\n"
        )


def test_a_period_that_is_not_closed_has_revision_0(folder: Path) -> None:
    done = run_collector("judge", "--period", "2025-12", "--json", folder=folder)
    assert (done.returncode, json.loads(done.stdout)["revision"]) == (0, 0)


@pytest.mark.parametrize("period", ["9999-12", "0001-01", "2026-W54", "2026-13", "soon", "-1"])
def test_a_period_that_is_none_is_one_line(folder: Path, period: str) -> None:
    done = run_collector("judge", f"--period={period}", folder=folder)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("netmon-collector: --period: ")


@pytest.mark.parametrize("at", ["9999-12-31", "0001-01-01", "2026-02-30", "soon"])
def test_a_day_that_is_none_is_one_line(folder: Path, at: str) -> None:
    done = run_collector("indicator", "--at", at, folder=folder)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("netmon-collector: --at: ")


def test_the_indicator_counts_the_closed_month(folder: Path) -> None:
    done = run_collector("indicator", "--at", "2025-12-10", "--json", folder=folder)
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert (found["numerator"], found["upper_numerator"], found["denominator"]) == (0, 2, 2)
    assert {one["period"] for one in found["organisations"]} == {"2025-11"}
    assert found["nearest"] == []

"""The committed dashboards, and what Grafana makes of their queries."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netmon.wire.canonical import format_time

FOLDER = Path(__file__).parents[2] / "grafana"
_LISTS = re.compile(r"\$\{(\w+):sqlstring\}")
_FILTER = re.compile(r"\$__timeFilter\(((?:[^()]|\([^()]*\))*)\)")


@dataclass(frozen=True, slots=True)
class Target:
    """One query of one panel."""

    board: str
    panel: str
    letter: str
    kind: str
    text: str
    shape: str = ""

    def __str__(self) -> str:
        return f"{self.board}: {self.panel} ({self.letter})"


def boards() -> Mapping[str, dict[str, object]]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((FOLDER / "dashboards").glob("*.json"))}


def targets(kind: str) -> Iterator[Target]:
    """The queries of every panel, and those of the variables, that ask one kind of source."""
    for name, board in boards().items():
        for panel in board["panels"]:  # type: ignore[attr-defined]
            for one in panel["targets"]:
                if one["datasource"]["type"] == kind:
                    yield Target(
                        name,
                        panel["title"],
                        one["refId"],
                        kind,
                        one.get("rawSql") or one.get("expr"),
                        one.get("format", ""),
                    )
        for one in board["templating"]["list"]:  # type: ignore[index]
            if one.get("datasource", {}).get("type") == kind:
                yield Target(name, f"${one['name']}", "A", kind, one["query"])


def target(board: str, panel: str, letter: str = "A") -> Target:
    every = (*targets("grafana-postgresql-datasource"), *targets("prometheus"))
    (found,) = [one for one in every if (one.board, one.panel, one.letter) == (board, panel, letter)]
    return found


def filled_sql(text: str, variables: Mapping[str, list[str]], since: datetime, until: datetime) -> str:
    """The SQL that Grafana sends: variables as quoted lists, macros as its PostgreSQL datasource writes them."""
    first, last = f"'{format_time(since)}'", f"'{format_time(until)}'"
    text = _LISTS.sub(lambda found: ",".join(f"'{one}'" for one in variables[found[1]]), text)
    text = _FILTER.sub(lambda found: f"{found[1]} BETWEEN {first} AND {last}", text)
    text = text.replace("$__timeFrom()", first).replace("$__timeTo()", last)
    assert "$" not in text, text
    return text


def filled_promql(text: str, variables: Mapping[str, str]) -> str:
    for name, value in {**variables, "__rate_interval": "1m", "__range": "1h"}.items():
        text = text.replace(f"${name}", value)
    assert "$" not in text, text
    return text

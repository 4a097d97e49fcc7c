"""Where a table or a verdict of a pack differs from what its data come to, a line for each place."""

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from io import StringIO
from itertools import zip_longest
from typing import Any

from netmon.domain.verdict import Verdict
from netmon.wire.canonical import canonical_json
from netmon.wire.plain import plain
from netmon_collector.documents.verdict_figures import verdict_figures
from netmon_collector.verifier.phrases import Say
from netmon_collector.verifier.tables import Cell, Table
from netmon_collector.verifier.workbook import Sheet, Value

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of spreadsheets, which know no zones
_DAY = timedelta(days=1)
_CLOSE = 1e-8  # of a day: a millisecond
_LONGEST = 60
# Sentences are made of the figures; when the agent was last heard of decides nothing.
_NOT_COMPARED = {"explanation", "input_hash", "last_seen"}
_NEEDED = {"outcome", "basis", "pass", "fail", "excluded", "counts", "requirement"}


def csv_differences(table: Table, given: bytes, say: Say) -> Iterator[str]:
    """Cells of a CSV that are not the table's."""
    expected = table.csv()
    if given == expected:
        return
    before = found = 0
    rows = [_rows(one) for one in (expected, given)]
    for number, (right, is_now) in enumerate(zip_longest(*rows, fillvalue=()), start=1):
        for column, (one, other) in enumerate(zip_longest(right, is_now, fillvalue="")):
            before += 1
            if one != other:
                found += 1
                yield _place(say, number, _name(table, column), other, one)
    if not found:
        yield say("the same cells in other bytes")


def _rows(data: bytes) -> Sequence[Sequence[str]]:
    text = data.decode("utf-8-sig", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=";"))
    except csv.Error:
        return [text.splitlines()]


def sheet_differences(table: Table, titles: Sequence[str], given: Sheet, say: Say) -> Iterator[str]:
    """Cells of a sheet that are not the table's."""
    expected: list[Sequence[Cell]] = [titles, *table.rows]
    for number, (right, is_now) in enumerate(zip_longest(expected, given, fillvalue=()), start=1):
        for column, (one, other) in enumerate(zip_longest(right, is_now)):
            if not _same(one, other):
                yield _place(say, number, _name(table, column), other, one)


def _same(expected: Cell, given: Value) -> bool:
    if isinstance(expected, datetime):
        return isinstance(given, float) and abs((expected - _EPOCH) / _DAY - given) < _CLOSE
    if isinstance(expected, int | float):  # 16 digits are what a workbook keeps
        return isinstance(given, float) and math.isclose(given, expected, rel_tol=1e-14)
    return expected == given


def _name(table: Table, column: int) -> str:
    return table.columns[column] if column < len(table.columns) else str(column + 1)


def _place(say: Say, row: int, column: str, given: object, expected: object) -> str:
    return say(
        "row {row}, {column}: the pack says {given}, the data say {expected}",
        row=row,
        column=column,
        given=_shown(given),
        expected=_shown(expected),
    )


def verdict_differences(content: Mapping[str, Any], verdict: Verdict, say: Say) -> Iterator[str]:
    """Members of a printed verdict that are others in the recomputed one; what only one netmon prints passes."""
    now = _json({"printed": verdict_figures(verdict), "figures": plain(verdict.figures)})
    for group, members in now.items():
        printed = content.get(group)
        if not isinstance(printed, dict):
            yield say("{name} is missing", name=group)
            continue
        for key in sorted((members.keys() & printed.keys()) - _NOT_COMPARED):
            if not _agree(members[key], printed[key]):
                yield say(
                    "{name}: the pack says {given}, the data say {expected}",
                    name=f"{group}.{key}",
                    given=_shown(printed[key]),
                    expected=_shown(members[key]),
                )
        for key in sorted((_NEEDED & members.keys()) - printed.keys()):
            yield say("{name} is missing", name=f"{group}.{key}")


def _agree(one: Any, other: Any) -> bool:
    """Whether what both say is the same: another netmon may say more or less."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_agree(one[key], other[key]) for key in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_agree, one, other))
    return type(one) is type(other) and bool(one == other)


def _json(value: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(canonical_json(value))
    return found


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

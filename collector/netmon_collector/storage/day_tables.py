"""The tables of day aggregates: what each local day of a line came to, and which days late data made due again."""

from sqlalchemy import BigInteger, Column, Date, Float, Integer, Table, Text

from netmon_collector.storage.registry_tables import metadata
from netmon_collector.storage.types import Utc

line_day = Table(
    "line_day",
    metadata,
    Column("line_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("passed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("strict_passed", Integer, nullable=False),
    Column("line_down", Integer, nullable=False),
    Column("excluded", Integer, nullable=False),
    Column("excluded_by_reason", Text, nullable=False),
    Column("working_s", Float),
    Column("up_s", Float),
    Column("down_s", Float),
    Column("median_bps", BigInteger),
    Column("input_hash", Text, nullable=False),
    Column("computed_at", Utc, nullable=False),
)
# What pages draw of a day; apart from its sums, so that those of a whole region are read without it. `slots` is JSON:
# the id of each slot that counts (from the colon after the line on), its outcome, and why, where that says more.
line_day_detail = Table(
    "line_day_detail",
    metadata,
    Column("line_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("slots", Text, nullable=False),
    Column("measured_bytes", BigInteger, nullable=False),
    Column("probes_sent", BigInteger, nullable=False),
    Column("probes_lost", BigInteger, nullable=False),
    Column("rtt_s", Float),
    Column("rtt_p95_s", Float),
)
# A day in UTC on which something was stored later than within the half hour. `mark` is another number each time, so
# that who has computed the day does not take away the mark of what came meanwhile.
day_due = Table(
    "day_due",
    metadata,
    Column("line_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("mark", BigInteger, nullable=False),
)
# Up to which local day the days of a territory are complete, by which rules.
day_progress = Table(
    "day_progress",
    metadata,
    Column("territory_id", Text, primary_key=True),
    Column("basis", Text, nullable=False),
    Column("complete_until", Date, nullable=False),
)

"""The tables of the registry: every entity with its interval [valid_from, valid_to) in local dates.

`ordinal` keeps the order in which people wrote them down.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, MetaData, Table, Text

from netmon.domain.registry import LineRole, LineRule, LocalityType, TerritoryKind
from netmon_collector.storage.types import Choice, Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[str]:
    return Column("id", Text, primary_key=True)


def _ordinal(*, key: bool = False) -> Column[int]:
    return Column("ordinal", Integer, primary_key=key, autoincrement=False, nullable=False)


def _to(column: str, target: str, *, key: bool = False, nullable: bool = False) -> Column[str]:
    """A reference that is checked at commit, so that a whole registry can be replaced in any order."""
    reference = ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED")
    return Column(column, Text, reference, primary_key=key, nullable=nullable)


def _text(name: str) -> tuple[Column[str], Column[str]]:
    return Column(f"{name}_ru", Text, nullable=False), Column(f"{name}_en", Text, nullable=False)


def _during() -> tuple[Column[object], Column[object]]:
    return Column("valid_from", Date), Column("valid_to", Date)


territory = Table(
    "territory",
    metadata,
    _id(),
    _ordinal(),
    Column("kind", Choice(TerritoryKind), nullable=False),
    _to("parent_id", "territory", nullable=True),
    *_text("name"),
    Column("time_zone", Text, nullable=False),
)
locality = Table("locality", metadata, _id(), _ordinal(), _to("territory_id", "territory"), *_text("name"))
locality_type = Table(
    "locality_type",
    metadata,
    _to("locality_id", "locality", key=True),
    _ordinal(key=True),
    Column("type", Choice(LocalityType), nullable=False),
    *_during(),
)
organisation = Table(
    "organisation",
    metadata,
    _id(),
    _ordinal(),
    _to("territory_id", "territory"),
    *_text("name"),
    Column("line_rule", Choice(LineRule), nullable=False),
    Column("external_ids", Text, nullable=False),
    *_during(),
)
provider = Table("provider", metadata, _id(), _ordinal(), *_text("name"))
site = Table("site", metadata, _id(), _ordinal(), _to("locality_id", "locality"), *_text("address"), *_during())
occupancy = Table(
    "occupancy",
    metadata,
    _to("site_id", "site", key=True),
    _ordinal(key=True),
    _to("organisation_id", "organisation"),
    Column("teaching", Boolean, nullable=False),
    Column("main", Boolean, nullable=False),
    *_during(),
)
line = Table(
    "line",
    metadata,
    _id(),
    _ordinal(),
    _to("site_id", "site"),
    Column("role", Choice(LineRole), nullable=False),
    Column("interface", Text),
    *_during(),
)
contract = Table(
    "contract",
    metadata,
    _to("line_id", "line", key=True),
    _ordinal(key=True),
    _to("provider_id", "provider"),
    Column("number", Text, nullable=False),
    Column("rate_bps", BigInteger, nullable=False),
    Column("price_rub_month", BigInteger),
    *_during(),
)
exemption = Table(
    "exemption",
    metadata,
    _ordinal(key=True),
    _to("organisation_id", "organisation"),
    *_text("reason"),
    Column("document", Text, nullable=False),
    *_text("approver_role"),
    *_during(),
)
registry_note = Table("registry_note", metadata, _ordinal(key=True), *_text("note"))

# Every version of every file that a verdict depends on; `document_use` says which was in force since when.
document = Table(
    "document",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("recorded_at", Utc, nullable=False),
)
document_use = Table(
    "document_use",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("since", Utc, nullable=False),
)

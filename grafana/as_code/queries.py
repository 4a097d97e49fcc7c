"""What a panel asks, of PostgreSQL or of Prometheus."""

from dataclasses import dataclass

from grafana_foundation_sdk.cog import builder as cogbuilder
from grafana_foundation_sdk.cog import variants
from grafana_foundation_sdk.models.common import DataSourceRef

# The identifiers that grafana/provisioning/datasources gives.
SQL = DataSourceRef(type_val="grafana-postgresql-datasource", uid="netmon-sql")
LIVE = DataSourceRef(type_val="prometheus", uid="netmon-prometheus")


@dataclass
class Query(variants.Dataquery, cogbuilder.Builder[variants.Dataquery]):
    """One question; the letter names it within its panel."""

    source: DataSourceRef
    text: str
    letter: str = "A"
    legend: str = ""
    table: bool = False

    def build(self) -> variants.Dataquery:
        return self

    def to_json(self) -> dict[str, object]:
        common: dict[str, object] = {"refId": self.letter, "datasource": self.source}
        if self.source is SQL:
            shape = "table" if self.table else "time_series"
            return {**common, "rawQuery": True, "editorMode": "code", "format": shape, "rawSql": self.text}
        how: dict[str, object] = {"format": "table", "instant": True} if self.table else {"range": True}
        return {**common, "editorMode": "code", "expr": self.text, "legendFormat": self.legend, **how}


def rows(sql: str) -> Query:
    """A table out of PostgreSQL."""
    return Query(SQL, sql.strip(), table=True)


def history(sql: str) -> Query:
    """Series out of PostgreSQL: a column `time`, texts become labels, numbers values."""
    return Query(SQL, sql.strip())


def live(promql: str, legend: str, letter: str = "A") -> Query:
    """Series out of Prometheus."""
    return Query(LIVE, promql, letter=letter, legend=legend)


def live_rows(promql: str) -> Query:
    """The present values out of Prometheus as a table."""
    return Query(LIVE, promql, table=True)

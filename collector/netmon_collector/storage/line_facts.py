"""Reading what the page of a line shows beside its evidence: records behind measurements, closed verdicts."""

from collections.abc import Sequence

from sqlalchemy import and_, func, select

from netmon.domain.identifiers import SlotId, TerritoryId
from netmon.domain.period import Period
from netmon.domain.slot import Slot
from netmon.domain.verdict import SubjectKind
from netmon.wire.records import Note
from netmon_collector.storage.closing_tables import closed_period, closed_verdict, verdict_content
from netmon_collector.storage.evidence import AnyRow, read_measurement, read_slot
from netmon_collector.storage.evidence_tables import measurement, record, slot
from netmon_collector.storage.part import Part
from netmon_collector.use_cases.line_facts import ClosedStanding, RecordedMeasurement


class LineFactsPart(Part):
    """One line, one slot, one subject at a time."""

    def slot(self, identifier: SlotId) -> Slot | None:
        """A slot as it was issued."""
        with self._database.read() as connection:
            row = connection.execute(select(slot).where(slot.c.id == identifier)).one_or_none()
        return None if row is None else read_slot(row)

    def recorded_in(self, of: Slot) -> Sequence[RecordedMeasurement]:
        """The measurements of a slot with their records, earliest first."""
        found = measurement.c
        same = and_(
            record.c.agent_id == found.agent_id,
            record.c.stream == found.stream,
            record.c.sequence == found.sequence,
        )
        wanted = select(measurement, record.c.received_at, record.c.notes, record.c.document).outerjoin(record, same)
        here = found.line_id == of.line, found.filed_at == of.starts_at, found.slot_id == of.id
        with self._database.read() as connection:
            return [
                _recorded(row) for row in connection.execute(wanted.where(*here).order_by(found.at, found.sequence))
            ]

    def closed_standings_of(
        self, territory: TerritoryId, kind: SubjectKind, subject: str, *, limit: int
    ) -> Sequence[ClosedStanding]:
        """The closed periods of a subject, each by its newest revision, the latest period first."""
        periods, verdicts = closed_period.c, closed_verdict.c
        of = periods.territory_id == territory
        newest = (
            select(periods.kind, periods.first_day, func.max(periods.revision).label("revision"))
            .where(of)
            .group_by(periods.kind, periods.first_day)
            .order_by(periods.first_day.desc())
            .limit(limit)
            .subquery()
        )
        is_newest = and_(
            periods.kind == newest.c.kind,
            periods.first_day == newest.c.first_day,
            periods.revision == newest.c.revision,
        )
        own = and_(
            verdicts.territory_id == periods.territory_id,
            verdicts.period_kind == periods.kind,
            verdicts.number == periods.number,
            verdicts.kind == kind,
            verdicts.subject_id == subject,
        )
        wanted = (
            select(periods.kind, periods.first_day, periods.revision, periods.closed_at, verdicts.outcome)
            .add_columns(verdict_content.c.content)
            .select_from(closed_period)
            .join(newest, is_newest)
            .join(closed_verdict, own)
            .join(verdict_content, verdict_content.c.hash == verdicts.hash)
            .where(of)
            .order_by(periods.first_day.desc(), periods.kind)
        )
        with self._database.read() as connection:
            return [_standing(row) for row in connection.execute(wanted)]


def _recorded(row: AnyRow) -> RecordedMeasurement:
    return RecordedMeasurement(
        measurement=read_measurement(row),
        agent=row.agent_id,
        stream=row.stream,
        sequence=row.sequence,
        received_at=row.received_at,
        notes=notes_of(row.notes),
        document=row.document,
    )


def notes_of(text: str | None) -> tuple[Note, ...]:
    return tuple(Note(one) for one in (text or "").split())


def _standing(row: AnyRow) -> ClosedStanding:
    return ClosedStanding(
        period=Period.containing(row.first_day, row.kind),
        revision=row.revision,
        closed_at=row.closed_at,
        outcome=row.outcome,
        content=row.content,
    )

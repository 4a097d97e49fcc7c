"""The lock under which a job runs once, however many collectors share the database."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, select, update

from netmon_collector.storage.evidence_tables import job
from netmon_collector.storage.part import Part
from netmon_collector.storage.upsert import insert_new


class LeasesPart(Part):
    """Which job was done for what, and who is at it."""

    def claim(self, name: str, *, holder: str, due: str, at: datetime, until: datetime) -> bool:
        """Take a job on, unless it was done for this due time or somebody is at it; a lease ends by itself."""
        free = or_(job.c.lease_until.is_(None), job.c.lease_until <= at)
        open_ = or_(job.c.done_for.is_(None), job.c.done_for != due)
        claimed = update(job).where(job.c.name == name, free, open_).values(holder=holder, lease_until=until)
        with self._database.write() as connection:
            insert_new(connection, job, [{"name": name}])
            return connection.execute(claimed.returning(job.c.name)).first() is not None

    def done_for(self, name: str) -> str | None:
        """What the job was last done for."""
        with self._database.read() as connection:
            return connection.execute(select(job.c.done_for).where(job.c.name == name)).scalar_one_or_none()

    def jobs_done(self) -> Mapping[str, datetime]:
        """When each job was last done, but for those that never were."""
        wanted = select(job.c.name, job.c.done_at).where(job.c.done_at.is_not(None))
        with self._database.read() as connection:
            return {row.name: row.done_at for row in connection.execute(wanted)}

    def done(self, name: str, *, holder: str, due: str, at: datetime) -> None:
        """The job was done; nobody does it again for this due time."""
        mine = update(job).where(job.c.name == name, job.c.holder == holder)
        with self._database.write() as connection:
            connection.execute(mine.values(holder=None, lease_until=None, done_for=due, done_at=at))

    def give_up(self, name: str, *, holder: str) -> None:
        """The job failed; anybody may try again."""
        mine = update(job).where(job.c.name == name, job.c.holder == holder)
        with self._database.write() as connection:
            connection.execute(mine.values(holder=None, lease_until=None))

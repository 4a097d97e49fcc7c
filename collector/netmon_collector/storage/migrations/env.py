"""Alembic's entry: runs the migrations inside the transaction that storage/migration.py holds."""

from alembic import context

from netmon_collector.storage import evidence_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=evidence_tables.record.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()

"""Alembic's entry: runs the migrations inside the transaction that storage/migration.py holds."""

from alembic import context

from netmon_collector.storage import store
from netmon_collector.storage.registry_tables import metadata

del store  # it imports the modules of every table
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()

"""Alembic's folder: `env.py` runs inside the transaction of storage/migration.py."""

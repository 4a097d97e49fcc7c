"""The database: only here SQLAlchemy and Alembic."""

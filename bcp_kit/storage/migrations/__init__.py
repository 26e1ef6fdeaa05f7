"""Alembic's migrations of the store; they run when a file is opened."""

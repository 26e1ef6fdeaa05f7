"""Alembic's entry: runs on the connection that bcp_kit.storage.migrate hands in."""

from alembic import context

from bcp_kit.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()

"""Alembic's entry: migrations run on the connection that patchwatch.db.database gives, in its transaction."""

from alembic import context

from patchwatch.db.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True)
context.run_migrations()

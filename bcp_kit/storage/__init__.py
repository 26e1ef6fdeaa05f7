"""The database, its migrations, repositories and audit log."""

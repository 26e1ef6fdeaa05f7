"""Files in: guard, table reader, rows to domain, report."""

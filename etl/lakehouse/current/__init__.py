"""Current tables: the change log becomes rows as they are at the source now."""

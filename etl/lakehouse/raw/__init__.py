"""What the source delivered: files and messages of the raw zone, or the database itself."""

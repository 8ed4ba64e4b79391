"""The files of a zone, and what the jobs keep there of each table: names, types, state, Iceberg metadata."""

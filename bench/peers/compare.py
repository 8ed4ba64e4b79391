"""A table of MySQL's against Parquet files, by reladiff. Prints how many rows differ.

python compare.py port schema table columns files
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb
import reladiff


def main() -> None:
    port, schema, table, columns, files = sys.argv[1:]
    source = {
        "driver": "mysql",
        "host": "127.0.0.1",
        "port": int(port),
        "user": "root",
        "password": "",
        "database": schema,
    }
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "lake.duckdb")
        with duckdb.connect(database) as connection:
            connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{files}')")
        lake = {"driver": "duckdb", "filepath": database}
        extra = tuple(columns.split(","))
        both = [reladiff.connect_to_table(side, table, "id", extra_columns=extra) for side in (source, lake)]
        print(sum(1 for _ in reladiff.diff_tables(*both)))


if __name__ == "__main__":
    main()

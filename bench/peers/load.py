"""A table into Parquet files as people do it in Python. Prints how many rows they have.

python load.py connectorx|dlt mysql://user@host:port/schema table folder
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pyarrow.parquet as pq


def with_connectorx(url: str, table: str, folder: Path) -> None:
    """The whole table in memory, then a file."""
    import connectorx as cx

    pq.write_table(cx.read_sql(url, f"SELECT * FROM {table}", return_type="arrow"), folder / f"{table}.parquet")


def with_dlt(url: str, table: str, folder: Path) -> None:
    os.environ.update(
        {
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "DESTINATION__FILESYSTEM__BUCKET_URL": folder.as_uri(),
            "RUNTIME__LOG_LEVEL": "ERROR",
        }
    )
    import dlt
    from dlt.sources.sql_database import sql_table

    source = sql_table(url.replace("mysql:", "mysql+pymysql:"), table=table, backend="connectorx",
                       backend_kwargs={"conn": url})  # fmt: skip
    pipeline = dlt.pipeline("bench", destination="filesystem", dataset_name="bench", pipelines_dir=str(folder / "work"))
    pipeline.run(source, loader_file_format="parquet").raise_on_failed_jobs()


def main() -> None:
    way, url, table, folder = sys.argv[1:]
    {"connectorx": with_connectorx, "dlt": with_dlt}[way](url, table, Path(folder))
    files = [path for path in Path(folder).rglob("*.parquet") if "work" not in path.relative_to(folder).parts[:1]]
    print(sum(pq.read_metadata(path).num_rows for path in files if path.parent.name in (table, Path(folder).name)))


if __name__ == "__main__":
    main()

"""
A local Apache Spark session as AWS Glue 5.1 has it: Spark 3.5.6, Iceberg 1.10.0 in the catalog `glue_catalog`.

    python etl/tests/support/spark_session.py <folder> etl/jobs/<job>.py --raw_uri …    runs a job on it
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PACKAGES = [
    "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0",
    # Iceberg's JDBC catalog keeps its names in SQLite: like the Glue catalog it allows a location for each table.
    "org.xerial:sqlite-jdbc:3.49.1.0",
    "org.mariadb.jdbc:mariadb-java-client:3.5.1",
]
CACHE = Path(__file__).resolve().parents[3] / ".pipeline" / "ivy"
"""Where Spark keeps what it fetched from Maven Central."""


def start(folder: Path) -> SparkSession:
    """Starts the session; its catalog is in `folder`."""
    from pyspark.sql import SparkSession

    # Its workers would be the first python3 of the path, which has no pyarrow.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Java reads names of files by the locale: without UTF-8, or in one that is not installed, it finds no `ä`.
    os.environ["LC_ALL"] = "C.UTF-8"
    catalog = "spark.sql.catalog.glue_catalog"
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.jars.packages", ",".join(PACKAGES))
        .config("spark.jars.ivy", str(CACHE))
        .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .config(catalog, "org.apache.iceberg.spark.SparkCatalog")
        .config(f"{catalog}.type", "jdbc")
        .config(f"{catalog}.uri", f"jdbc:sqlite:{folder}/catalog.db")
        # Iceberg leaves a query open where the file exists already, and so a lock that bars its other connections.
        .config(f"{catalog}.clients", "1")
        .config(f"{catalog}.jdbc.schema-version", "V1")
        .config(f"{catalog}.warehouse", f"file://{folder}/warehouse")
        .config("spark.driver.memory", "3g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        # Tables of some rows: compiling code for a query takes longer than to go without, and so does the JVM's second
        # compiler.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.sql.warehouse.dir", f"{folder}/hive")
        .getOrCreate()
    )


if __name__ == "__main__":
    start(Path(sys.argv[1]))
    del sys.argv[:2]
    runpy.run_path(sys.argv[0], run_name="__main__")

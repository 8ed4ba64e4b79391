"""
Apache Spark in local mode with its own defaults, code generation among them, and as many partitions as cores.

    python spark.py jobs <folder> <script> … -- <arguments of all>      our jobs' scripts, in one session
    python spark.py pasted <folder of the lake> <folder to write into> log|join
"""

from __future__ import annotations

import os
import runpy
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "etl" / "tests"), str(ROOT / "etl")]

from support.spark_session import CACHE, PACKAGES  # noqa: E402

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CORES = 2


# Its workers, too, have what this Python has.
os.environ["PYSPARK_PYTHON"] = sys.executable


def session(folder: Path) -> SparkSession:
    """Its catalog of Iceberg is in `folder`."""
    from pyspark.sql import SparkSession

    catalog = "spark.sql.catalog.glue_catalog"
    return (
        SparkSession.builder.master(f"local[{CORES}]")
        .config("spark.jars.packages", ",".join(PACKAGES))
        .config("spark.jars.ivy", str(CACHE))
        .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .config(catalog, "org.apache.iceberg.spark.SparkCatalog")
        .config(f"{catalog}.type", "jdbc")
        .config(f"{catalog}.uri", f"jdbc:sqlite:{folder}/catalog.db")
        .config(f"{catalog}.clients", "1")
        .config(f"{catalog}.jdbc.schema-version", "V1")
        .config(f"{catalog}.warehouse", f"file://{folder}/warehouse")
        .config("spark.driver.memory", "6g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", str(CORES))
        .config("spark.sql.warehouse.dir", f"{folder}/hive")
        .getOrCreate()
    )


def jobs(folder: Path, rest: list[str]) -> None:
    at = rest.index("--")
    folder.mkdir(parents=True, exist_ok=True)
    for script in rest[:at]:
        session(folder)
        sys.argv = [script, *rest[at + 1 :]]
        # As Python does for a script: jobs of a definition have packages beside them.
        sys.path.insert(0, str(Path(script).parent))
        runpy.run_path(script, run_name="__main__")


def pasted(lake: Path, out: Path, work: str) -> None:
    """Scripts as people paste them into AWS Glue: no key, no state, all of the data each time."""
    spark = session(out)
    if work == "log":
        for table in sorted((lake / "csv").glob("*/*")):
            target = out / "processed" / table.relative_to(lake / "csv")
            for load in sorted(table.glob("LOAD*.csv")):
                from pyspark.sql.functions import lit

                read = spark.read.csv(str(load), header=False, inferSchema=True)
                read.select(lit("O").alias("NewColumn"), "*").write.csv(str(target), header=False, mode="append")
            for path in sorted(set(table.glob("*.csv")) - set(table.glob("LOAD*.csv"))):
                shutil.copyfile(path, target / path.name)
    else:
        items = spark.read.csv(str(lake / "csv" / "wordpress-db" / "wp_woocommerce_order_items"), inferSchema=True)
        clicks = spark.read.json(str(lake / "raw" / "clickstream-data" / "*" / "*" / "*" / "*"))
        joined = items.join(clicks, items["_c0"] == clicks["productid"].cast("int"))
        joined.write.parquet(str(out / "joined"), compression="snappy")
        print(spark.read.parquet(str(out / "joined")).count())
    spark.stop()


def main() -> None:
    what, folder, *rest = sys.argv[1:]
    if what == "jobs":
        jobs(Path(folder), rest)
    else:
        pasted(Path(folder), Path(rest[0]), rest[1])


if __name__ == "__main__":
    main()

"""Tables of the source database itself, by JDBC: for a star schema without replication. Needs Apache Spark."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lakehouse.run.arguments import optional
from lakehouse.run.engine import Engine
from lakehouse.storage.column_types import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

GLUE_DRIVER = "com.mysql.cj.jdbc.Driver"
"""MySQL Connector/J, which AWS Glue has."""


@dataclass(frozen=True)
class JdbcSource:
    """A database by its URL, `jdbc:mysql://host:port/schema`."""

    url: str
    driver: str
    user: str
    password: str = field(repr=False)

    @staticmethod
    def of(argv: Sequence[str]) -> JdbcSource | None:
        """
        The database of `--source jdbc`, else None. `--jdbc_url` names it, `--jdbc_driver` the driver's class. User and
        password are in the Secrets Manager secret `--jdbc_secret` (JSON with username and password), or in JDBC_USER
        and JDBC_PASSWORD.
        """
        source = optional(argv, "source")
        if source in (None, "current"):
            return None
        url = optional(argv, "jdbc_url")
        if source != "jdbc" or url is None:
            raise ValueError("--source must be current, or jdbc together with --jdbc_url jdbc:mysql://host:port/schema")
        driver = optional(argv, "jdbc_driver") or GLUE_DRIVER
        secret = optional(argv, "jdbc_secret")
        if secret is None:
            return JdbcSource(url, driver, os.environ["JDBC_USER"], os.environ["JDBC_PASSWORD"])
        import boto3

        value = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])
        return JdbcSource(url, driver, value["username"], value["password"])

    def read(self, engine: Engine, table: str) -> DataFrame:
        """Rows of a table as they are now."""
        # MariaDB Connector/J takes jdbc:mysql only when asked to, and Spark quotes names right for jdbc:mysql only.
        separator = "&" if "?" in self.url else "?"
        return (
            engine.session.read.format("jdbc")
            .option("url", f"{self.url}{separator}permitMysqlScheme=true")
            .option("driver", self.driver)
            .option("dbtable", quoted(table))
            .option("user", self.user)
            .option("password", self.password)
            .load()
        )

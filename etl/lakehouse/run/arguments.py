"""Arguments of a job script, by AWS Glue's `--name value` convention."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args


@dataclass(frozen=True)
class Arguments:
    """The common arguments; etl/contract/arguments.ts is their declaration."""

    raw_uri: str
    processed_uri: str
    database: str
    datasets_uri: str
    run_id: str


NAMES = tuple(Arguments.__dataclass_fields__)

OptionalName = Literal[
    "models", "failed_tables", "loading", "accept_empty", "source", "jdbc_url", "jdbc_driver", "jdbc_secret"
]
"""Arguments that a job may be given besides."""

OPTIONAL: tuple[str, ...] = get_args(OptionalName)


def resolve_options(argv: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """
    Values of the named options in `argv` (the script's name first); options that are not asked for are ignored, as
    Glue passes its own. On Glue this is its `getResolvedOptions`.
    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-get-resolved-options.html

    Exits with code 2 where an option is missing.
    """
    try:
        from awsglue.utils import getResolvedOptions
    except ImportError:
        parser = argparse.ArgumentParser(prog=argv[0], allow_abbrev=False)
        for name in names:
            parser.add_argument(f"--{name}", required=True)
        return vars(parser.parse_known_args(list(argv[1:]))[0])
    resolved = getResolvedOptions(list(argv), list(names))
    return {name: resolved[name] for name in names}


def parse(argv: Sequence[str]) -> Arguments:
    """The common arguments of a job."""
    return Arguments(**resolve_options(argv, NAMES))


def optional(argv: Sequence[str], name: OptionalName) -> str | None:
    """Value of an option that may be missing; Glue's own function knows no such thing."""
    given = any(part == f"--{name}" or part.startswith(f"--{name}=") for part in argv[1:])
    return resolve_options(argv, [name])[name] if given else None

"""Facts and dimensions of classicmodels."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from lakehouse.run import job
from lakehouse.shop.star_schema import star_schema

if __name__ == "__main__":
    job.main("star-schema", star_schema)

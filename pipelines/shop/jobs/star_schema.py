"""Facts and dimensions of classicmodels."""

from lakehouse.run import job
from shop.star_schema import star_schema

if __name__ == "__main__":
    job.main("star-schema", star_schema)

"""Order items joined with the clickstream on the product."""

from lakehouse.run import job
from shop.joint_tables import join_tables

if __name__ == "__main__":
    job.main("join-tables", join_tables)

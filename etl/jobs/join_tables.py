"""Order items joined with the clickstream on the product."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from lakehouse.run import job
from lakehouse.shop.joint_tables import join_tables

if __name__ == "__main__":
    job.main("join-tables", join_tables)

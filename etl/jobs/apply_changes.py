"""Change log → current tables."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from lakehouse import job
from lakehouse.apply_changes import apply_changes

if __name__ == "__main__":
    job.main("apply-changes", apply_changes)

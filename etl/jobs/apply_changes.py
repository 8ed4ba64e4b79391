"""Change log → current tables."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from lakehouse.current.apply_changes import apply_changes
from lakehouse.run import job

if __name__ == "__main__":
    job.main("apply-changes", apply_changes)

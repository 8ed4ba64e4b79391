"""Change files of the raw zone → change log, as operations I, U and D."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from lakehouse.changes import change_log
from lakehouse.run import job

if __name__ == "__main__":
    job.main("process-cdc", lambda work: change_log.extend(work, "change"))

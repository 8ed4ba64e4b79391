"""Models: SELECTs over current tables and each other → tables."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from lakehouse.models.build_models import build_models
from lakehouse.run import job

if __name__ == "__main__":
    job.main("build-models", build_models)

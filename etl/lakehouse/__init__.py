"""What the job scripts share: storage, bookkeeping, and pure functions from DataFrame to DataFrame."""

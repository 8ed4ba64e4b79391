"""The change log: raw files become batches, and small batches one."""

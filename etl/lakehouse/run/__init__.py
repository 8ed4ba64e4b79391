"""One run of a job: its arguments, its engine, its report."""

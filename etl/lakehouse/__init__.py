"""
What the job scripts share, in layers; each imports only those before it, `contract` and `spark`:
`storage` (files of a zone, tables, state) < `run` (arguments, engine, report of a job) < `raw` (what the source
delivered) < `changes` (the change log) < `quality` (rules) < `current` (current tables) < `models` (models).
"""

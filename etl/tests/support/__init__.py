"""What the tests share: a lake with sources that write as the replicator does, engines, databases."""

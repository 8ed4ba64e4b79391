"""Models: SELECTs over the lake's tables that become tables."""

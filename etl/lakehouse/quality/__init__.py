"""The rules of the tables."""

"""Fixtures of all Python tests, those of definitions too."""

pytest_plugins = ["support.fixtures"]

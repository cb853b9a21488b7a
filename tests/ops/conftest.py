"""Fixtures of the tests that need a PostgreSQL server."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from postgres_fixtures import cluster, database  # noqa: E402, F401

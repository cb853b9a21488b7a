"""Fixtures of the fault tests: a PostgreSQL server or a tiny model for those commands that need one."""
import json
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from postgres_fixtures import cluster, database, own_cluster  # noqa: E402, F401
from tiny import Tiny  # noqa: E402


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A tiny model with data, shared: tests write elsewhere."""
    return Tiny(tmp_path_factory.mktemp("tiny"))


class Canaries:
    """Secrets in every variable that may contain one, each with a word that must not appear in any output."""
    NAMES = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY", "HUGGINGFACE_API_KEY", "HF_TOKEN", "LANGFUSE_SECRET_KEY",
             "PGPASSWORD", "AWS_SECRET_ACCESS_KEY"]

    def __init__(self):
        self.environment = {name: f"kanarie-{name.lower()}" for name in self.NAMES}
        self.environment["DATABASE_URL"] = "postgresql://u:kanarie-database@localhost:1/d"
        self.environment["REDIS_URL"] = "redis://:kanarie-redis@localhost:1/0"
        self.environment["MLFLOW_TRACKING_URI"] = "http://u:kanarie-mlflow@localhost:1"

    def check(self, said):
        assert b"kanarie" not in said, said[max(0, said.find(b"kanarie") - 200):][:400]


@pytest.fixture(scope="session")
def canaries():
    return Canaries()


@pytest.fixture(scope="session")
def naughty_strings():
    """The Big List of Naughty Strings, except for the empty one, which is not allowed in a conversation."""
    folder = os.environ.get("INTELIA_EXTERNAL_DATA", "")
    if not folder:
        (pytest.fail if os.environ.get("INTELIA_REQUIRE_EXTERNAL_DATA") else pytest.skip)("INTELIA_EXTERNAL_DATA is not set")
    strings = [text for text in json.loads((pathlib.Path(folder) / "blns/blns.json").read_text()) if text]
    assert len(strings) > 500
    return strings

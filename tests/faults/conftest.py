"""Fixtures of the fault tests: a PostgreSQL server for those commands that need one."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from temporary_postgres import Cluster  # noqa: E402


@pytest.fixture(scope="session")
def cluster():
    server = Cluster()
    yield server
    server.stop()


@pytest.fixture()
def database(cluster):
    """(URL, connection) of an empty database with our schema."""
    name = cluster.new_database()
    connection = cluster.connect(name)
    yield cluster.url(name), connection
    connection.close()


@pytest.fixture()
def own_cluster():
    """A server that the test may harm."""
    server = Cluster()
    yield server
    server.stop()

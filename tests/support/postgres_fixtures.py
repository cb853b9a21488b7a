"""Fixtures of the tests that need a PostgreSQL server; a conftest.py imports them."""
import pytest

from temporary_postgres import Cluster


@pytest.fixture(scope="session")
def cluster():
    server = Cluster()
    yield server
    server.stop()


@pytest.fixture()
def database(cluster):
    """(URL, connection) of an empty database with the schema of intelia."""
    name = cluster.new_database()
    connection = cluster.connect(name)
    yield cluster.url(name), connection
    connection.close()


@pytest.fixture()
def own_cluster():
    """A server that the test may break."""
    server = Cluster()
    yield server
    server.stop()

"""A real PostgreSQL server for tests: one cluster per session, a new database per test."""
import itertools
import os
import pathlib
import shutil
import subprocess
import tempfile

import psycopg2

from program import ROOT

SCRIPT = ROOT / "scripts/temporary-postgres"


class Cluster:
    """Ends with this process, whatever ends it."""

    def __init__(self, encoding="UTF8"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="intelia-test-", dir="/tmp"))
        self.base_url = subprocess.run([SCRIPT, "start", self.folder, "--owner", str(os.getpid()), "--encoding", encoding],
                                       check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        self.socket = self.folder / "socket"
        self.numbers = itertools.count(1)

    def url(self, database="intelia", user="postgres", password=None):
        secret = "" if password is None else ":" + password
        return f"postgresql://{user}{secret}@/{database}?host={self.socket}"

    def connect(self, database="intelia"):
        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        return connection

    def new_database(self, schema=True):
        """The name of an empty database, with the tables of data/schema.sql."""
        name = f"test_{next(self.numbers)}"
        connection = self.connect()
        connection.cursor().execute(f"CREATE DATABASE {name}")
        connection.close()
        if schema:
            connection = self.connect(name)
            connection.cursor().execute((ROOT / "data/schema.sql").read_bytes())
            connection.close()
        return name

    def stop(self):
        subprocess.run([SCRIPT, "stop", self.folder], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def copying_backend(connection):
    """The backend that serves a running extract, or None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'intelia' AND query LIKE 'COPY%' "
                       "AND state = 'active' AND datname = current_database()")
        row = cursor.fetchone()
    return row[0] if row else None

"""`intelia extract` behind pgbouncer, from a streaming replica, under timeouts and in the snapshot of another session."""
import os
import pathlib
import shutil
import subprocess
import time

import psycopg2
import pytest

import program
from conversations import TURNS, ids_of, insert, slow_view
from program import wait_for
from temporary_postgres import copying_backend

SERVER = pathlib.Path(subprocess.run(["pg_config", "--bindir"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")


def as_server(*command):
    """`command` as a user who may run the server."""
    if os.geteuid() == 0:
        command = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", *command)
    return [str(word) for word in command]


def give_to_server(folder):
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")


def extract(url, folder, *arguments):
    return program.run("extract", "--output", folder, *arguments, environment={"DATABASE_URL": url})


def insert_many(connection, count):
    insert(connection, [{"conversation_id": f"c-{number}", "created_at": f"2026-{1 + number % 9:02d}-{1 + number % 28:02d}",
                         "messages": TURNS[:3] + [{"role": "assistant", "content": "x" * 3000 + str(number)}]}
                        for number in range(count)])
    connection.cursor().execute("ANALYZE conversations")


@pytest.fixture()
def pgbouncer(cluster, tmp_path_factory):
    """start(pool_mode) → a function that gives the URL of a database through pgbouncer."""
    assert PGBOUNCER, "pgbouncer is not installed"
    folder = pathlib.Path(cluster.folder) / f"bouncer-{time.monotonic_ns()}"
    folder.mkdir()
    give_to_server(folder)
    processes = []

    def start(pool_mode):
        settings = folder / "pgbouncer.ini"
        (folder / "users.txt").write_text('"postgres" ""\n')
        settings.write_text(f"[databases]\n* = host={cluster.socket}\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
                            f"unix_socket_dir = {folder}\nauth_type = trust\nauth_file = {folder}/users.txt\n"
                            f"pool_mode = {pool_mode}\ndefault_pool_size = 4\nlogfile = {folder}/log\n")
        processes.append(subprocess.Popen(as_server(PGBOUNCER, "-q", settings), cwd="/"))
        wait_for(lambda: (folder / ".s.PGSQL.6432").exists())
        return lambda database: f"postgresql://postgres@/{database}?host={folder}&port=6432"

    yield start
    for process in processes:
        process.terminate()
        process.wait()


def test_pgbouncer_by_transaction(database, cluster, pgbouncer, tmp_path):
    url, connection = database
    insert_many(connection, 5000)
    name = connection.info.dbname
    pooled = pgbouncer("transaction")(name)
    assert extract(url, tmp_path / "direct").status == 0
    for number, more in enumerate([[], ["--jobs", "3"], ["--incremental"], ["--incremental"]]):
        run = extract(pooled, tmp_path / f"pooled-{number}", *more)
        assert run.status == 0, run.stderr
        for file in ("train.jsonl", "validation.jsonl"):
            assert (tmp_path / f"pooled-{number}" / file).read_bytes() == (tmp_path / "direct" / file).read_bytes()
    # Pooled connections are returned with unchanged settings.
    pool = psycopg2.connect(pooled)
    cursor = pool.cursor()
    cursor.execute("SELECT current_setting('statement_timeout'), current_setting('transaction_read_only')")
    assert cursor.fetchone() == ("0", "off")
    pool.close()


def test_pgbouncer_by_statement_is_refused_in_words(database, pgbouncer, tmp_path):
    _, connection = database
    insert(connection, [{}])
    run = extract(pgbouncer("statement")(connection.info.dbname), tmp_path / "out")
    assert run.status in (2, 75) and "transaction" in run.stderr
    assert not (tmp_path / "out/train.jsonl").exists()


@pytest.fixture()
def replica(own_cluster):
    """(primary connection, URL of a streaming replica that cancels queries in conflict with replay)."""
    name = own_cluster.new_database()
    connection = own_cluster.connect(name)
    folder = pathlib.Path(own_cluster.folder) / "replica"
    folder.mkdir()
    give_to_server(folder)
    subprocess.run(as_server(SERVER / "pg_basebackup", "-h", own_cluster.socket, "-U", "postgres", "-D", folder / "data", "-R",
                             "--checkpoint=fast"), check=True, cwd="/")
    with open(folder / "data/postgresql.conf", "a") as configuration:
        configuration.write(f"\nunix_socket_directories = '{folder}'\nmax_standby_streaming_delay = 0\nport = 5433\n")
    control = [SERVER / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "data/replica.log"]
    subprocess.run(as_server(*control, "start"), check=True, cwd="/", stdout=subprocess.DEVNULL)
    yield connection, f"postgresql://postgres@/{name}?host={folder}&port=5433"
    connection.close()
    subprocess.run(as_server(*control, "-m", "immediate", "stop"), check=True, cwd="/", stdout=subprocess.DEVNULL)


def wait_for_replay(connection):
    def is_caught_up():
        cursor = connection.cursor()
        cursor.execute("SELECT replay_lsn >= pg_current_wal_lsn() FROM pg_stat_replication")
        row = cursor.fetchone()
        return row is not None and row[0]
    wait_for(is_caught_up)


def test_replica(replica, tmp_path):
    """Incremental runs, --jobs, and a query that replay cancels and that is retried."""
    connection, url = replica
    insert_many(connection, 4000)
    slow_view(connection, 0.0004)
    wait_for_replay(connection)
    for more in (["--incremental"], ["--incremental"]):
        run = extract(url, tmp_path / "increment", *more)
        assert run.status == 0, run.stderr
    assert "4000 unchanged" in run.stderr
    run = extract(url, tmp_path / "jobs", "--jobs", "3")
    assert run.status == 0, run.stderr
    assert (tmp_path / "jobs/train.jsonl").read_bytes() == (tmp_path / "increment/train.jsonl").read_bytes()

    process = program.start("extract", "--table", "slow", "--output", tmp_path / "slow", environment={"DATABASE_URL": url})
    watcher = psycopg2.connect(url)
    watcher.autocommit = True

    wait_for(lambda: copying_backend(watcher))
    cursor = connection.cursor()
    cursor.execute("DELETE FROM conversations WHERE conversation_id LIKE 'c-1%'")
    cursor.execute("VACUUM conversations")
    run = program.finish(process)
    watcher.close()
    assert run.status == 0, run.stderr
    assert "conflict with recovery" in run.stderr and "retrying, 1 of 3" in run.stderr
    cursor.execute("SELECT conversation_id FROM conversations")
    assert ids_of(tmp_path / "slow") == sorted(row[0] for row in cursor.fetchall())


def test_replica_gives_up_when_told(replica, tmp_path):
    connection, url = replica
    insert_many(connection, 3000)
    slow_view(connection, 0.0006)
    wait_for_replay(connection)
    process = program.start("extract", "--table", "slow", "--retries", "0", "--output", tmp_path / "slow",
                            environment={"DATABASE_URL": url})
    cursor = connection.cursor()
    for number in range(2000):
        if process.poll() is not None:
            break
        cursor.execute("UPDATE conversations SET rating = 5 WHERE conversation_id = %s", (f"c-{number}",))
        cursor.execute("VACUUM conversations")
    run = program.finish(process)
    # A server that is cancelled while it waits to send ends the connection without a reason.
    assert run.status == 75 and ("40001" in run.stderr or "was lost" in run.stderr) and "try again later" in run.stderr
    assert not (tmp_path / "slow/train.jsonl").exists()


def test_timeouts_are_told_to_the_server(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(400)])
    slow_view(connection, 0.01)
    run = extract(url, tmp_path / "out", "--table", "slow", "--statement-timeout", "1")
    assert run.status == 75 and "57014" in run.stderr and "statement timeout" in run.stderr
    connection.autocommit = False
    connection.cursor().execute("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
    run = extract(url, tmp_path / "out", "--lock-timeout", "1")
    assert run.status == 75 and "55P03" in run.stderr
    connection.rollback()
    connection.autocommit = True
    assert extract(url, tmp_path / "out", "--lock-timeout", "1").status == 0
    run = extract(url, tmp_path / "out", "--lock-timeout", "-1")
    assert run.status == 2 and "--lock-timeout" in run.stderr


def test_snapshot_of_another_session(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(20)])
    connection.autocommit = False
    cursor = connection.cursor()
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    cursor.execute("SELECT pg_export_snapshot()")
    snapshot = cursor.fetchone()[0]
    cursor.execute("DELETE FROM conversations WHERE conversation_id = 'c-000001'")
    assert extract(url, tmp_path / "out", "--snapshot", snapshot).status == 0
    assert len(ids_of(tmp_path / "out")) == 20
    connection.commit()
    connection.autocommit = True
    for name in (snapshot, "nonsense", "'; DROP TABLE conversations; --"):
        run = extract(url, tmp_path / "out", "--snapshot", name)
        assert run.status == 2 and "--snapshot" in run.stderr, run.stderr
    assert extract(url, tmp_path / "out").status == 0
    assert len(ids_of(tmp_path / "out")) == 19

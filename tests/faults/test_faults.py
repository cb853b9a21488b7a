"""Rows of the fault table (docs/faults.md), one test per row and command: fault_NN_command."""
import json
import os
import pathlib
import random
import signal
import time

import pytest

import fault_points
import program
from conversations import TURNS, ids_of, insert, lines_of, slow_view
from program import wait_for
from temporary_postgres import copying_backend

needs_shim = pytest.mark.skipif(not fault_points.SHIM, reason="INTELIA_FAULT_SHIM is not set")
OUTPUTS = ["train.jsonl", "validation.jsonl", "rejected.jsonl", "dropped.jsonl", "quarantine.jsonl", "manifest.json"]
CANARY = "kanari%2Fen-7f3a"          # percent-encoded as in a URL
CANARY_DECODED = "kanari/en-7f3a"


def backends(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'intelia' "
                   "AND datname = current_database()")
    return cursor.fetchone()[0]


def data_of(folder):
    """The files whose bytes must be equal after every run on the same database state."""
    files = fault_points.files_of(folder)
    manifest = json.loads(files.pop("manifest.json", b"{}"))
    manifest.pop("measured", None)
    for source in manifest.get("inputs", []):
        source.pop("snapshot")  # counts all transactions of the server
    manifest.get("options", {}).pop("output", None)
    return files, manifest


class Extract:
    """Repeated `extract` of one table."""

    def __init__(self, url, connection, folder):
        self.url, self.connection, self.folder = url, connection, folder
        self.environment = {"DATABASE_URL": url}

    def arguments(self, output, *more):
        return ["extract", "--output", output, *more]

    def run(self, output, *more, environment=None):
        return program.run(*self.arguments(output, *more), environment={**self.environment, **(environment or {})})

    def start(self, output, *more, environment=None):
        return program.start(*self.arguments(output, *more), environment={**self.environment, **(environment or {})})


@pytest.fixture()
def extract(database, tmp_path):
    url, connection = database
    # Enough for several writes of a mebibyte to a file.
    text = "Litter should be dry and friable; ammonia below 20 ppm. " * 20
    insert(connection, [{"messages": TURNS[:3] + [{"role": "assistant", "content": text + str(number)}],
                         "conversation_id": f"c-{number:06d}"} for number in range(2500)]
           + [{"conversation_id": "bad", "messages": "7"}])
    return Extract(url, connection, tmp_path)


def calls_of_extract(extract):
    calls, run = fault_points.calls_of(extract.arguments(extract.folder / "count"), extract.folder / "count",
                                       extract.folder / "calls.log", extract.environment)
    assert run.status == 0, run.stderr
    assert [call for call, path in calls].count("rename") == len(OUTPUTS), "the outputs get their names by rename"
    assert [call for call, path in calls].count("write") >= 5, "the data is more than one write"
    return calls


@needs_shim
@pytest.mark.parametrize("action", ["exit", "torn"])
def test_fault_01_extract(extract, action):
    """Killed at every change of the folder: each file is complete or absent; the next run has the normal result."""
    calls = calls_of_extract(extract)
    expected = data_of(extract.folder / "count")
    num_killed = 0
    for at in range(1, len(calls) + 1):
        folder = extract.folder / f"{action}-{at}"
        run = extract.run(folder, environment=fault_points.environment(folder, at, action))
        if run.status == 0:
            continue  # this run made fewer changes
        assert run.status == 86
        num_killed += 1
        found, _ = data_of(folder)
        for name in OUTPUTS[:-1]:
            assert found.get(name) in (None, expected[0][name]), f"{name} is half a file after change {at} {calls[at - 1]}"
        rerun = extract.run(folder)
        assert rerun.status == 0, f"after change {at} {calls[at - 1]}: {rerun.stderr}"
        assert data_of(folder) == expected
        assert not list(folder.glob(".*.partial")), "an orphan"
    assert num_killed >= len(calls) - 1


def test_fault_01_extract_at_random_moments(extract):
    """kill -9 at random times, mostly with rows already on disk; the next run has the normal result."""
    slow_view(extract.connection, 0.0002)
    start = time.monotonic()
    assert extract.run(extract.folder / "whole", "--table", "slow").status == 0
    whole_seconds = time.monotonic() - start
    expected = data_of(extract.folder / "whole")
    chance = random.Random(1)
    folder = extract.folder / "killed"
    num_after_first_rows = 0
    for number in range(8):
        process = extract.start(folder, "--table", "slow")
        partial = folder / ".train.jsonl.partial"
        if number % 4 != 0:
            wait_for(lambda: partial.exists() and partial.stat().st_size > 0)
        time.sleep(chance.uniform(0, whole_seconds / 10))
        num_after_first_rows += partial.exists() and partial.stat().st_size > 0
        process.kill()
        assert program.finish(process).status == 137
        assert [name for name in fault_points.files_of(folder) if not name.endswith(".partial")] == []
    assert num_after_first_rows >= 4
    assert extract.run(folder, "--table", "slow").status == 0
    assert data_of(folder) == expected
    assert not list(folder.glob(".*.partial")), "an orphan"


@needs_shim
@pytest.mark.parametrize("forever", [False, True])
@pytest.mark.parametrize("error, words", [("ENOSPC", "No space left on device"), ("EIO", "Input/output error")])
def test_fault_03_extract(extract, error, words, forever):
    """Each change fails: exit status 1 with path and cause; no partial files; before the first rename the old outputs remain."""
    calls = calls_of_extract(extract)
    new = data_of(extract.folder / "count")
    old_folder = extract.folder / "old"
    assert extract.run(old_folder, "--split", "0.5").status == 0
    old = data_of(old_folder)
    first_rename = 1 + next(place for place, (call, path) in enumerate(calls) if call == "rename")
    # With an old output the folder and the lock exist: there is no mkdir, so the calls shift by at most one.
    for at in range(1, len(calls) + 1):
        assert extract.run(old_folder, "--split", "0.5").status == 0
        run = extract.run(old_folder, environment=fault_points.environment(old_folder, at, error, forever))
        if run.status == 0:
            assert at > first_rename, "a failed change went unnoticed: " + str(calls[at - 1])
            continue
        assert run.status == 1, run.stderr
        assert words in run.stderr and str(old_folder) in run.stderr
        found, _ = data_of(old_folder)
        found = {name: data for name, data in found.items() if not (forever and name.endswith(".partial"))}
        if at < first_rename - 1:
            assert (found, data_of(old_folder)[1]) == old
        for name, data in found.items():
            assert data in (old[0].get(name), new[0].get(name)), f"{name} is half a file after {calls[at - 1]}"
    assert extract.run(old_folder).status == 0
    assert data_of(old_folder) == new


@needs_shim
def test_fault_03_extract_short_writes(extract):
    """A short write is continued."""
    calls = calls_of_extract(extract)
    for at in [1 + place for place, (call, path) in enumerate(calls) if call == "write"]:
        folder = extract.folder / f"short-{at}"
        assert extract.run(folder, environment=fault_points.environment(folder, at, "short")).status == 0
        assert data_of(folder) == data_of(extract.folder / "count")


@needs_shim
@pytest.mark.parametrize("name", ["TERM", "INT"])
def test_fault_04_extract_at_each_change(extract, name):
    status = 128 + getattr(signal, "SIG" + name)
    calls = calls_of_extract(extract)
    expected = data_of(extract.folder / "count")
    statuses = []
    for at in range(1, len(calls) + 1):
        folder = extract.folder / f"{name}-{at}"
        run = extract.run(folder, environment=fault_points.environment(folder, at, name))
        assert run.status in (0, status), run.stderr
        statuses.append(run.status)
        found, manifest = data_of(folder)
        assert (found, manifest) == expected if run.status == 0 else found == {}
    assert status in statuses


def test_fault_04_extract(extract):
    """A signal at any time: exit status 143 or 130 soon after, no partial files, no active backend."""
    slow_view(extract.connection, 0.0005)
    chance = random.Random(4)
    num_ended = 0
    for number in range(12):
        folder = extract.folder / f"random-{number}"
        process = extract.start(folder, "--table", "slow")
        if number % 2 == 0:
            wait_for(lambda: copying_backend(extract.connection))
        time.sleep(chance.uniform(0, 0.5))
        sent = chance.choice([signal.SIGTERM, signal.SIGINT])
        process.send_signal(sent)
        start = time.monotonic()
        run = program.finish(process)
        assert run.status in (0, 128 + sent), run.stderr
        assert time.monotonic() - start < 5
        if run.status != 0:
            num_ended += 1
            assert fault_points.files_of(folder) == {}
    assert num_ended >= 6
    wait_for(lambda: backends(extract.connection) == 0, 30)


def test_fault_08_extract_backend_ended(extract):
    slow_view(extract.connection, 0.0005)
    process = extract.start(extract.folder / "out", "--table", "slow")
    wait_for(lambda: copying_backend(extract.connection))
    extract.connection.cursor().execute("SELECT pg_terminate_backend(%s)", (copying_backend(extract.connection),))
    run = program.finish(process)
    assert run.status == 75 and "try again later" in run.stderr
    assert fault_points.files_of(extract.folder / "out") == {}


def test_fault_08_extract_statement_cancelled(extract):
    slow_view(extract.connection, 0.0005)
    process = extract.start(extract.folder / "out", "--table", "slow")
    wait_for(lambda: copying_backend(extract.connection))
    extract.connection.cursor().execute("SELECT pg_cancel_backend(%s)", (copying_backend(extract.connection),))
    run = program.finish(process)
    assert run.status == 75 and "57014" in run.stderr
    assert fault_points.files_of(extract.folder / "out") == {}


def test_fault_08_extract_server_crashes(own_cluster, tmp_path):
    name = own_cluster.new_database()
    connection = own_cluster.connect(name)
    insert(connection, [{} for _ in range(3000)])
    slow_view(connection)
    process = program.start("extract", "--table", "slow", "--output", tmp_path / "out",
                            environment={"DATABASE_URL": own_cluster.url(name)})
    wait_for(lambda: copying_backend(connection))
    connection.close()
    os.kill(int((own_cluster.folder / "data/postmaster.pid").read_text().split()[0]), signal.SIGQUIT)  # stop -m immediate
    run = program.finish(process)
    assert run.status == 75 and "try again later" in run.stderr
    assert fault_points.files_of(tmp_path / "out") == {}
    run = program.run("extract", "--output", tmp_path / "out", environment={"DATABASE_URL": own_cluster.url(name)})
    assert run.status == 75


@pytest.mark.parametrize("command", [["extract"], ["extract", "--incremental"], ["extract", "--dry-run"], ["doctor"]], ids=" ".join)
@pytest.mark.parametrize("fault", ["locked table", "frozen backend", "frozen server"])
def test_fault_04_database_without_answer(cluster, database, tmp_path, command, fault):
    """Another session holds a lock on the table; the backend of this one, or the server, does not run."""
    url, other = database
    other.cursor().execute("BEGIN; LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
    watcher = cluster.connect(other.info.dbname).cursor()

    def backend():
        watcher.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'intelia' AND wait_event_type = 'Lock' AND "
                        "datname = current_database()")
        return (watcher.fetchone() or [None])[0]

    frozen = None
    if fault == "frozen server":
        frozen = int((cluster.folder / "data/postmaster.pid").read_text().split()[0])
        os.kill(frozen, signal.SIGSTOP)
    try:
        process = program.start(*command, *(["--output", tmp_path / "out"] if command[0] == "extract" else []),
                                environment={"DATABASE_URL": url})
        if fault == "frozen server":
            time.sleep(0.3)
        else:
            wait_for(backend)
        if fault == "frozen backend":
            frozen = backend()
            os.kill(frozen, signal.SIGSTOP)
        process.send_signal(signal.SIGTERM)
        start = time.monotonic()
        run = program.finish(process)
        assert run.status == 143 and time.monotonic() - start < 2, run.stderr
        assert all(name.endswith(".lock") for name in fault_points.files_of(tmp_path / "out"))
    finally:
        if frozen is not None:
            os.kill(frozen, signal.SIGCONT)
        other.cursor().execute("ROLLBACK")
        watcher.connection.close()


def test_fault_08_extract_frozen_server(extract):
    """An unresponsive server: connecting times out, and a signal still ends a run at once."""
    slow_view(extract.connection, 0.0005)
    process = extract.start(extract.folder / "out", "--table", "slow")
    wait_for(lambda: copying_backend(extract.connection))
    backend = copying_backend(extract.connection)
    cursor = extract.connection.cursor()
    cursor.execute("SELECT pg_read_file('postmaster.pid')")
    postmaster = int(cursor.fetchone()[0].split()[0])
    os.kill(backend, signal.SIGSTOP)
    try:
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        start = time.monotonic()
        assert program.finish(process).status == 143
        assert time.monotonic() - start < 3
        os.kill(postmaster, signal.SIGSTOP)
        try:
            start = time.monotonic()
            run = program.run("extract", "--output", extract.folder / "out",
                              environment={"DATABASE_URL": extract.url + "&connect_timeout=2"})
            assert run.status == 75 and "no answer within 2 seconds" in run.stderr
            assert time.monotonic() - start < 10
        finally:
            os.kill(postmaster, signal.SIGCONT)
    finally:
        os.kill(backend, signal.SIGCONT)
    wait_for(lambda: backends(extract.connection) == 0, 30)


ODD = {  # messages of a json column → the reason, or None when kept
    "doubled-keys": ('[{"role":"tool","role":"user","content":1,"content":"u"},{"role":"assistant","content":"a"},'
                     '{"role":"user","content":"v"}]', None),
    "nul": ('[{"role":"user","content":"a\\u0000b"}]', "content is not text"),
    "nul-in-key": ('[{"role":"user","content":"u","\\u0000":1},{"role":"assistant","content":"a"},'
                   '{"role":"user","content":"v"}]', None),
    "high-surrogate": ('[{"role":"user","content":"\\ud800"}]', ""),
    "low-surrogate": ('[{"role":"user","content":"\\udc00"}]', ""),
    "huge-number": ('[{"role":"user","content":"u","n":1e400},{"role":"assistant","content":"a"},'
                    '{"role":"user","content":"v"}]', None),
    "deep": ("[" * 6000 + "]" * 6000, "messages is not valid JSON"),
    "twice": (json.dumps(json.dumps(TURNS)), None),
    "null": ("null", "messages is not a list"),
    "sql-null": (None, "messages is NULL"),
}


@pytest.mark.parametrize("column_type", ["json", "text"])
def test_fault_10_extract(database, tmp_path, column_type):
    """Unusual JSON: each row is kept, or rejected with id and reason, and none ends the run."""
    url, connection = database
    cursor = connection.cursor()
    cursor.execute(f"ALTER TABLE conversations ALTER COLUMN messages TYPE {column_type} USING messages::text::{column_type}")
    insert(connection, [{"conversation_id": name, "messages": messages} for name, (messages, _) in ODD.items()]
           + [{"conversation_id": "nan", "rating": float("nan")}, {"conversation_id": "sound"}])
    run = program.run("extract", "--output", tmp_path / "out", "--max-rejected", "1", environment={"DATABASE_URL": url})
    assert run.status == 0, run.stderr
    assert ids_of(tmp_path / "out") == sorted(["sound"] + [name for name, (_, reason) in ODD.items() if reason is None])
    rejected = {record["where"].removeprefix("conversation "): record["reason"]
                for record in lines_of(tmp_path / "out", "rejected.jsonl")}
    for name, (_, reason) in ODD.items():
        if reason is not None:
            assert rejected.pop(name).startswith(reason), name
    assert rejected == {"nan": "rating is NaN"}
    kept = {record["metadata"]["conversation_id"]: record["messages"] for record in lines_of(tmp_path / "out")}
    assert kept["twice"] == TURNS
    assert kept["doubled-keys"][0] == {"role": "user", "content": "u"}


def test_fault_10_extract_huge_value(database, tmp_path):
    """A value of 200 MiB is rejected with its id, in less memory than its size."""
    url, connection = database
    insert(connection, [{} for _ in range(3)])
    connection.cursor().execute(
        "INSERT INTO conversations VALUES ('huge', jsonb_build_array(jsonb_build_object('role', 'user', 'content', "
        "repeat('x', 200 * 1024 * 1024))), 5, '2026-01-01', 'en')")
    process = program.start("extract", "--output", tmp_path / "out", "--max-rejected", "1", environment={"DATABASE_URL": url})
    peak_bytes = program.peak_bytes_until_end(process)
    run = program.finish(process)
    assert run.status == 0, run.stderr
    assert len(ids_of(tmp_path / "out")) == 3
    reason = lines_of(tmp_path / "out", "rejected.jsonl")[0]["reason"]
    assert reason.startswith("messages is too long: 2097152")
    assert 1 << 20 < peak_bytes < 64 << 20


HUGE = {  # a change of the row 'huge', and the reason why it is rejected
    "conversation_id": ("UPDATE conversations SET conversation_id = repeat('x', 5000000) WHERE conversation_id = 'huge'",
                        "conversation_id is too long: 5000000 bytes, at most 4096 are read"),
    "rating": ("UPDATE conversations SET rating = repeat('9', 100000000) WHERE conversation_id = 'huge'",
               "rating is too long: 100000000 bytes, at most 262144 are read"),
    "language": ("UPDATE conversations SET language = repeat('f', 100000000) WHERE conversation_id = 'huge'",
                 "language is too long: 100000000 bytes, at most 262144 are read"),
    "thumbs": ("UPDATE conversations SET thumbs = repeat('u', 100000000) WHERE conversation_id = 'huge'",
               "thumbs is too long: 100000000 bytes, at most 262144 are read"),
    "messages": ("UPDATE conversations SET messages = jsonb_build_array(repeat(chr(1), 200000000)) WHERE conversation_id = 'huge'",
                 "messages is too long: 2000000"),  # its text has 1.2 GB, which PostgreSQL does not support
    "corrected_answer": ("INSERT INTO feedback (conversation_id, turn, corrected_answer) SELECT 'huge', 1, repeat('x', 200000000) "
                         "FROM generate_series(1, 6)", "feedback is too long: 12000003"),
    "feedback rating": ("INSERT INTO feedback (conversation_id, turn, rating) VALUES ('huge', 1, repeat('4', 100000000))",
                        "feedback is too long: 1000000"),
    "feedback rows": ("INSERT INTO feedback (conversation_id, turn, rating) SELECT 'huge', 1, '4' FROM generate_series(1, 200000)",
                      "feedback is too long: "),
    "scores": ("INSERT INTO annotations (conversation_id, turn, annotator, scores) VALUES ('huge', 1, 'ana', "
               "jsonb_build_object('accuracy', repeat(chr(1), 200000000)))", "annotations is too long: 2000000"),
    "annotator": ("INSERT INTO annotations (conversation_id, turn, annotator, scores) SELECT 'huge', 1, repeat('x', 200000000), '4' "
                  "FROM generate_series(1, 6)", "annotations is too long: 12000"),
    "escaped": ("INSERT INTO annotations (conversation_id, turn, annotator, corrected_answer) VALUES ('huge', 1, 'ana', "
                "repeat(chr(1), 8000000))", "annotations is too long: 48000"),  # as JSON
}


@pytest.mark.parametrize("value", HUGE)
def test_fault_10_extract_huge_values(database, tmp_path, value):
    """A value of any column that is too long is not read: its row is rejected by name, also by an increment."""
    url, connection = database
    cursor = connection.cursor()
    change, reason = HUGE[value]
    cursor.execute("ALTER TABLE conversations ALTER rating TYPE text, ALTER thumbs TYPE text; ALTER TABLE feedback ALTER rating TYPE text; "
                   "ALTER TABLE feedback DROP CONSTRAINT feedback_conversation_id_fkey; "
                   "ALTER TABLE annotations DROP CONSTRAINT annotations_conversation_id_fkey; SET default_toast_compression = lz4")
    if value == "conversation_id":
        cursor.execute("ALTER TABLE conversations DROP CONSTRAINT conversations_pkey; DROP INDEX conversations_newest_first")
    insert(connection, [{"rating": "5"} for _ in range(20)] + [{"conversation_id": "huge", "rating": "5"}])
    options = ("--max-rejected", "1", "--signals", "rating,thumbs,feedback,annotations", "--incremental")

    def extract():
        process = program.start("extract", "--output", tmp_path / "out", *options, environment={"DATABASE_URL": url})
        peak_bytes = program.peak_bytes_until_end(process)
        run = program.finish(process)
        assert run.status == 0, run.stderr
        assert peak_bytes < 64 << 20
        return run

    extract()
    assert len(ids_of(tmp_path / "out")) == 21
    cursor.execute(change)
    run = extract()
    assert len(ids_of(tmp_path / "out")) == 20
    rejected, = lines_of(tmp_path / "out", "rejected.jsonl")
    assert rejected["reason"].startswith(reason)
    assert rejected["where"] == ("conversation (id of 5000000 bytes)" if value == "conversation_id" else "conversation huge")
    if value != "conversation_id":  # without an index on the ids, each run reads all rows
        assert json.loads((tmp_path / "out/manifest.json").read_text())["measured"]["increment"]["updated"] == 1, run.stderr


def test_fault_11_extract(database, tmp_path):
    """Unusual but valid text is unchanged, one object per line; the terminal gets no control characters."""
    url, connection = database
    texts = ["a\u2028b\u2029c", "\u202eright to left", "zero\u200bwidth", "\U000e0041\U000e007f tags", "\u0085\u00a0",
             "\x1b[31mred\x07", "\x7f", "\ufeffbom", "e\u0301", "\U0010ffff", "a\r\nb\n", "\\u2028 \\ \" /", "🐔" * 50]
    insert(connection, [{"messages": [{"role": role, "content": text} for role in ("user", "assistant", "user")],
                         "conversation_id": f"{number}\n{text[:5]}"} for number, text in enumerate(texts)]
           + [{"conversation_id": "\x1b]0;owned\x07", "messages": [{"role": "\x1b[2J", "content": "x"}]}])
    run = program.run("extract", "--output", tmp_path / "out", "--max-rejected", "1", environment={"DATABASE_URL": url})
    assert run.status == 0, run.stderr
    assert not any(character in run.stderr for character in "\x1b\x07")
    records = {record["metadata"]["conversation_id"]: record["messages"] for record in lines_of(tmp_path / "out")}
    assert len(records) == len(texts)
    for number, text in enumerate(texts):
        assert [turn["content"] for turn in records[f"{number}\n{text[:5]}"]] == [text] * 3
    for name in ("train.jsonl", "validation.jsonl", "rejected.jsonl"):
        text = (tmp_path / "out" / name).read_bytes().decode("utf-8")
        assert not any(character in text for character in "\r\u2028\u2029\x7f\x1b")


def test_fault_18_extract(own_cluster, tmp_path):
    """The password does not appear in output, files or the process list."""
    name = own_cluster.new_database()
    connection = own_cluster.connect(name)
    insert(connection, [{} for _ in range(300)])
    slow_view(connection)
    cursor = connection.cursor()
    cursor.execute("CREATE ROLE guarded LOGIN PASSWORD %s; GRANT SELECT ON ALL TABLES IN SCHEMA public TO guarded",
                   (CANARY_DECODED,))
    cursor.execute("CREATE ROLE other LOGIN PASSWORD 'another-one'")
    rules = own_cluster.folder / "data/pg_hba.conf"
    rules.write_text("local all guarded scram-sha-256\nlocal all other scram-sha-256\n" + rules.read_text())
    cursor.execute("SELECT pg_reload_conf()")
    good = own_cluster.url(name, "guarded", CANARY)
    wait_for(lambda: program.run("extract", "--dry-run", "--output", tmp_path / "x",
                                 environment={"DATABASE_URL": own_cluster.url(name, "guarded", "wrong")}).status == 2)
    secret_file = tmp_path / "secret"
    secret_file.write_text(good + "\n")
    host = own_cluster.socket
    cases = [
        (0, {"DATABASE_URL": good}, []),
        (0, {"DATABASE_URL_FILE": str(secret_file)}, []),
        (0, {"DATABASE_URL": own_cluster.url(name, "guarded"), "PGPASSWORD": CANARY_DECODED}, []),
        (0, {"DATABASE_URL": f"user=guarded password={CANARY_DECODED} host={host} dbname={name}"}, []),
        (0, {"DATABASE_URL": good}, ["--dry-run"]),
        (0, {"DATABASE_URL": good}, ["--incremental"]),
        (0, {"DATABASE_URL": good}, ["--jobs", "2"]),
        (2, {"DATABASE_URL": good}, ["--snapshot", "absent"]),
        (2, {"DATABASE_URL": own_cluster.url(name, "other", CANARY)}, []),           # wrong password
        (2, {"DATABASE_URL": own_cluster.url("absent", "guarded", CANARY)}, []),
        (2, {"DATABASE_URL": good}, ["--table", "absent"]),
        (2, {"DATABASE_URL": good}, ["--columns", "rating=absent"]),
        (75, {"DATABASE_URL": f"postgresql://guarded:{CANARY}@/d?host={tmp_path}"}, []),
        (75, {"DATABASE_URL": f"postgresql://guarded:{CANARY}@localhost:1/d"}, []),
        (2, {"DATABASE_URL": f"postgresql://guarded:{CANARY_DECODED}@localhost:1/d"}, []),  # / not encoded
        (2, {"DATABASE_URL": f"postgresql://guarded:x@{CANARY}@localhost:1/d"}, []),
        (2, {"DATABASE_URL": f"postgresql://guarded:{CANARY}%zz@localhost/d"}, []),
        (2, {"DATABASE_URL": f"postgresql://localhost:{CANARY}/d"}, []),
        (2, {"DATABASE_URL": f"postgresql://u:{CANARY}@localhost/d?sslmode={CANARY_DECODED}"}, []),
        (2, {"DATABASE_URL": f"password={CANARY_DECODED} nonsense"}, []),
        (2, {"DATABASE_URL": f"{CANARY}"}, []),
    ]
    # A URL, or settings, in the place of a value: also in the quotes that a shell would have removed, and cut by the server.
    for value in (f"postgresql://u:{CANARY}@h/d", f"{'u' * 30} password = {CANARY}"):
        cases += [(2, {"DATABASE_URL": f"host={host} {key}='{quote}{value}{quote}'"}, [])
                  for key in ("host", "hostaddr", "sslmode", "user", "dbname", "options", "application_name") for quote in ("", '"')]
        cases += [(2, {"DATABASE_URL": f"host={host}", variable: value}, [])
                  for variable in ("PGHOST", "PGDATABASE", "PGUSER", "PGSSLMODE", "PGSERVICE", "PGOPTIONS", "PGAPPNAME")]
    for number, (status, environment, arguments) in enumerate(cases):
        for more in ([], ["--verbose", "--log-format", "json"]):
            folder = tmp_path / f"out-{number}"
            run = program.run("extract", "--output", folder, *arguments, *more, environment=environment)
            said = run.stdout + run.stderr + "".join(data.decode(errors="replace") for data in fault_points.files_of(folder).values())
            assert CANARY not in said and CANARY_DECODED not in said and CANARY.replace("F", "f") not in said, said
            assert run.status == status, (number, run.stderr)
    process = program.start("extract", "--output", tmp_path / "slow", "--table", "slow", environment={"DATABASE_URL": good})
    wait_for(lambda: copying_backend(connection))
    assert CANARY.encode() not in pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
    assert program.finish(process).status == 0
    for folder in tmp_path.glob("out-*"):
        for path in folder.iterdir():
            assert path.stat().st_mode & 0o077 == 0
    connection.close()


@pytest.mark.parametrize("environment, words", [
    ({"DATABASE_URL": "service=absent"}, 'definition of service "absent" not found'),
    ({"DATABASE_URL": "postgresql://?service=absent"}, 'definition of service "absent" not found'),
    ({"DATABASE_URL": "host=/tmp", "PGSERVICE": "absent"}, 'definition of service "absent" not found'),
    ({"DATABASE_URL": "service=absent", "PGSERVICEFILE": "/absent"}, 'service file "/absent" not found'),
    ({"DATABASE_URL": "host=/tmp sslmode=absent"}, 'invalid sslmode value: "absent"')])
@pytest.mark.parametrize("command", [["extract", "--output", "out"], ["doctor", "--no-engine"]], ids=["extract", "doctor"])
def test_fault_18_settings_of_libpq(tmp_path, command, environment, words):
    """What libpq refuses before it connects is said in its words."""
    run = program.run(*command, environment={**environment, "PGSYSCONFDIR": str(tmp_path)}, folder=tmp_path)
    assert run.status == (2 if command[0] == "extract" else 1), run.stderr
    assert words in run.stdout + run.stderr and "internal error" not in run.stdout + run.stderr


def test_fault_29_extract(database, tmp_path):
    """Links and unusual names: only the output folder is written, and targets of links are unchanged."""
    url, connection = database
    insert(connection, [{} for _ in range(30)])
    environment = {"DATABASE_URL": url}
    odd = tmp_path / "new\nline 'quoted' é"
    assert program.run("extract", "--output", odd, environment=environment).status == 0
    assert len(ids_of(odd)) == 30

    precious = tmp_path / "precious"
    precious.write_text("precious")
    linked = tmp_path / "linked"
    assert program.run("extract", "--output", linked, environment=environment).status == 0
    for name in ("train.jsonl", ".train.jsonl.partial", "manifest.json"):
        (linked / name).unlink(missing_ok=True)
        (linked / name).symlink_to(precious)
    run = program.run("extract", "--output", linked, "--force", environment=environment)
    assert run.status == 0, run.stderr
    assert precious.read_text() == "precious"
    assert not (linked / "train.jsonl").is_symlink() and not (linked / "manifest.json").is_symlink()
    assert len(ids_of(linked)) == 30

    (linked / ".intelia.lock").unlink()
    (linked / ".intelia.lock").symlink_to(precious)
    assert program.run("extract", "--output", linked, environment=environment).status == 1
    assert precious.read_text() == "precious"

    secret = linked / "train.jsonl"
    (linked / ".intelia.lock").unlink()
    secret.write_text(url)
    run = program.run("extract", "--output", linked, environment={"DATABASE_URL_FILE": str(secret)})
    assert run.status == 2 and "would be replaced" in run.stderr
    assert secret.read_text() == url

    run = program.run("extract", "--output", precious, environment=environment)
    assert run.status == 2 and "is a file" in run.stderr
    run = program.run("extract", "--output", tmp_path / ("n" * 300), environment=environment)
    assert run.status == 1 and "File name too long" in run.stderr
    run = program.run("extract", "--output", linked / ".." / "up", environment=environment)
    assert run.status == 0 and len(ids_of(tmp_path / "up")) == 30

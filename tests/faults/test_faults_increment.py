"""Rows of the fault table (docs/faults.md) for `extract --incremental` and --jobs: fault_NN_increment."""
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import threading
import time

import pytest
import xxhash

import fault_points
import program
from conversations import TURNS, ids_of, insert, slow_view
from program import wait_for

needs_shim = pytest.mark.skipif(not fault_points.SHIM, reason="INTELIA_FAULT_SHIM is not set")
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
IS_SLOW = os.environ.get("INTELIA_SLOW_TESTS") == "1"
DATA = ["train.jsonl", "validation.jsonl", "rejected.jsonl", "dropped.jsonl", "quarantine.jsonl"]


def files_of(folder):
    """The dataset and other files, except locks, states and manifests."""
    return {name: data for name, data in fault_points.files_of(folder).items()
            if not name.endswith(".lock") and name not in ("manifest.json", "extract.state")}


class Nights:
    """A table that changes between nightly incremental runs."""

    def __init__(self, url, connection, folder):
        self.url, self.connection, self.folder = url, connection, folder
        self.environment = {"DATABASE_URL": url}
        self.night = 0

    def change(self):
        self.night += 1
        cursor = self.connection.cursor()
        insert(self.connection, [{"conversation_id": f"night-{self.night}", "created_at": "2026-08-01"}])
        cursor.execute("UPDATE conversations SET rating = CASE rating WHEN 4 THEN 5 ELSE 4 END WHERE conversation_id LIKE %s",
                       (f"c-%{self.night % 10}0",))
        cursor.execute("DELETE FROM conversations WHERE conversation_id = %s", (f"c-{self.night:06d}",))

    def arguments(self, output, *more):
        return ["extract", "--incremental", "--output", output, *more]

    def run(self, output, *more, environment=None):
        return program.run(*self.arguments(output, *more), environment={**self.environment, **(environment or {})})

    def full(self):
        """The output of a full extraction now."""
        run = program.run("extract", "--output", self.folder / "full", environment=self.environment)
        assert run.status == 0, run.stderr
        return files_of(self.folder / "full")

    def start_over(self, output):
        """`output` after the first night."""
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(self.folder / "first", output)


@pytest.fixture()
def nights(database, tmp_path):
    url, connection = database
    text = "Litter should be dry and friable; ammonia below 20 ppm. " * 20
    insert(connection, [{"messages": TURNS[:3] + [{"role": "assistant", "content": text + str(number)}],
                         "conversation_id": f"c-{number:06d}"} for number in range(1500)]
           + [{"conversation_id": "bad", "messages": "7"}, {"conversation_id": "short", "messages": TURNS[:2]}])
    nights = Nights(url, connection, tmp_path)
    assert nights.run(tmp_path / "first").status == 0
    return nights


def calls_of_increment(nights):
    """The changes that the second night's run makes to its folder, and the dataset before and after."""
    before = files_of(nights.folder / "first")
    nights.change()
    after = nights.full()
    folder = nights.folder / "count"
    nights.start_over(folder)
    calls, run = fault_points.calls_of(nights.arguments(folder), folder, nights.folder / "calls.log", nights.environment)
    assert run.status == 0, run.stderr
    assert " added, " in run.stderr and " unchanged" in run.stderr
    assert [call for call, path in calls].count("rename") == len(DATA) + 2, "and the manifest and the state"
    assert files_of(folder) == after != before
    return calls, before, after


def assert_whole(found, before, after, when):
    for name, data in found.items():
        assert data in (before.get(name), after.get(name)) or name.endswith(".partial"), f"{name} is half a file {when}"
    assert set(DATA) <= set(found), f"a file is missing {when}"


@needs_shim
@pytest.mark.parametrize("action", ["exit", "torn"])
def test_fault_01_increment(nights, action):
    """Killed at every change of the folder: every file is the old or the new one; the next run has the result of a full one."""
    calls, before, after = calls_of_increment(nights)
    folder = nights.folder / "killed"
    for at in range(1, len(calls) + 1):
        nights.start_over(folder)
        run = nights.run(folder, environment=fault_points.environment(folder, at, action))
        assert run.status in (0, 86)
        assert_whole(files_of(folder), before, after, f"after change {at} {calls[at - 1]}")
        rerun = nights.run(folder)
        assert rerun.status == 0, rerun.stderr
        assert files_of(folder) == after, f"after change {at} {calls[at - 1]}"


def test_fault_01_increment_at_random_moments(nights):
    """kill -9 at random times over many nights: no row is lost or duplicated."""
    folder = nights.folder / "killed"
    nights.start_over(folder)
    chance = random.Random(2)
    start = time.monotonic()
    nights.run(nights.folder / "first")
    seconds = time.monotonic() - start
    num_killed = 0
    for _ in range(100 if IS_SLOW else 12):
        before = files_of(folder)
        nights.change()
        after = nights.full()
        process = program.start(*nights.arguments(folder), environment=nights.environment)
        time.sleep(chance.uniform(0, seconds))
        process.kill()
        num_killed += program.finish(process).status == 137
        assert_whole({name: data for name, data in files_of(folder).items() if name in DATA}, before, after, "after a kill")
        if chance.random() < 0.7:
            assert nights.run(folder).status == 0
            assert files_of(folder) == after
    assert num_killed >= 5
    nights.run(folder)
    assert files_of(folder) == nights.full()
    assert len(ids_of(folder)) == len(set(ids_of(folder)))


@needs_shim
@pytest.mark.parametrize("is_incremental", [True, False])
def test_fault_02_extract(nights, is_incremental):
    """Power failure at every change: writes that were not synced are lost, renames whose folder was not synced may be."""
    calls, before, after = calls_of_increment(nights)
    folder = nights.folder / "cut"
    chance = random.Random(3)
    arguments = nights.arguments(folder) if is_incremental else ["extract", "--output", folder]
    for at in range(2, len(calls) + 1):
        nights.start_over(folder)
        old = {path.name: path.read_bytes() for path in folder.iterdir()}
        log = nights.folder / f"cut-{at}.log"
        program.run(*arguments, environment={**nights.environment, **fault_points.environment(folder, at, "exit", log=log)})
        unsynced, renamed = set(), []  # files with unsynced writes; renames since the folder was synced
        for line in log.read_text().splitlines()[:at - 1]:
            _, call, path = line.split(" ", 2)
            name = os.path.basename(path)
            if call in ("write", "pwrite", "open", "ftruncate"):
                unsynced.add(name)
            elif call == "fsync" and os.path.abspath(path) == str(folder):
                renamed.clear()
            elif call == "fsync":
                unsynced.discard(name)
            elif call == "rename":
                renamed.append(name.removeprefix(".").removesuffix(".partial"))
        for name in renamed:  # each is durable or not, in any order
            if chance.random() < 0.5 and name in old:
                (folder / name).write_bytes(old[name])
        for name in unsynced:
            path = folder / name
            if path.exists() and not name.endswith(".lock"):
                path.write_bytes(path.read_bytes()[:chance.choice([0, 100])])
        assert_whole(files_of(folder), before, after, f"after a power cut before change {at} {calls[at - 1]}")
        rerun = nights.run(folder)
        assert rerun.status == 0, rerun.stderr
        assert files_of(folder) == after, f"after a power cut before change {at} {calls[at - 1]}"


@needs_shim
@pytest.mark.parametrize("error, words", [("ENOSPC", "No space left on device"), ("EIO", "Input/output error")])
def test_fault_03_increment(nights, error, words):
    calls, before, after = calls_of_increment(nights)
    folder = nights.folder / "failed"
    first_rename = 1 + next(place for place, (call, path) in enumerate(calls) if call == "rename")
    for at in range(1, len(calls) + 1):
        nights.start_over(folder)
        run = nights.run(folder, environment=fault_points.environment(folder, at, error))
        if run.status == 0:
            assert at >= first_rename, f"a failed change went unnoticed: {calls[at - 1]}"
        else:
            assert run.status == 1 and words in run.stderr and str(folder) in run.stderr, run.stderr
        found = files_of(folder)
        assert_whole(found, before, after, f"after {calls[at - 1]} failed")
        assert not [name for name in found if name.endswith(".partial") and at < first_rename]
        assert nights.run(folder).status == 0
        assert files_of(folder) == after


@needs_shim
@pytest.mark.parametrize("name, status", [("TERM", 143), ("INT", 130)])
def test_fault_04_increment(nights, name, status):
    calls, before, after = calls_of_increment(nights)
    folder = nights.folder / "ended"
    statuses = set()
    for at in range(1, len(calls) + 1):
        nights.start_over(folder)
        run = nights.run(folder, environment=fault_points.environment(folder, at, name))
        statuses.add(run.status)
        assert files_of(folder) == (after if run.status == 0 else before)
    assert status in statuses <= {0, status}


def test_fault_07_extract(nights):
    """Fifty at once: one works, the others exit at once with 75 and name the process that works."""
    slow_view(nights.connection, 0.002)
    folder, state = nights.folder / "shared", nights.folder / "shared.state"
    first = program.start("extract", "--output", folder, "--incremental", "--state", state, "--table", "slow",
                          environment=nights.environment)
    wait_for(lambda: (folder / ".train.jsonl.partial").exists())
    others = [program.start("extract", "--output", folder, environment=nights.environment) for _ in range(25)]
    # Another folder and the same state, too.
    others += [program.start("extract", "--output", nights.folder / f"other-{number}", "--incremental", "--state", state,
                             environment=nights.environment) for number in range(25)]
    for process in others:
        run = program.finish(process)
        assert run.status == 75, run.stderr
        assert f"is in use by process {first.pid}" in run.stderr
    assert first.poll() is None, "the first was still at work when the others had left"
    assert program.finish(first).status == 0
    assert files_of(folder) == nights.full()


def test_fault_08_increment_a_job_loses_its_connection(nights):
    nights.connection.cursor().execute(
        "INSERT INTO conversations SELECT 'more-' || n, jsonb_build_array(jsonb_build_object('role', 'user', 'content', "
        "repeat(md5(n::text), 200)), jsonb_build_object('role', 'assistant', 'content', 'a'), jsonb_build_object('role', "
        "'user', 'content', 'b')), 5, '2026-01-01'::timestamptz + n * interval '1 minute', 'en' FROM generate_series(1, 20000) n; "
        "ANALYZE conversations")
    folder = nights.folder / "jobs"
    num_killed = 0
    for _ in range(6):
        process = program.start("extract", "--output", folder, "--jobs", "3", environment=nights.environment)
        cursor = nights.connection.cursor()
        while process.poll() is None:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'intelia' AND "
                           "datname = current_database() AND query LIKE 'COPY%' ORDER BY random() LIMIT 1")
            if cursor.fetchone():
                break
        run = program.finish(process)
        if run.status != 0:
            num_killed += 1
            assert run.status == 75 and "try again later" in run.stderr
            assert fault_points.files_of(folder) == {}
        else:
            shutil.rmtree(folder)
    assert num_killed > 0


def open_transactions(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT pg_stat_clear_snapshot(); SELECT count(*) FROM pg_stat_activity WHERE application_name = 'intelia' "
                   "AND datname = current_database() AND state <> 'idle'")
    return cursor.fetchone()[0]


def resume_without_transaction(process, connection):
    """Continues the stopped `process` when it has no open transaction any more: it has ended, or reached its timeout."""
    wait_for(lambda: process.poll() is not None
             or pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2][0] == "T")
    wait_for(lambda: open_transactions(connection) == 0)
    process.send_signal(signal.SIGCONT)
    return program.finish(process)


@needs_shim
@pytest.mark.parametrize("options", [(), ("--incremental",), ("--jobs", "2")])
def test_fault_08_extract_slow_disk(nights, options):
    """The disk blocks at any write until the server has ended the idle transaction: no finished work is lost."""
    folder = nights.folder / "slow"
    arguments = ["extract", "--output", folder, "--idle-timeout", "1", *options]

    def start_over():
        shutil.rmtree(folder, ignore_errors=True)
        if "--incremental" in options:
            assert program.run(*arguments, environment=nights.environment).status == 0
            nights.change()

    start_over()
    calls, run = fault_points.calls_of(arguments, folder, nights.folder / "log", nights.environment)
    assert run.status == 0, run.stderr
    for at in range(1, len(calls) + 1, 1 if IS_SLOW else 9):
        start_over()
        process = program.start(*arguments, environment={**nights.environment, **fault_points.environment(folder, at, "STOP")})
        run = resume_without_transaction(process, nights.connection)
        assert run.status == 0, (calls[at - 1], run.stderr)
        assert files_of(folder) == nights.full()


@pytest.mark.parametrize("seed", range(20 if IS_SLOW else 4))
def test_fault_08_increment_suspended(nights, seed):
    """The machine is suspended at a random moment for longer than the timeout: the run ends, or starts again."""
    folder = nights.folder / "suspended"
    nights.start_over(folder)
    nights.change()
    process = program.start(*nights.arguments(folder, "--idle-timeout", "1"), environment=nights.environment)
    time.sleep(random.Random(seed).random() * 0.06)
    process.send_signal(signal.SIGSTOP)
    run = resume_without_transaction(process, nights.connection)
    assert run.status == 0, run.stderr
    assert files_of(folder) == nights.full()


def test_fault_09_extract(nights):
    """The two rows of a pair always change together; in every snapshot the pairs agree."""
    cursor = nights.connection.cursor()
    cursor.execute("TRUNCATE conversations CASCADE")
    insert(nights.connection, [{"conversation_id": f"{side}-{number}", "rating": 4, "created_at": f"2026-0{1 + (side == 'b') * 4}-01"}
                               for number in range(200) for side in "ab"])
    slow_view(nights.connection, 0.001)
    stop = threading.Event()

    def change():
        chance = random.Random(9)
        while not stop.is_set():
            cursor.execute("UPDATE conversations SET rating = %s WHERE conversation_id LIKE %s",
                           (chance.choice([4, 4.5, 5]), f"_-{chance.randrange(200)}"))
            cursor.execute("UPDATE conversations SET language = %s WHERE conversation_id LIKE %s",
                           (chance.choice(["de", "en"]), f"_-{chance.randrange(200)}"))

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for number in range(4):
            more = ["--table", "slow"] if number % 2 == 0 else ["--incremental"]
            folder = nights.folder / f"pairs-{number % 2}"
            run = program.run("extract", "--output", folder, *more, environment=nights.environment)
            assert run.status == 0, run.stderr
            records = [json.loads(line) for name in DATA[:2] for line in (folder / name).read_text().splitlines()]
            ratings = {record["metadata"]["conversation_id"]: record["metadata"]["rating"] for record in records}
            for name, rating in ratings.items():
                assert ratings.get({"a": "b", "b": "a"}[name[0]] + name[1:]) == rating
    finally:
        stop.set()
        thread.join()
    assert 0 < len(ratings) < 400
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["inputs"][0]["snapshot"] and all(len(output["sha256"]) == 64 for output in manifest["outputs"])


@pytest.mark.skipif(not os.path.exists(FAKETIME), reason="faketime is not installed")
def test_fault_27_extract(nights):
    """A clock that is a day off, goes back between nights, or is in 2039: the result does not depend on it."""
    folder = nights.folder / "nights"
    nights.start_over(folder)
    for offset in ("-1d", "+1d", "-400d", "@2039-01-01 00:00:00", "@2026-03-29 01:59:59"):
        nights.change()
        run = nights.run(folder, environment={"LD_PRELOAD": FAKETIME, "FAKETIME": offset, "DONT_FAKE_MONOTONIC": "1",
                                              "TZ": "Europe/Paris"})
        assert run.status == 0, run.stderr
        assert files_of(folder) == nights.full()
        found = json.loads((folder / "manifest.json").read_text())["measured"]
        assert found["increment"]["added"] == 1 and found["increment"]["removed"] == 1
        assert 0 < found["seconds"] < 60
        if offset.startswith("@2039"):
            assert found["finished_at"].startswith("2038-12-31T23:") or found["finished_at"].startswith("2039-01-01T")


def test_fault_29_increment(nights):
    """A state is never written through a link, over an output, over a folder or over the file with the password."""
    precious = nights.folder / "precious"
    precious.write_text("precious")
    folder = nights.folder / "out"
    for state, status in [(folder / "manifest.json", 2), (folder, 2), (nights.folder, 2), (nights.folder / "no/such/folder/s", 1)]:
        run = nights.run(folder, "--state", state)
        assert run.status == status, run.stderr
    link = nights.folder / "link.state"
    link.symlink_to(precious)
    run = nights.run(folder, "--state", link)
    assert precious.read_text() == "precious"
    assert run.status == 1 and "link.state" in run.stderr
    (nights.folder / ".other.state.lock").symlink_to(precious)
    assert nights.run(folder, "--state", nights.folder / "other.state").status == 1
    assert precious.read_text() == "precious"
    secret = nights.folder / "secret"
    secret.write_text(nights.url)
    run = program.run(*nights.arguments(folder, "--state", secret), environment={"DATABASE_URL_FILE": str(secret)})
    assert run.status == 2 and "would be replaced" in run.stderr
    assert secret.read_text() == nights.url
    os.mkfifo(nights.folder / "pipe")
    assert nights.run(folder, "--state", nights.folder / "pipe").status == 2


def test_fault_32_extract(nights):
    """A state or a manifest of a newer intelia is an error that names it, one with unknown fields is read."""
    folder = nights.folder / "first"
    state = folder / "extract.state"
    manifest_path = folder / "manifest.json"
    manifest = json.loads(manifest_path.read_text())
    manifest_path.write_text(json.dumps({**manifest, "unknown": [1]}))
    nights.change()
    assert nights.run(folder).status == 0
    manifest_path.write_text(json.dumps({**manifest, "format": 2}))
    run = nights.run(folder)
    assert run.status == 1 and "written by a newer intelia" in run.stderr and "manifest.json" in run.stderr
    manifest_path.write_text(json.dumps(manifest))
    nights.change()
    assert nights.run(folder).status == 0
    before = files_of(folder)
    found = state.read_bytes()
    num_entries, summary_bytes, _, mark = struct.unpack("<QQQ8s", found[-32:])
    body = found[:-32].replace(b'{"format":2,', b'{"format":3,')
    assert mark == b"inteliaS" and body != found[:-32]
    state.write_bytes(body + struct.pack("<QQQ8s", num_entries, summary_bytes, xxhash.xxh3_64_intdigest(body), mark))
    run = nights.run(folder)
    assert run.status == 1 and "has format 3, written by a newer intelia" in run.stderr and "--state" in run.stderr
    assert files_of(folder) == before
    body = found[:-32].replace(b'{"format":2,', b'{"format":2,"unknown":[],')
    state.write_bytes(body + struct.pack("<QQQ8s", num_entries, summary_bytes + 13, xxhash.xxh3_64_intdigest(body), mark))
    assert " unchanged" in nights.run(folder).stderr

"""`intelia extract --incremental`: after every run the files are those of a full extraction of the snapshot."""
import json
import os
import pathlib
import random
import tempfile
import threading
import time

import pytest

import program
from conversations import TURNS, ids_of, insert, lines_of

FILES = ["train.jsonl", "validation.jsonl", "rejected.jsonl", "dropped.jsonl", "quarantine.jsonl"]
IS_SLOW = os.environ.get("INTELIA_SLOW_TESTS") == "1"


def extract(url, folder, *arguments, status=0):
    run = program.run("extract", "--output", folder, *arguments, environment={"DATABASE_URL": url})
    assert run.status == status, run.stderr
    return run


def measured(folder):
    return json.loads((folder / "manifest.json").read_text())["measured"]


def data_of(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


class Incremental:
    """Incremental runs of one database, each compared with a full extraction of the same state."""

    def __init__(self, url, folder, *options):
        self.url, self.folder, self.options = url, folder, options

    def step(self, *more, status=0):
        run = extract(self.url, self.folder / "increment", "--incremental", *self.options, *more, status=status)
        extract(self.url, self.folder / "full", *self.options)
        assert data_of(self.folder / "increment") == data_of(self.folder / "full")
        return measured(self.folder / "increment"), run


@pytest.fixture()
def incremental(database, tmp_path):
    url, connection = database
    return Incremental(url, tmp_path), connection


def test_changes_of_every_kind(incremental):
    steps, connection = incremental
    cursor = connection.cursor()
    insert(connection, [{} for _ in range(300)])
    found, _ = steps.step()
    assert found["in_full"] == "there is no state yet"
    found, _ = steps.step()
    assert found["increment"] == {"added": 0, "updated": 0, "removed": 0, "unchanged": 300}

    insert(connection, [{"conversation_id": "late", "created_at": "2026-01-01"}, {"conversation_id": "new", "created_at": "2026-09-01"},
                        {"conversation_id": "broken", "messages": "7"}, {"conversation_id": "short", "messages": TURNS[:2]}])
    assert steps.step()[0]["increment"] == {"added": 4, "updated": 0, "removed": 0, "unchanged": 300}
    cursor.execute("UPDATE conversations SET rating = 5 WHERE conversation_id = 'c-000007'")
    cursor.execute("UPDATE conversations SET messages = messages || '[{\"role\":\"user\",\"content\":\"more\"}]' "
                   "WHERE conversation_id = 'c-000008'")
    cursor.execute("UPDATE conversations SET created_at = '2020-01-01' WHERE conversation_id = 'c-000009'")
    cursor.execute("UPDATE conversations SET language = 'fr' WHERE conversation_id = 'c-000010'")
    cursor.execute("UPDATE conversations SET messages = %s WHERE conversation_id = 'broken'", (json.dumps(TURNS),))
    assert steps.step()[0]["increment"] == {"added": 0, "updated": 5, "removed": 0, "unchanged": 299}
    cursor.execute("DELETE FROM conversations WHERE conversation_id = 'c-000011'")
    cursor.execute("UPDATE conversations SET rating = 1 WHERE conversation_id = 'c-000012'")
    cursor.execute("UPDATE conversations SET language = 'de' WHERE conversation_id = 'c-000013'")
    cursor.execute("UPDATE conversations SET messages = '[]' WHERE conversation_id = 'c-000014'")
    assert steps.step()[0]["increment"] == {"added": 0, "updated": 1, "removed": 3, "unchanged": 300}
    cursor.execute("UPDATE conversations SET rating = 4 WHERE conversation_id = 'c-000012'")
    cursor.execute("DELETE FROM conversations WHERE conversation_id = 'late'")
    insert(connection, [{"conversation_id": "late", "created_at": "2026-01-02", "rating": 5}])
    assert steps.step()[0]["increment"] == {"added": 1, "updated": 1, "removed": 0, "unchanged": 300}
    ids = ids_of(steps.folder / "increment")
    assert "c-000012" in ids and "late" in ids and not {"c-000011", "c-000013", "c-000014", "short"} & set(ids)
    assert len(ids) == len(set(ids)) == 300


def test_rows_leave_through_the_limit(incremental):
    steps, connection = incremental
    steps.options = ("--limit", "50")
    insert(connection, [{} for _ in range(60)])
    steps.step()
    insert(connection, [{"conversation_id": f"new-{number}", "created_at": "2026-10-01"} for number in range(5)])
    assert steps.step()[0]["increment"] == {"added": 5, "updated": 0, "removed": 5, "unchanged": 45}
    steps.options = ("--limit", "60", "--since", "2026-03-02")  # another part of the table, the same lines
    found = steps.step()[0]["increment"]
    assert found["added"] > 5 and found["unchanged"] > 40


def test_what_is_said_about_a_conversation_changes_it(incremental):
    steps, connection = incremental
    cursor = connection.cursor()
    insert(connection, [{} for _ in range(30)])
    steps.options = ("--signals", "rating,feedback,annotations")
    steps.step()
    cursor.execute("INSERT INTO annotations (conversation_id, turn, annotator, corrected_answer) VALUES ('c-000003', 1, 'ana', '33 °C.'), "
                   "('c-000004', 1, 'ana', 'A'), ('c-000004', 1, 'rui', 'B')")
    cursor.execute("INSERT INTO feedback (conversation_id, turn, rating) VALUES ('c-000005', 3, 1)")
    assert steps.step()[0]["increment"] == {"added": 0, "updated": 3, "removed": 0, "unchanged": 27}
    records = {record["metadata"]["conversation_id"]: record for record in lines_of(steps.folder / "increment")}
    assert records["c-000003"]["messages"][-1]["content"] == "33 °C."
    assert len(records["c-000005"]["messages"]) == 2
    assert "c-000004" in (steps.folder / "increment/quarantine.jsonl").read_text()
    cursor.execute("UPDATE annotations SET corrected_answer = 'A' WHERE annotator = 'rui'")
    cursor.execute("DELETE FROM feedback")
    cursor.execute("UPDATE annotations SET comment = 'seen' WHERE conversation_id = 'c-000003'")
    assert steps.step()[0]["increment"] == {"added": 0, "updated": 3, "removed": 0, "unchanged": 27}
    records = {record["metadata"]["conversation_id"]: record for record in lines_of(steps.folder / "increment")}
    assert records["c-000004"]["messages"][-1]["content"] == "A" and len(records["c-000005"]["messages"]) == 4
    assert (steps.folder / "increment/quarantine.jsonl").read_text() == ""


@pytest.mark.parametrize("change, why", [
    ("settings", "min-rating has changed since the last run"),
    ("split", "split has changed since the last run"),
    ("column", "the database or the table is a different one"),
    ("output", "has changed since the last run"),
    ("state", "is corrupt"),
    ("rescan", "a rescan was requested"),
])
def test_a_state_that_does_not_fit_is_not_built_on(incremental, change, why):
    steps, connection = incremental
    insert(connection, [{} for _ in range(30)])
    steps.step()
    state = steps.folder / "increment/extract.state"
    more = ()
    if change == "settings":
        steps.options = ("--min-rating", "4.25")
    elif change == "split":
        steps.options = ("--split", "0.5")
    elif change == "column":  # a default is added without a new version of any row
        connection.cursor().execute("ALTER TABLE conversations DROP COLUMN language; "
                                    "ALTER TABLE conversations ADD COLUMN language text DEFAULT 'es'")
    elif change == "output":
        with open(steps.folder / "increment/train.jsonl", "r+b") as file:
            file.write(b"X")
    elif change == "state":
        content = bytearray(state.read_bytes())
        content[5] ^= 1
        state.write_bytes(content)
    elif change == "rescan":
        more = ("--rescan",)
    found, _ = steps.step(*more)
    assert why in found["in_full"]
    assert "increment" in steps.step()[0]


@pytest.mark.parametrize("alteration, why", [
    ("ALTER TABLE feedback RENAME corrected_answer TO was_corrected", "altered: table feedback"),
    ("ALTER TABLE feedback DROP corrected_answer; ALTER TABLE feedback ADD corrected_answer text DEFAULT 'By default.'",
     "altered: table feedback"),
    ("ALTER TABLE annotations ALTER annotator TYPE varchar(20)", "altered: table annotations"),
    ("ALTER TYPE language_name RENAME VALUE 'en' TO 'es'", "altered: type language_name"),
    ("ALTER TABLE conversations DROP thumbs; ALTER TABLE conversations ADD thumbs boolean DEFAULT true", "altered: table conversations"),
    ("ALTER TABLE feedback RENAME TO said; CREATE TABLE feedback (LIKE said INCLUDING ALL)", "a different one"),
    ("ALTER TYPE language_name ADD VALUE 'pt'; ALTER TABLE feedback DROP sources; ALTER TABLE annotations RENAME comment TO remark; "
     "GRANT SELECT ON feedback TO public; ANALYZE", None),  # no line depends on it
])
def test_alterations_of_what_lines_depend_on(incremental, alteration, why):
    steps, connection = incremental
    cursor = connection.cursor()
    cursor.execute("CREATE TYPE language_name AS ENUM ('en', 'fr'); "
                   "ALTER TABLE conversations ALTER language TYPE language_name USING language::language_name")
    insert(connection, [{} for _ in range(30)])
    cursor.execute("INSERT INTO feedback (conversation_id, turn, rating, corrected_answer) VALUES ('c-000003', 1, 4, 'Better.')")
    steps.options = ("--signals", "rating,thumbs,feedback,annotations")
    steps.step()
    cursor.execute(alteration)
    found = steps.step()[0]
    assert why in found["in_full"] if why else found["increment"]["unchanged"] == 30
    assert "increment" in steps.step()[0]


@pytest.fixture()
def shared_file():
    """A file that the user of the server may read."""
    with tempfile.NamedTemporaryFile(prefix="intelia-test-", dir="/tmp") as file:
        os.chmod(file.name, 0o644)
        yield pathlib.Path(file.name)


def test_foreign_parts_have_no_versions(incremental, shared_file):
    steps, connection = incremental
    cursor = connection.cursor()
    insert(connection, [{} for _ in range(30)])
    said = shared_file
    said.write_text("1,c-000003,1,5,Better.\n")
    cursor.execute("DROP TABLE feedback; CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; "
                   "CREATE TABLE feedback (feedback_id bigint, conversation_id text, turn integer, rating numeric, corrected_answer text) "
                   "PARTITION BY LIST (turn); CREATE TABLE feedback_3 PARTITION OF feedback FOR VALUES IN (3); "
                   f"CREATE FOREIGN TABLE feedback_1 PARTITION OF feedback FOR VALUES IN (1) SERVER files OPTIONS (filename '{said}', format 'csv')")
    steps.options = ("--signals", "rating,feedback")
    steps.step()
    said.write_text("1,c-000003,1,5,Best.\n")
    assert steps.step()[0]["in_full"] == "table feedback_1 is a foreign table, so its rows have no versions"
    assert "Best." in [record["messages"][-1]["content"] for record in lines_of(steps.folder / "increment")]


def test_a_state_of_another_table_or_database(database, cluster, tmp_path):
    url, connection = database
    steps = Incremental(url, tmp_path)
    insert(connection, [{} for _ in range(30)])
    steps.step()
    connection.cursor().execute("ALTER TABLE conversations RENAME TO old; CREATE TABLE conversations (LIKE old INCLUDING ALL); "
                                "INSERT INTO conversations SELECT * FROM old")
    assert "a different one" in steps.step()[0]["in_full"]
    name = cluster.new_database()
    other = cluster.connect(name)
    insert(other, [{} for _ in range(30)])
    other.close()
    steps.url = cluster.url(name)
    assert "a different one" in steps.step()[0]["in_full"]


def test_views_and_ids_that_are_not_unique_are_read_in_full(incremental):
    steps, connection = incremental
    insert(connection, [{} for _ in range(10)])
    connection.cursor().execute("CREATE VIEW seen AS SELECT * FROM conversations")
    steps.options = ("--table", "seen")
    steps.step()
    assert "is not a table" in steps.step()[0]["in_full"]
    connection.cursor().execute("CREATE TABLE loose AS SELECT * FROM conversations")
    connection.cursor().execute("INSERT INTO loose SELECT * FROM conversations WHERE conversation_id = 'c-000003'")
    steps.options = ("--table", "loose", "--max-rejected", "1")
    found, run = steps.step("--force")
    assert "unique" in found["in_full"]
    assert ids_of(steps.folder / "increment") == [f"c-{number:06d}" for number in range(10) if number != 3]
    rejected = lines_of(steps.folder / "increment", "rejected.jsonl")
    assert [record["where"] for record in rejected] == ["conversation c-000003"] * 2
    assert "conversation_id is not unique: 2 rows have it" in run.stderr


def drop_primary_key(cursor):
    """Leaves a unique index on the id, under which it may be NULL in several rows."""
    cursor.execute("ALTER TABLE feedback DROP CONSTRAINT feedback_conversation_id_fkey; "
                   "ALTER TABLE annotations DROP CONSTRAINT annotations_conversation_id_fkey; "
                   "ALTER TABLE conversations DROP CONSTRAINT conversations_pkey; "
                   "ALTER TABLE conversations ALTER conversation_id DROP NOT NULL; "
                   "CREATE UNIQUE INDEX ids ON conversations (conversation_id)")


def test_ids_that_are_null_or_empty(incremental):
    """Rejected by name in both ways of reading, and counted once each."""
    steps, connection = incremental
    cursor = connection.cursor()
    drop_primary_key(cursor)
    steps.options = ("--max-rejected", "1")
    insert(connection, [{} for _ in range(50)])
    steps.step()

    def check(num_null, num_empty, num_kept=50):
        found, run = steps.step()
        counts = json.loads((steps.folder / "increment/manifest.json").read_text())["counts"]
        expected = {"conversation_id is NULL": num_null, "conversation_id is empty": num_empty}
        assert counts["rejected"] == {reason: count for reason, count in expected.items() if count}
        assert counts["kept"] == len(lines_of(steps.folder / "increment")) == num_kept
        assert counts["matched"] == num_kept + num_null + num_empty
        assert len(lines_of(steps.folder / "increment", "rejected.jsonl")) == num_null + num_empty
        if num_null:
            assert f"conversation_id is NULL or too long in {num_null} rows" in found["in_full"]
            assert f"conversation_id is NULL or too long in {num_null} rows" in extract(
                steps.url, steps.folder / "increment", "--incremental", "--dry-run", *steps.options).stderr
            assert "conversation (no readable id): conversation_id is NULL" in run.stderr
        else:
            assert sum(found["increment"].values()) == num_kept + num_empty + found["increment"]["removed"]
        return found

    nameless = [{"conversation_id": None, "messages": TURNS[:3] + [{"role": "assistant", "content": f"{number}"}],
                 "created_at": "2026-03-03"} for number in range(2)]
    insert(connection, nameless)
    check(2, 0)
    insert(connection, [{"conversation_id": ""}])
    check(2, 1)
    check(2, 1)
    cursor.execute("DELETE FROM conversations WHERE conversation_id IS NULL")
    assert check(0, 1)["increment"] == {"added": 0, "updated": 0, "removed": 2, "unchanged": 51}
    insert(connection, nameless[:1] + [{"conversation_id": "new"}])
    check(1, 1, 51)
    cursor.execute("UPDATE conversations SET conversation_id = 'found' WHERE conversation_id IS NULL")
    assert check(0, 1, 52)["increment"] == {"added": 1, "updated": 0, "removed": 1, "unchanged": 52}
    assert lines_of(steps.folder / "increment", "rejected.jsonl")[0]["where"] == "conversation (empty id)"


def test_ids_become_unique(incremental):
    """The line of a row says how often its id occurs, which no version of the row tells."""
    steps, connection = incremental
    cursor = connection.cursor()
    drop_primary_key(cursor)
    cursor.execute("DROP INDEX ids")
    insert(connection, [{} for _ in range(50)] + [{"conversation_id": "c-000003", "created_at": "2026-03-04 10:00:00+00"}])
    steps.options = ("--max-rejected", "1")
    assert "no unique index" in steps.step()[0]["in_full"]
    cursor.execute("DELETE FROM conversations WHERE ctid = (SELECT max(ctid) FROM conversations WHERE conversation_id = 'c-000003'); "
                   "CREATE UNIQUE INDEX ids ON conversations (conversation_id)")
    steps.step()
    assert len(ids_of(steps.folder / "increment")) == 50


def test_rows_with_one_id_have_one_order(incremental):
    """Whatever plan reads them: --jobs, and an increment, write the bytes of one connection."""
    steps, connection = incremental
    cursor = connection.cursor()
    drop_primary_key(cursor)
    cursor.execute("DROP INDEX ids")
    insert(connection, [{"conversation_id": None if number % 3 else f"c-{number % 7}", "created_at": f"2026-01-{1 + number % 5:02d}",
                         "messages": TURNS[:3] + [{"role": "assistant", "content": f"{number} " + "x" * 3000}]}
                        for number in range(4000)])
    cursor.execute("ANALYZE conversations")
    steps.options = ("--max-rejected", "1", "--allow-empty")
    extract(steps.url, steps.folder / "one", *steps.options)
    for options in ("--jobs", "4"), ("--incremental",):
        extract(steps.url, steps.folder / "other", *steps.options, *options, "--force")
        assert data_of(steps.folder / "other") == data_of(steps.folder / "one")
    cursor.execute("ALTER DATABASE " + connection.info.dbname + " SET enable_seqscan = off")
    extract(steps.url, steps.folder / "other", *steps.options, "--force")
    assert data_of(steps.folder / "other") == data_of(steps.folder / "one")


def test_partitioned_and_inherited_tables(incremental):
    steps, connection = incremental
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE parts (LIKE conversations) PARTITION BY HASH (conversation_id); "
                   "CREATE TABLE part_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0); "
                   "CREATE TABLE part_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1); "
                   "ALTER TABLE parts ADD PRIMARY KEY (conversation_id)")
    insert(connection, [{} for _ in range(40)])
    cursor.execute("INSERT INTO parts SELECT * FROM conversations")
    steps.options = ("--table", "parts")
    steps.step()
    cursor.execute("UPDATE parts SET rating = 5 WHERE conversation_id < 'c-000004'")
    assert steps.step()[0]["increment"] == {"added": 0, "updated": 4, "removed": 0, "unchanged": 36}
    cursor.execute("CREATE TABLE heir (PRIMARY KEY (conversation_id)) INHERITS (conversations); "
                   "INSERT INTO heir SELECT * FROM conversations WHERE conversation_id < 'c-000002'")
    steps.options = ("--max-rejected", "1")
    steps.step("--force")
    assert len(ids_of(steps.folder / "increment")) == 38


def test_ids_of_other_types(incremental):
    steps, connection = incremental
    cursor = connection.cursor()
    for name, type_name, value in [("u", "uuid", "gen_random_uuid()"), ("n", "bigint", "number"),
                                   ("v", "varchar(20)", "'O''Brien \\ ' || number")]:
        cursor.execute(f"CREATE TABLE \"t {name}\" (conversation_id {type_name} PRIMARY KEY, messages jsonb, rating numeric, "
                       "created_at timestamp, language text)")
        cursor.execute(f"INSERT INTO \"t {name}\" SELECT {value}, %s, 4, '2026-01-01'::timestamp + number * interval '1 day', 'fr' "
                       "FROM generate_series(1, 50) AS number", (json.dumps(TURNS),))
        steps.options = ("--table", f"t {name}")
        steps.folder = steps.folder / name
        steps.folder.mkdir()
        steps.step()
        cursor.execute(f"UPDATE \"t {name}\" SET rating = 5 WHERE created_at < '2026-01-11'")
        assert steps.step()[0]["increment"] == {"added": 0, "updated": 9, "removed": 0, "unchanged": 41}


def test_dry_run_says_what_would_change(incremental):
    steps, connection = incremental
    insert(connection, [{} for _ in range(20)])
    dry = extract(steps.url, steps.folder / "increment", "--incremental", "--dry-run")
    assert "20 rows match; all of them would be read: there is no state yet; nothing was written" in dry.stderr
    steps.step()
    before = {path: path.read_bytes() for path in (steps.folder / "increment").iterdir()}
    connection.cursor().execute("DELETE FROM conversations WHERE conversation_id = 'c-000001'")
    dry = extract(steps.url, steps.folder / "increment", "--incremental", "--dry-run")
    assert "19 rows match: 0 added, 0 updated, 1 removed, 19 unchanged; nothing was written" in dry.stderr
    assert {path: path.read_bytes() for path in (steps.folder / "increment").iterdir()} == before


def test_state_in_another_place(incremental, tmp_path):
    steps, connection = incremental
    insert(connection, [{} for _ in range(20)])
    steps.step("--state", tmp_path / "nightly.state")
    assert (tmp_path / "nightly.state").stat().st_mode & 0o777 == 0o600
    assert "increment" in steps.step("--state", tmp_path / "nightly.state")[0]
    run = extract(steps.url, steps.folder / "increment", "--incremental", "--state", steps.folder / "increment/train.jsonl", status=2)
    assert "has the name of an output" in run.stderr
    assert "requires an incremental extraction" in extract(steps.url, steps.folder / "x", "--rescan", status=2).stderr


def test_nothing_left_is_refused_once_there_was_something(incremental):
    steps, connection = incremental
    insert(connection, [{} for _ in range(5)])
    steps.step()
    before = data_of(steps.folder / "increment")
    connection.cursor().execute("DELETE FROM conversations")
    run = extract(steps.url, steps.folder / "increment", "--incremental", status=1)
    assert "no conversation qualifies" in run.stderr
    assert data_of(steps.folder / "increment") == before
    extract(steps.url, steps.folder / "increment", "--incremental", "--allow-empty")
    extract(steps.url, steps.folder / "increment", "--incremental")


def test_bad_rows_count_whether_read_or_not(incremental):
    steps, connection = incremental
    insert(connection, [{} for _ in range(20)] + [{"conversation_id": "bad", "messages": "7"}])
    steps.step()
    _, run = steps.step()
    assert "conversation bad" not in run.stderr  # reported when it was read, one run earlier
    connection.cursor().execute("UPDATE conversations SET messages = '8' WHERE conversation_id < 'c-000002'")
    run = extract(steps.url, steps.folder / "increment", "--incremental", status=1)
    assert "3 of 21 records are bad" in run.stderr


def backends(cursor):
    cursor.execute("SELECT pg_stat_clear_snapshot(); SELECT count(*) FROM pg_stat_activity WHERE application_name = 'intelia'")
    return cursor.fetchone()[0]


def test_jobs_write_the_same(database, tmp_path):
    url, connection = database
    cursor = connection.cursor()
    text = "Litter should be dry and friable; ammonia below 20 ppm. " * 100
    insert(connection, [{"conversation_id": f"c-{number}", "created_at": f"2026-{1 + number % 9:02d}-{1 + number % 28:02d}",
                         "messages": TURNS[:3] + [{"role": "assistant", "content": f"{number} {text}"}]}
                        for number in range(6000)] + [{"conversation_id": "bad", "messages": "7", "created_at": "2026-02-03"}])
    cursor.execute("ANALYZE conversations")
    extract(url, tmp_path / "one")
    assert len(ids_of(tmp_path / "one")) == 6000
    for jobs in (2, 5):
        extract(url, tmp_path / "more", "--jobs", jobs)
        assert data_of(tmp_path / "more") == data_of(tmp_path / "one")
    extract(url, tmp_path / "one", "--limit", "777")
    extract(url, tmp_path / "more", "--limit", "777", "--jobs", "3")
    assert data_of(tmp_path / "more") == data_of(tmp_path / "one")
    program.wait_for(lambda: backends(cursor) == 0)  # the server notices the end of a connection a moment later
    cursor.execute("DROP INDEX conversations_newest_first")
    run = extract(url, tmp_path / "more", "--limit", "777", "--jobs", "3")
    assert "one connection reads, since no index of 'conversations' begins with created_at" in run.stderr
    assert data_of(tmp_path / "more") == data_of(tmp_path / "one")


def test_several_connections_see_one_snapshot(database, tmp_path):
    """Rows are moved between ranges and deleted while --jobs reads: the result is one snapshot."""
    url, connection = database
    insert(connection, [{"conversation_id": f"c-{number}", "created_at": f"2026-{1 + number % 9:02d}-{1 + number % 28:02d}",
                         "messages": TURNS[:3] + [{"role": "assistant", "content": "x" * 4000 + str(number)}]}
                        for number in range(8000)])
    connection.cursor().execute("ANALYZE conversations")
    stop = threading.Event()

    def disturb():
        cursor = connection.cursor()
        while not stop.is_set():
            cursor.execute("UPDATE conversations SET created_at = '2026-01-01'::timestamptz + random() * interval '250 days' "
                           "WHERE conversation_id IN (SELECT conversation_id FROM conversations ORDER BY random() LIMIT 200)")

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(3):
            extract(url, tmp_path / "out", "--jobs", "4")
            assert len(set(ids_of(tmp_path / "out"))) == len(ids_of(tmp_path / "out")) == 8000
    finally:
        stop.set()
        thread.join()


class Writer(threading.Thread):
    """One client of the service: inserts, changes and deletes its own conversations, and commits at random times."""

    def __init__(self, number, connection, stop):
        super().__init__()
        self.number, self.connection, self.stop = number, connection, stop
        self.chance = random.Random(number)
        self.committed = {}  # conversation_id → (messages, rating, language, created_at)
        self.failure = None

    def row(self):
        chance = self.chance
        turns = [{"role": role, "content": f"{chance.random()} « é »"} for role in ("user", "assistant") * chance.choice([1, 2, 2, 3])]
        return (json.dumps(turns), chance.choice([None, 1, 3.5, 4, 4.5, 5, 5]), chance.choice(["fr", "en", "es", "pt", "de", None]),
                f"2026-{chance.randint(1, 9):02d}-{chance.randint(1, 28):02d} {chance.randint(0, 23):02d}:00:00+00")

    def transaction(self, cursor):
        chance, rows = self.chance, dict(self.committed)
        for _ in range(chance.randint(1, 6)):
            kind = chance.random()
            if kind < 0.5 or not rows:
                name, row = f"w{self.number}-{chance.getrandbits(40):x}", self.row()
                cursor.execute("INSERT INTO conversations (messages, rating, language, created_at, conversation_id) "
                               "VALUES (%s, %s, %s, %s, %s)", (*row, name))
                rows[name] = row
            elif kind < 0.8:
                name, row = chance.choice(list(rows)), self.row()
                if chance.random() < 0.7:  # only text or rating show the change
                    row = (*row[:2], *rows[name][2:]) if chance.random() < 0.5 else (row[0], *rows[name][1:])
                cursor.execute("UPDATE conversations SET messages = %s, rating = %s, language = %s, created_at = %s "
                               "WHERE conversation_id = %s", (*row, name))
                rows[name] = row
            else:
                name = chance.choice(list(rows))
                cursor.execute("DELETE FROM conversations WHERE conversation_id = %s", (name,))
                del rows[name]
        return rows

    def run(self):
        try:
            cursor = self.connection.cursor()
            while not self.stop.is_set():
                cursor.execute("BEGIN")
                rows = self.transaction(cursor)
                time.sleep(self.chance.choice([0, 0.001, 0.01, 0.05, 0.5 if self.chance.random() < 0.2 else 0]))
                if self.chance.random() < 0.1:
                    cursor.execute("ROLLBACK")
                else:
                    cursor.execute("COMMIT")
                    self.committed = rows
        except Exception as failure:
            self.failure = failure


def qualifying(rows):
    """The selection as documented: rows of (id, messages, rating, language)."""
    return {name: messages for name, messages, rating, language in rows
            if rating is not None and rating >= 4 and language in ("fr", "en", "es", "pt") and len(messages) >= 3}


@pytest.mark.parametrize("limit", [0, 400])
def test_writers_against_increments(database, cluster, tmp_path, limit):
    """Eight writers with random delays before they commit, against increments; each is compared with a full extraction
    of its snapshot and with the table in it, the last one with the commits recorded by the writers."""
    url, connection = database
    stop = threading.Event()
    name = connection.info.dbname
    connections = [cluster.connect(name) for _ in range(8)]
    writers = [Writer(number, connections[number], stop) for number in range(8)]
    holder = cluster.connect(name)
    cursor = holder.cursor()

    def compare():
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        extract(url, tmp_path / "increment", "--incremental", "--allow-empty", "--limit", limit, "--snapshot", snapshot)
        extract(url, tmp_path / "full", "--allow-empty", "--limit", limit, "--snapshot", snapshot, "--jobs", "2")
        assert data_of(tmp_path / "increment") == data_of(tmp_path / "full")
        if limit == 0:
            cursor.execute("SELECT conversation_id, messages, rating, language FROM conversations")
            truth = qualifying(cursor.fetchall())
            records = lines_of(tmp_path / "increment")
            assert len(records) == len(truth), "each conversation once"
            assert {record["metadata"]["conversation_id"]: record["messages"] for record in records} == truth
        cursor.execute("COMMIT")
        return measured(tmp_path / "increment")

    for writer in writers:
        writer.start()
    try:
        num_changed = 0
        for number in range(200 if IS_SLOW else 12):
            found = compare()
            if number > 0:
                assert "increment" in found or "more than half" in found["in_full"], found
                num_changed += sum(found.get("increment", {}).get(kind, 0) for kind in ("added", "updated", "removed"))
            time.sleep(random.random() * 0.1)
        assert num_changed > 10, "the writers wrote while the increments ran"
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert [writer.failure for writer in writers] == [None] * 8
    compare()
    if limit == 0:
        committed = [(name, json.loads(messages), rating, language)
                     for writer in writers for name, (messages, rating, language, _) in writer.committed.items()]
        assert ids_of(tmp_path / "increment") == sorted(qualifying(committed))
    for open_connection in [*connections, holder]:
        open_connection.close()


def test_ids_do_not_depend_on_settings_of_the_session(database, tmp_path):
    """Ids of a type whose text depends on a setting: the split and the lines stay the same."""
    url, connection = database
    insert(connection, [{"conversation_id": f"c-{number}"} for number in range(60)])
    connection.cursor().execute("CREATE TABLE other AS SELECT *, decode(md5(conversation_id), 'hex') AS id FROM conversations;"
                                "ALTER TABLE other DROP COLUMN conversation_id; ALTER TABLE other RENAME id TO conversation_id")
    extract(url, tmp_path / "plain", "--table", "other")
    for setting in ("bytea_output=escape", "IntervalStyle=iso_8601", "DateStyle=German", "TimeZone=Asia/Tokyo", "extra_float_digits=-15"):
        run = program.run("extract", "--output", tmp_path / "other", "--table", "other", "--force",
                          environment={"DATABASE_URL": url, "PGOPTIONS": f"-c {setting}"})
        assert run.status == 0, run.stderr
        assert data_of(tmp_path / "other") == data_of(tmp_path / "plain"), setting

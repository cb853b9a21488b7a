"""`extract --incremental` between random changes of rows, tables and types: the files are those of a full extraction."""
import concurrent.futures
import json
import os
import pathlib
import random
import time

import psycopg2
import pytest

import program
from conversations import TURNS

FILES = ["train.jsonl", "validation.jsonl", "rejected.jsonl", "dropped.jsonl", "quarantine.jsonl"]
IS_SLOW = os.environ.get("INTELIA_SLOW_TESTS") == "1"
OPTIONS = ("--signals", "rating,thumbs,feedback,annotations", "--max-rejected", "1", "--allow-empty", "--table", "talks")
NUM_ROWS = 24

# `talks` and `feedback` consist of two parts each, and each of part 1 has a twin with other texts of the same size, written
# by the same transaction: a version of a row does not tell the twins apart.
SCHEMA = """
    DROP TABLE feedback, annotations;
    CREATE TYPE lang AS ENUM ('fr', 'en', 'de');
    CREATE TABLE talks (conversation_id text PRIMARY KEY, messages jsonb, rating numeric, created_at timestamptz, language text,
                        thumbs boolean, other numeric DEFAULT 2, tag text DEFAULT 'es') PARTITION BY HASH (conversation_id);
    CREATE TABLE talks_0 PARTITION OF talks FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE talks_1 PARTITION OF talks FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    CREATE TABLE feedback (feedback_id bigint, conversation_id text, turn integer, answer text, rating numeric, corrected_answer text,
                           created_at timestamptz DEFAULT '2026-04-01', remark text DEFAULT 'A remark.') PARTITION BY LIST (turn);
    CREATE TABLE feedback_0 PARTITION OF feedback DEFAULT;
    CREATE TABLE feedback_1 PARTITION OF feedback FOR VALUES IN (1);
    CREATE TABLE annotations (annotation_id bigint, conversation_id text, turn integer, annotator text, corrected_answer text,
                              scores jsonb, created_at timestamptz DEFAULT '2026-04-01');
"""


class Database:
    def __init__(self, connection, chance):
        self.connection, self.chance, self.next_id = connection, chance, NUM_ROWS
        self.cursor = connection.cursor()
        self.cursor.execute(SCHEMA)
        assert self.transaction(lambda: [self.insert(number) for number in range(NUM_ROWS)] + [
            self.say(number) for number in range(NUM_ROWS)] + [self.make_twins()])

    def transaction(self, work, before_commit=lambda: None):
        """False if the server refuses it."""
        self.cursor.execute("BEGIN")
        try:
            work()
            before_commit()
            self.cursor.execute("COMMIT")
        except psycopg2.Error:
            self.cursor.execute("ROLLBACK")
            return False
        return True

    def make_twins(self):
        self.cursor.execute("CREATE TABLE talks_1_twin (LIKE talks INCLUDING ALL); INSERT INTO talks_1_twin SELECT * FROM talks_1; "
                            "UPDATE talks_1_twin SET messages = replace(messages::text, 'day', 'DAY')::jsonb; "
                            "CREATE TABLE feedback_1_twin (LIKE feedback INCLUDING ALL); "
                            "INSERT INTO feedback_1_twin SELECT feedback_id, conversation_id, turn, answer, rating, "
                            "upper(corrected_answer), created_at, remark FROM feedback_1")

    # Changes of rows.

    def some_id(self):
        return f"c-{self.chance.randrange(self.next_id):03d}"

    def insert(self, number=None):
        if number is None:
            number, self.next_id = self.next_id, self.next_id + 1
        self.cursor.execute(
            "INSERT INTO talks (conversation_id, messages, rating, created_at, language) VALUES (%s, %s, %s, %s, %s)",
            (f"c-{number:03d}", json.dumps(TURNS), str(self.chance.choice([1, 3, 4, 4.5, 5])),
             f"2026-03-{1 + number % 28:02d} 10:00:00+00", self.chance.choice(["fr", "en", "de"])))

    def say(self, number=None):
        name = self.some_id() if number is None else f"c-{number:03d}"
        if self.chance.random() < 0.6:
            self.cursor.execute("INSERT INTO feedback (feedback_id, conversation_id, turn, answer, rating, corrected_answer) VALUES "
                                "(%s, %s, %s, 'a', %s, %s)",
                                (self.chance.randrange(10**6), name, self.chance.choice([1, 1, 3, None]),
                                 str(self.chance.choice([1, 4, 5])), self.chance.choice([None, "About right.", "Better."])))
        else:
            self.cursor.execute("INSERT INTO annotations (annotation_id, conversation_id, turn, annotator, scores, corrected_answer) "
                                "VALUES (%s, %s, %s, 'ana', %s, %s)",
                                (self.chance.randrange(10**6), name, self.chance.choice([1, 3]),
                                 self.chance.choice([None, '{"clarity": 2}', '{"clarity": 5}']),
                                 self.chance.choice([None, "An expert's."])))

    def update(self):
        self.cursor.execute(f"UPDATE talks SET {self.chance.choice(['rating = 5', 'thumbs = false', 'messages = messages || messages'])} "
                            "WHERE conversation_id = %s", (self.some_id(),))

    def change_sayings(self):
        table = self.chance.choice(["feedback", "annotations"])
        self.cursor.execute(self.chance.choice([f"UPDATE {table} SET corrected_answer = 'New.' WHERE conversation_id = %s",
                                                f"UPDATE {table} SET turn = 3 WHERE conversation_id = %s",
                                                f"DELETE FROM {table} WHERE conversation_id = %s"]), (self.some_id(),))

    def delete(self):
        self.cursor.execute("DELETE FROM talks WHERE conversation_id = %s", (self.some_id(),))

    # Changes of tables and types.

    def swap_names(self):
        table, one, other = self.chance.choice([("talks", "rating", "other"), ("talks", "language", "tag"),
                                                ("feedback", "corrected_answer", "remark"), ("feedback", "answer", "remark")])
        self.cursor.execute(f"ALTER TABLE {table} RENAME {one} TO swapped; ALTER TABLE {table} RENAME {other} TO {one}; "
                            f"ALTER TABLE {table} RENAME swapped TO {other}")

    def rename(self):
        table, one, other = self.chance.choice([("feedback", "corrected_answer", "was_corrected"), ("feedback", "turn", "was_turn"),
                                                ("annotations", "scores", "was_scores"), ("annotations", "annotation_id", "was_id"),
                                                ("annotations", "corrected_answer", "was_corrected"), ("talks", "rating", "was_rating")])
        if self.chance.random() < 0.6:
            one, other = other, one
        self.cursor.execute(f"ALTER TABLE {table} RENAME {one} TO {other}")

    def add_again(self):
        table, column, definition = self.chance.choice([
            ("talks", "rating", "numeric DEFAULT 4"), ("talks", "rating", "real DEFAULT 4.1"), ("talks", "language", "text DEFAULT 'fr'"),
            ("talks", "language", "lang DEFAULT 'en'"), ("talks", "thumbs", "boolean DEFAULT true"),
            ("talks", "language", "text GENERATED ALWAYS AS (CASE WHEN rating > 4 THEN 'fr' ELSE 'en' END) STORED"),
            ("feedback", "corrected_answer", "text DEFAULT 'By default.'"), ("feedback", "rating", "numeric DEFAULT 5"),
            ("feedback", "feedback_id", "bigint DEFAULT 7"),
            ("annotations", "scores", "jsonb DEFAULT '{\"clarity\": 4}'"), ("annotations", "annotator", "text DEFAULT 'rui'"),
            ("annotations", "corrected_answer", "text DEFAULT 'Expertly.'"), ("annotations", "turn", "integer DEFAULT 1")])
        self.cursor.execute(f"ALTER TABLE {table} DROP COLUMN {column}; ALTER TABLE {table} ADD COLUMN {column} {definition}")

    def change_type(self):
        self.cursor.execute(self.chance.choice([
            "ALTER TABLE talks ALTER rating TYPE numeric(4, 2)", "ALTER TABLE talks ALTER rating TYPE text",
            "ALTER TABLE talks ALTER rating TYPE numeric USING NULLIF(rating::text, '')::numeric",
            "ALTER TABLE talks ALTER language TYPE lang USING language::text::lang", "ALTER TABLE talks ALTER language TYPE text",
            "ALTER TABLE talks ALTER created_at TYPE timestamp", "ALTER TABLE talks ALTER created_at TYPE timestamptz",
            "ALTER TABLE talks ALTER messages TYPE json", "ALTER TABLE talks ALTER messages TYPE jsonb",
            "ALTER TABLE annotations ALTER annotation_id TYPE text", "ALTER TABLE annotations ALTER annotator TYPE text COLLATE \"C\"",
            "ALTER TABLE feedback ALTER rating TYPE text", "ALTER TABLE annotations ALTER scores TYPE text"]))

    def swap_labels(self):
        self.cursor.execute("ALTER TYPE lang RENAME VALUE 'fr' TO 'x'; ALTER TYPE lang RENAME VALUE 'de' TO 'fr'; "
                            "ALTER TYPE lang RENAME VALUE 'x' TO 'de'")

    def swap_parts(self):
        table, values = self.chance.choice([("talks", "WITH (MODULUS 2, REMAINDER 1)"), ("feedback", "IN (1)")])
        self.cursor.execute(f"ALTER TABLE {table} DETACH PARTITION {table}_1; ALTER TABLE {table}_1 RENAME TO swapped; "
                            f"ALTER TABLE {table}_1_twin RENAME TO {table}_1; ALTER TABLE swapped RENAME TO {table}_1_twin; "
                            f"ALTER TABLE {table} ATTACH PARTITION {table}_1 FOR VALUES {values}")

    def alter_part(self):
        table, values, column, definition = self.chance.choice([
            ("talks", "WITH (MODULUS 2, REMAINDER 1)", "rating", "numeric DEFAULT 4.5"),
            ("talks", "WITH (MODULUS 2, REMAINDER 1)", "language", "text DEFAULT 'es'"),
            ("feedback", "IN (1)", "corrected_answer", "text DEFAULT 'In part.'")])
        self.cursor.execute(f"ALTER TABLE {table} DETACH PARTITION {table}_1; ALTER TABLE {table}_1 DROP COLUMN {column}; "
                            f"ALTER TABLE {table}_1 ADD COLUMN {column} {definition}; "
                            f"ALTER TABLE {table} ATTACH PARTITION {table}_1 FOR VALUES {values}")

    def replace_table(self):
        self.cursor.execute("ALTER TABLE annotations RENAME TO gone; CREATE TABLE annotations (LIKE gone INCLUDING ALL); "
                            "INSERT INTO annotations SELECT * FROM gone ORDER BY random() LIMIT 10; DROP TABLE gone")

    def change_index(self):
        self.cursor.execute(self.chance.choice(["ALTER TABLE talks DROP CONSTRAINT IF EXISTS talks_pkey", "ALTER TABLE talks ADD PRIMARY KEY (conversation_id)",
                                                "ALTER TABLE talks ADD PRIMARY KEY (conversation_id)"]))

    def rewrite(self):
        """Rows that a snapshot taken before would not see; no column that is read is altered."""
        self.cursor.execute("ALTER TABLE talks ALTER COLUMN tag TYPE varchar(%s)", (self.chance.randrange(5, 99),))
        self.cursor.execute("ALTER TABLE talks ADD COLUMN stamp timestamptz DEFAULT clock_timestamp(); ALTER TABLE talks DROP COLUMN stamp")

    def alteration(self):
        return self.chance.choice([self.swap_names, self.rename, self.add_again, self.change_type, self.swap_labels, self.swap_parts,
                                   self.alter_part, self.replace_table, self.change_index, self.rewrite])

    def change(self):
        rows = [self.insert, self.say, self.update, self.change_sayings, self.delete]
        for _ in range(self.chance.choice([1, 1, 2, 3])):
            self.transaction(self.chance.choice(rows) if self.chance.random() < 0.5 else self.alteration())


def extract_into(folder, url, *options):
    return program.run("extract", "--output", folder, *OPTIONS, *options, environment={"DATABASE_URL": url})


@pytest.mark.parametrize("seed", range(12 if IS_SLOW else 3))
def test_random_alterations(database, tmp_path, seed):
    url, connection = database
    changing = Database(connection, random.Random(seed))
    kinds = {"increment": 0, "in_full": 0, "refused": 0}

    def extract(folder, *options):
        return extract_into(tmp_path / folder, url, *options)

    for step in range(60 if IS_SLOW else 20):
        changing.change()
        increment, full = extract("increment", "--incremental"), extract("full")
        assert increment.status == full.status, (step, increment.stderr, full.stderr)
        if full.status != 0:
            kinds["refused"] += 1
            continue
        for name in FILES:
            files = [pathlib.Path(tmp_path / folder / name).read_bytes() for folder in ("increment", "full")]
            assert files[0] == files[1], (step, name, increment.stderr)
        kinds[next(kind for kind in kinds if kind in json.loads((tmp_path / "increment/manifest.json").read_text())["measured"])] += 1
    assert kinds["increment"] > 0 and kinds["in_full"] > 0, kinds


@pytest.mark.parametrize("seed", range(12 if IS_SLOW else 2))
def test_alterations_after_the_snapshot(database, tmp_path, seed):
    """Each is committed when the increment has its snapshot and waits for the lock of a table."""
    url, connection = database
    changing = Database(connection, random.Random(1000 + seed))
    num_retried = 0

    def wait_until_locked(run):
        while not run.done():
            changing.cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if changing.cursor.fetchone()[0] > 0:
                return True
            time.sleep(0.01)
        return False

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        for step in range(30 if IS_SLOW else 8):
            extract_into(tmp_path / "increment", url, "--incremental")
            changing.change()
            run, has_waited = None, False

            def start():
                nonlocal run, has_waited
                run = pool.submit(extract_into, tmp_path / "increment", url, "--incremental")
                has_waited = wait_until_locked(run)

            changing.transaction(changing.alteration(), before_commit=start)
            if run is None:
                continue
            increment = run.result()
            if not has_waited:
                continue
            full = extract_into(tmp_path / "full", url)
            assert increment.status == full.status, (step, increment.stderr, full.stderr)
            num_retried += "was altered while the conversations were read; retrying, 1 of" in increment.stderr
            if full.status != 0:
                continue
            for name in FILES:
                assert (tmp_path / "increment" / name).read_bytes() == (tmp_path / "full" / name).read_bytes(), (step, name, increment.stderr)
    assert num_retried > 0

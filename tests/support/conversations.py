"""Conversations for tests: inserting them into the table, and the expected output of `extract`."""
import json

import psycopg2.extras

TURNS = [{"role": "user", "content": "How warm on day one?"}, {"role": "assistant", "content": "About 32 °C at the chick."},
         {"role": "user", "content": "And « day seven »?\n"}, {"role": "assistant", "content": "\"29 °C\", then lower."}]


def insert(connection, rows):
    """`rows`: dicts with any of the five columns; the rest has defaults that qualify."""
    values = []
    for number, row in enumerate(rows):
        messages = row.get("messages", TURNS)
        values.append((row.get("conversation_id", f"c-{number:06d}"),
                       None if messages is None else messages if isinstance(messages, str) else json.dumps(messages),
                       row.get("rating", 4.5), row.get("created_at", f"2026-03-{1 + number % 28:02d} 10:00:00+00"),
                       row.get("language", "en")))
    with connection.cursor() as cursor:
        psycopg2.extras.execute_values(
            cursor, "INSERT INTO conversations (conversation_id, messages, rating, created_at, language) VALUES %s", values)


def lines_of(folder, *names):
    """The records of the named files of `folder` (train and validation by default)."""
    records = []
    for name in names or ("train.jsonl", "validation.jsonl"):
        text = (folder / name).read_bytes().decode("utf-8")
        assert text == "" or text.endswith("\n")
        records += [json.loads(line) for line in text.split("\n")[:-1]]
    return records


def ids_of(folder, *names):
    return sorted(record["metadata"]["conversation_id"] for record in lines_of(folder, *names))


def slow_view(connection, seconds_a_row=0.002, name="slow"):
    """A view of the table whose rows the server returns slowly, one by one."""
    cursor = connection.cursor()
    shortest = 0.001  # of a sleep: for shorter delays, only some rows sleep
    seconds, share = max(seconds_a_row, shortest), min(seconds_a_row / shortest, 1)
    # STABLE, though it is not, so that the view is only a name for the table and its index serves the order.
    cursor.execute(f"CREATE FUNCTION {name}ly(rating numeric) RETURNS numeric LANGUAGE plpgsql STABLE AS "
                   f"'BEGIN PERFORM pg_sleep({seconds}) WHERE random() < {share}; RETURN rating; END'")
    cursor.execute(f"CREATE VIEW {name} AS SELECT conversation_id, messages, created_at, language, "
                   f"{name}ly(rating) AS rating FROM conversations")
    # By the index: a sort would delay only the first row.
    for setting in ("enable_sort", "enable_seqscan", "enable_bitmapscan"):
        cursor.execute(f"ALTER DATABASE {connection.info.dbname} SET {setting} = off")

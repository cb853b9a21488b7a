"""`intelia doctor` against real servers: its findings, messages and exit status."""
import json
import os
import subprocess

import pytest

import program
from temporary_postgres import Cluster

PASSWORD = "kanarie-7f3a"


def doctor(url, *arguments, **environment):
    return program.run("doctor", "--no-engine", *arguments, environment={"DATABASE_URL": url, **environment})


def findings_of(url, *arguments, status=0, **environment):
    run = doctor(url, "--json", *arguments, **environment)
    assert run.status == status, run.stdout + run.stderr
    return json.loads(run.stdout)


def execute(connection, *statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture()
def reader(cluster, database):
    """(URL, connection of the owner) of a role that may only read; every test has its own role."""
    url, connection = database
    role = "reader_" + connection.info.dbname
    execute(connection, f"CREATE ROLE {role} LOGIN", f"GRANT SELECT ON conversations TO {role}")
    yield cluster.url(connection.info.dbname, user=role), connection, role
    execute(connection, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_a_sound_source_has_no_finding(reader, tmp_path):
    url, connection, role = reader
    found = findings_of(url, "--output", tmp_path / "new" / "folder")
    states = {part: finding["state"] for part, finding in found.items()}
    assert set(states.values()) == {"ok"}, found
    assert set(states) == {"machine", "output", "database", "version", "encoding", "encryption", "replication", "clock",
                           "time limits", "table", "columns", "privileges", "indexes", "row versions"}
    assert found["version"]["message"].startswith(f"PostgreSQL {connection.server_version // 10000}.")
    assert found["privileges"]["message"] == f"role {role} can read all five columns"
    assert found["table"]["message"].startswith("table public.conversations, ")
    assert not (tmp_path / "new").exists()


def test_the_words_for_people(reader):
    run = doctor(reader[0])
    assert run.status == 0
    assert "\n  ok       row versions xmin is readable\n" in run.stdout
    execute(reader[1], "DROP INDEX conversations_newest_first")
    run = doctor(reader[0])
    assert run.status == 0
    assert ("\n  note     indexes      no index in the order of extraction, so the server sorts all rows\n"
            "                          CREATE INDEX CONCURRENTLY ON public.conversations (created_at DESC, conversation_id);\n"
            in run.stdout), run.stdout


def test_it_changes_nothing(reader):
    url, connection, role = reader
    execute(connection, f"ALTER ROLE {role} SET default_transaction_read_only = on")
    assert findings_of(url)["database"]["state"] == "ok"


def test_a_role_without_rights_and_its_remedy(cluster, database):
    url, connection = database
    execute(connection, 'CREATE ROLE "may; not" LOGIN')
    try:
        url = cluster.url(connection.info.dbname, user="may%3B%20not")
        found = findings_of(url, status=1)
        assert found["privileges"]["state"] == "failed"
        assert found["privileges"]["message"] == ('role "may; not" has no SELECT privilege on conversation_id, messages, rating, created_at, '
                                                'language')
        remedies = found["privileges"]["remedies"]
        assert remedies == ['GRANT SELECT ON public.conversations TO "may; not";']
        execute(connection, *remedies)
        assert findings_of(url)["privileges"]["state"] == "ok"
    finally:
        execute(connection, 'DROP OWNED BY "may; not"', 'DROP ROLE "may; not"')


def test_rights_on_single_columns_do_not_reach_row_versions(reader):
    url, connection, role = reader
    execute(connection, f"REVOKE ALL ON conversations FROM {role}",
            f"GRANT SELECT (conversation_id, messages, rating, created_at) ON conversations TO {role}")
    assert findings_of(url, status=1)["privileges"]["message"] == f"role {role} has no SELECT privilege on language"
    execute(connection, f"GRANT SELECT (language) ON conversations TO {role}")
    found = findings_of(url)
    assert found["privileges"]["state"] == "ok"
    assert found["row versions"]["state"] == "note" and "xmin is not readable" in found["row versions"]["message"]
    execute(connection, *found["row versions"]["remedies"])
    assert findings_of(url)["row versions"]["state"] == "ok"


SOURCES = {
    "as it should be": [],
    "no rights": ["REVOKE ALL ON conversations FROM {role}"],
    "rights on columns": ["REVOKE ALL ON conversations FROM {role}",
                          "GRANT SELECT (conversation_id, messages, rating, created_at, language) ON conversations TO {role}"],
    "no schema": ["REVOKE ALL ON SCHEMA public FROM public"],
    "a view": ["ALTER TABLE conversations RENAME TO base", "CREATE VIEW conversations AS SELECT * FROM base",
               "GRANT SELECT ON conversations TO {role}"],
    "no language": ["ALTER TABLE conversations DROP language"],
    "no index": ["DROP INDEX conversations_newest_first", "ALTER TABLE conversations DROP CONSTRAINT conversations_pkey CASCADE"],
    "rating as text": ["ALTER TABLE conversations ALTER rating TYPE text"],
    "rating as truth": ["ALTER TABLE conversations ALTER rating TYPE boolean USING rating > 3"],
    "rating as float": ["ALTER TABLE conversations ALTER rating TYPE float8"],
    "times as text": ["ALTER TABLE conversations ALTER created_at DROP DEFAULT, ALTER created_at TYPE text"],
    "days": ["ALTER TABLE conversations ALTER created_at TYPE date"],
    "messages as text": ["ALTER TABLE conversations ALTER messages TYPE text"],
    "ids as numbers": ["DROP TABLE feedback, annotations", "ALTER TABLE conversations ALTER conversation_id TYPE bigint USING 1"],
    "partitions": ["DROP TABLE conversations CASCADE",
                   "CREATE TABLE conversations (conversation_id text, messages jsonb, rating numeric, created_at timestamptz, "
                   "language text) PARTITION BY RANGE (created_at)",
                   "CREATE TABLE of_all PARTITION OF conversations DEFAULT", "GRANT SELECT ON conversations TO {role}"],
    "only a short time": ["ALTER ROLE {role} SET statement_timeout = '1min'"],
}


@pytest.mark.parametrize("statements", SOURCES.values(), ids=SOURCES)
def test_it_fails_exactly_when_extract_does(reader, tmp_path, statements):
    url, connection, role = reader
    execute(connection, *(statement.format(role=role) for statement in statements))
    extract = program.run("extract", "--allow-empty", "--output", tmp_path / "out", environment={"DATABASE_URL": url})
    checked = doctor(url)
    assert (extract.status, checked.status) in [(0, 0), (2, 1)], extract.stderr + checked.stdout


def test_a_schema_that_may_not_be_used(reader):
    url, connection, role = reader
    execute(connection, "CREATE SCHEMA crm", "CREATE TABLE crm.chats (LIKE conversations INCLUDING ALL)",
            f"GRANT SELECT ON crm.chats TO {role}")
    found = findings_of(url, "--table", "crm.chats", status=1)
    assert found["table"]["state"] == "failed"
    execute(connection, *found["table"]["remedies"])
    assert findings_of(url, "--table", "crm.chats")["table"]["state"] == "ok"


def test_more_rights_than_needed_are_noted(reader, database):
    url, connection, role = reader
    execute(connection, f"GRANT INSERT ON conversations TO {role}")
    privileges = findings_of(url)["privileges"]
    assert privileges["state"] == "note" and "it can also write" in privileges["message"]
    privileges = findings_of(database[0])["privileges"]
    assert privileges["state"] == "note" and "it is a superuser" in privileges["message"]
    assert "CREATE ROLE intelia_reader LOGIN;" in privileges["remedies"]


def test_row_level_security_is_a_warning(reader):
    url, connection, role = reader
    execute(connection, "ALTER TABLE conversations ENABLE ROW LEVEL SECURITY")
    privileges = findings_of(url)["privileges"]
    assert privileges["state"] == "warning" and "row-level security" in privileges["message"]


def test_a_missing_table_and_where_it_may_be(reader):
    url, connection, _ = reader
    assert findings_of(url, "--table", "conversation", status=1)["table"] == {
        "state": "failed", "message": "'conversation' does not exist (did you mean 'conversations'?); name another table (--table)"}
    execute(connection, 'CREATE SCHEMA "C R M"', 'CREATE TABLE "C R M".chats (LIKE conversations)')
    found = findings_of(url, "--table", "chats", status=1)
    assert found["table"]["message"] == "'chats' does not exist (did you mean \"C R M\".chats?); name another table (--table)"
    assert "columns" not in found and "privileges" not in found
    assert "does not exist" in findings_of(url, "--table", "it's; DROP TABLE conversations", status=1)["table"]["message"]


def test_missing_columns_and_the_nearest_names(reader):
    url, connection, _ = reader
    execute(connection, "ALTER TABLE conversations RENAME rating TO ratings", "ALTER TABLE conversations RENAME messages TO body")
    found = findings_of(url, status=1)
    assert found["columns"]["message"] == ("'messages' is missing; map it as messages=NAME; 'rating' is missing (did you mean "
                                         "'ratings'?); map it as rating=NAME (--columns)")
    assert "privileges" not in found
    assert found["columns"]["remedies"] == ["proposed mapping: messages=body,rating=ratings"]
    columns = findings_of(url, "--columns", "messages=body,rating=ratings")["columns"]
    assert columns == {"state": "ok", "message": "conversation_id text, messages=body jsonb, rating=ratings numeric, created_at "
                                               "timestamp with time zone, language text"}


def test_a_mapping_is_proposed_from_names_types_and_values(reader, tmp_path):
    url, connection, role = reader
    execute(connection, "CREATE TABLE chats (nr int, ref uuid PRIMARY KEY, farm int, log jsonb, sources jsonb, note_given real, "
                        "age int, opened timestamptz, spoken text)", f"GRANT SELECT ON chats TO {role}")
    for number in range(5):
        connection.cursor().execute(
            "INSERT INTO chats VALUES (%s, gen_random_uuid(), 7, %s, '[{\"page\": 3}]', 4.5, 1200, '2026-02-17', 'fr')",
            (number, json.dumps([{"role": "user", "content": "u"}, {"role": "assistant", "content": "a" * 900}] * 2)))
    columns = findings_of(url, "--table", "chats", status=1)["columns"]
    proposed = "conversation_id=ref,messages=log,rating=note_given,created_at=opened,language=spoken"
    assert columns["remedies"] == ["proposed mapping: " + proposed]
    assert findings_of(url, "--table", "chats", "--columns", proposed)["columns"]["state"] != "failed"
    run = program.run("extract", "--table", "chats", "--output", tmp_path / "out", environment={"DATABASE_URL": url})
    assert run.status == 2
    assert "has no column 'conversation_id', 'messages'" in run.stderr and "'language'" in run.stderr, run.stderr
    run = program.run("extract", "--table", "chats", "--columns", proposed, "--output", tmp_path / "out",
                      environment={"DATABASE_URL": url})
    assert run.status == 0 and "5 kept" in run.stderr, run.stderr
    # Nothing that may not be read is sampled, and a value that cannot be read does no harm.
    execute(connection, f"REVOKE ALL ON chats FROM {role}", f"GRANT SELECT (ref, log) ON chats TO {role}")
    assert findings_of(url, "--table", "chats", status=1)["columns"]["state"] == "failed"


def test_the_settings_of_extract_are_those_that_are_checked(reader, tmp_path):
    url, connection, role = reader
    execute(connection, "ALTER TABLE conversations RENAME TO chats", "ALTER TABLE chats RENAME messages TO body")
    (tmp_path / "intelia.toml").write_text(f'[extract]\ntable = "chats"\ncolumns = ["messages=body"]\noutput = "{tmp_path}/new"\n')
    found = findings_of(url, "--config", tmp_path / "intelia.toml")
    assert found["columns"]["message"].startswith("conversation_id text, messages=body jsonb") and found["output"]["state"] == "ok"
    found = findings_of(url, INTELIA_EXTRACT_TABLE="chats", INTELIA_EXTRACT_COLUMNS="messages=body")
    assert found["columns"]["state"] == "ok"
    assert findings_of(url, "--config", tmp_path / "intelia.toml", "--table", "other", status=1)["table"]["state"] == "failed"


def test_wrong_types_are_told_from_odd_ones(reader):
    url, connection, role = reader
    execute(connection, "CREATE DOMAIN stars AS smallint",
            "CREATE TABLE odd (conversation_id uuid PRIMARY KEY, messages json, rating stars, created_at timestamp, language char(2))",
            "CREATE TABLE wrong (conversation_id bigint, messages bytea, rating text, created_at text, language text)",
            f"GRANT SELECT ON odd, wrong TO {role}")
    odd = findings_of(url, "--table", "odd")["columns"]
    assert odd == {"state": "note", "message": "'messages' is json; jsonb guarantees valid JSON; 'created_at' is "
                                             "timestamp without time zone, which is interpreted as UTC"}
    wrong = findings_of(url, "--table", "wrong", status=1)["columns"]
    assert wrong == {"state": "failed", "message": "'messages' is bytea; expected jsonb, json, jsonb[], json[] or text; 'rating' is text; a numeric "
                                                 "type guarantees numbers; 'created_at' is text; expected timestamptz"}


def test_indexes_that_are_missing_and_their_remedies(reader):
    url, connection, _ = reader
    execute(connection, "DROP INDEX conversations_newest_first, feedback_of_conversation, annotations_of_conversation",
            "ALTER TABLE conversations DROP CONSTRAINT conversations_pkey CASCADE",
            "CREATE INDEX ON conversations (conversation_id)", "CREATE UNIQUE INDEX ON conversations (conversation_id, language)")
    indexes = findings_of(url)["indexes"]
    assert indexes["state"] == "warning"
    assert "no unique index on conversation_id, so" in indexes["message"]
    assert len(indexes["remedies"]) == 4
    execute(connection, *indexes["remedies"])
    assert findings_of(url)["indexes"]["state"] == "ok"


@pytest.mark.parametrize("index, serves", [
    ("(created_at DESC, conversation_id)", True), ("(created_at, conversation_id DESC)", True),
    ("(created_at, conversation_id)", False), ("(created_at DESC NULLS LAST, conversation_id)", False),
    ("(created_at DESC, conversation_id) WHERE rating >= 4", False), ("(conversation_id, created_at)", False)])
def test_an_index_that_does_not_serve_the_order(reader, index, serves):
    """Compared with the planner of the server: it needs no sort exactly when doctor finds no problem."""
    url, connection, _ = reader
    execute(connection, "DROP INDEX conversations_newest_first", f"CREATE INDEX ON conversations {index}")
    with connection.cursor() as cursor:
        cursor.execute("SET enable_sort = off; SET enable_seqscan = off; SET enable_bitmapscan = off; "
                       "SET enable_incremental_sort = off")
        cursor.execute("EXPLAIN SELECT * FROM conversations ORDER BY created_at DESC, conversation_id")
        assert ("Sort" not in str(cursor.fetchall())) == serves
    assert (findings_of(url)["indexes"]["state"] == "ok") == serves


def test_an_index_that_was_never_finished(reader):
    url, connection, _ = reader
    execute(connection, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'conversations_newest_first'::regclass")
    indexes = findings_of(url)["indexes"]
    assert "index conversations_newest_first is invalid" in indexes["message"]
    assert indexes["remedies"] == ["CREATE INDEX CONCURRENTLY ON public.conversations (created_at DESC, conversation_id);",
                                   "DROP INDEX CONCURRENTLY conversations_newest_first;"]


def test_a_view_has_no_indexes_and_no_row_versions(reader):
    url, connection, role = reader
    execute(connection, "CREATE VIEW rated AS SELECT * FROM conversations", f"GRANT SELECT ON rated TO {role}",
            "CREATE MATERIALIZED VIEW kept AS SELECT * FROM conversations", f"GRANT SELECT ON kept TO {role}")
    found = findings_of(url, "--table", "rated")
    assert found["table"]["message"] == "view public.rated"
    assert found["indexes"]["state"] == found["row versions"]["state"] == "note"
    assert found["row versions"]["message"] == "a view has no row versions (xmin), so an incremental extraction reads all conversations every time"
    assert "REFRESH" in findings_of(url, "--table", "kept")["row versions"]["message"]


def test_time_limits_of_the_role(reader):
    url, connection, role = reader
    execute(connection, f"ALTER ROLE {role} SET statement_timeout = '30s'",
            f"ALTER ROLE {role} SET idle_in_transaction_session_timeout = '1min'")
    limits = findings_of(url)["time limits"]
    assert limits["state"] == "note"
    assert "statement_timeout = 30s" in limits["message"] and "idle_in_transaction_session_timeout = 1min" in limits["message"]


def test_an_encoding_that_declares_none():
    server = Cluster("SQL_ASCII")
    try:
        found = findings_of(server.url(), status=1)
        assert found["encoding"]["state"] == "warning" and "SQL_ASCII" in found["encoding"]["message"]
        assert found["table"]["state"] == "failed"  # nothing was created in it
    finally:
        server.stop()


def test_a_wrong_password_is_said_without_it(own_cluster):
    connection = own_cluster.connect()
    execute(connection, f"CREATE ROLE guarded LOGIN PASSWORD '{PASSWORD}'")
    rules = own_cluster.folder / "data/pg_hba.conf"
    rules.write_text("local all guarded scram-sha-256\n" + rules.read_text())
    execute(connection, "SELECT pg_reload_conf()")
    connection.close()
    for url, words in [(own_cluster.url(user="guarded", password="not-" + PASSWORD), "password authentication failed"),
                       (own_cluster.url(user="guarded"), "no password supplied"),
                       (own_cluster.url(database="absent", user="guarded", password=PASSWORD), "does not exist")]:
        run = doctor(url)
        assert run.status == 1
        assert "FAILED   database" in run.stdout and words in run.stdout, run.stdout
        assert PASSWORD not in run.stdout + run.stderr
    assert findings_of(own_cluster.url(user="guarded", password=PASSWORD), status=1)["database"]["state"] == "ok"


def test_a_server_that_is_away(tmp_path):
    run = doctor(f"postgresql://u:{PASSWORD}@/d?host={tmp_path}")
    assert run.status == 1 and "FAILED   database" in run.stdout and PASSWORD not in run.stdout + run.stderr


def test_a_replica_that_cancels_long_reads(own_cluster):
    connection = own_cluster.connect()
    execute(connection, (program.ROOT / "data/schema.sql").read_text())
    replica = own_cluster.folder / "replica"
    binaries = subprocess.run(["pg_config", "--bindir"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    user = [] if os.getuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
    subprocess.run([*user, f"{binaries}/pg_basebackup", "-h", own_cluster.socket, "-U", "postgres", "-D", replica, "--no-sync",
                    "-R", "-c", "fast"], cwd="/", check=True)
    with open(replica / "postgresql.auto.conf", "a") as settings:
        settings.write("\nport = 5433\nhot_standby = on\n")
    subprocess.run([*user, f"{binaries}/pg_ctl", "-D", replica, "-w", "-l", replica / "server.log", "start"], cwd="/", check=True,
                   stdout=subprocess.DEVNULL)
    try:
        url = own_cluster.url() + "&port=5433"
        replication = findings_of(url)["replication"]
        assert replication["state"] == "warning"
        assert replication["message"].startswith("a replica") and "more than 30s" in replication["message"]
        assert "hot_standby_feedback = on" in replication["remedies"][0]
        with open(replica / "postgresql.auto.conf", "a") as settings:
            settings.write("hot_standby_feedback = on\n")
        subprocess.run([*user, f"{binaries}/pg_ctl", "-D", replica, "reload"], cwd="/", check=True, stdout=subprocess.DEVNULL)
        for _ in range(100):
            replication = findings_of(url)["replication"]
            if replication["state"] == "ok":
                break
        assert replication["state"] == "ok", replication
    finally:
        subprocess.run([*user, f"{binaries}/pg_ctl", "-D", replica, "-m", "immediate", "stop"], cwd="/", check=True,
                       stdout=subprocess.DEVNULL)
        connection.close()


@pytest.mark.parametrize("mode, state", [(0o600, "ok"), (0o400, "ok"), (0o640, "warning"), (0o604, "warning")])
def test_the_file_of_the_secret(reader, tmp_path, mode, state):
    secret = tmp_path / "database-url"
    secret.write_text(reader[0] + "\n")
    secret.chmod(mode)
    run = program.run("doctor", "--no-engine", "--json", environment={"DATABASE_URL_FILE": str(secret)})
    assert run.status == 0, run.stdout + run.stderr
    found = json.loads(run.stdout)
    assert found["secret"]["state"] == state and found["database"]["state"] == "ok"
    assert (f"mode {mode:03o}" in found["secret"]["message"]) == (state == "warning")
    both = findings_of(reader[0], DATABASE_URL_FILE=str(secret))
    assert both["secret"]["state"] == "note" and "takes precedence" in both["secret"]["message"]


def test_a_secret_that_is_not_there(tmp_path):
    run = program.run("doctor", "--no-engine", environment={"DATABASE_URL_FILE": str(tmp_path / "absent")})
    assert run.status == 1
    assert "FAILED   secret" in run.stdout and "FAILED   database" in run.stdout


def test_an_output_that_cannot_be_written(reader, tmp_path):
    (tmp_path / "file").write_text("")
    found = findings_of(reader[0], "--output", tmp_path / "file" / "folder", status=1)
    assert found["output"]["state"] == "failed" and "is not a folder" in found["output"]["message"]


def test_wrong_usage(reader):
    assert doctor(reader[0], "--columns", "idd=x").status == 2
    assert doctor(reader[0], "--table", "a.b.c").status == 2


def test_without_a_database(tmp_path):
    run = program.run("doctor", "--no-engine", "--json", folder=tmp_path)
    assert run.status == 0
    assert json.loads(run.stdout)["database"]["state"] == "not set"

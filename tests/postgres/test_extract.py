"""`intelia extract` against a real server: output, errors and messages."""
import json
import os
import pathlib
import subprocess
import time

import psycopg2
import pytest

import program
from conversations import TURNS, ids_of, insert, lines_of, slow_view
from program import wait_for
from temporary_postgres import Cluster, copying_backend

DATA = pathlib.Path(os.environ.get("INTELIA_EXTERNAL_DATA", ""))
needs_data = pytest.mark.skipif(not os.environ.get("INTELIA_REQUIRE_EXTERNAL_DATA")
                                and not (os.environ.get("INTELIA_EXTERNAL_DATA") and DATA.is_dir()),
                                reason="INTELIA_EXTERNAL_DATA is not set")


def extract(url, folder, *arguments, **settings):
    return program.run("extract", "--output", folder, *arguments, environment={"DATABASE_URL": url}, **settings)


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


def test_records_files_and_manifest(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(200)] + [
        {"conversation_id": "système", "messages": [{"role": "system", "content": "s"}] + TURNS, "rating": 4,
         "created_at": "2026-05-01 12:00:00.25+02", "language": "fr"}])
    run = extract(url, tmp_path / "out", "--json")
    assert run.status == 0, run.stderr
    records = lines_of(tmp_path / "out")
    assert len(records) == 201
    record = next(record for record in records if record["metadata"]["conversation_id"] == "système")
    assert record == {"messages": TURNS, "metadata": {
        "conversation_id": "système", "rating": 4, "source": "intelia_production", "language": "fr",
        "created_at": "2026-05-01T10:00:00.25Z"}}
    summary = json.loads(run.stdout)
    assert (summary["kept"], summary["train"] + summary["validation"]) == (201, 201)
    assert 5 <= summary["validation"] <= 40
    manifest = manifest_of(tmp_path / "out")
    assert manifest["counts"]["kept_by_language"] == {"en": 200, "fr": 1}
    assert manifest["inputs"][0]["server_version"].startswith(str(connection.server_version // 10000))
    for output in manifest["outputs"]:
        path = tmp_path / "out" / output["path"]
        digest = subprocess.run(["sha256sum", path], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0]
        assert output["sha256"] == digest
        assert output["bytes"] == path.stat().st_size
        assert path.stat().st_mode & 0o777 == 0o600
    assert not list((tmp_path / "out").glob(".*partial"))


def test_order_is_newest_first_then_id(database, tmp_path):
    url, connection = database
    insert(connection, [{"conversation_id": name, "created_at": day} for name, day in
                        [("b", "2026-01-02"), ("a", "2026-01-02"), ("z", "2026-01-03"), ("c", "2026-01-01")]])
    assert extract(url, tmp_path / "out", "--split", "1").status == 0
    assert [record["metadata"]["conversation_id"] for record in lines_of(tmp_path / "out", "train.jsonl")] == list("zabc")


def test_order_is_by_time_and_not_by_its_text(database, tmp_path):
    url, connection = database
    times = ["2026-01-01 10:00:00+00", "2026-01-01 10:00:00.5+00", "2026-01-01 10:00:00.45+00", "12026-01-01", "2025-12-31"]
    insert(connection, [{"conversation_id": f"c-{number}", "created_at": time} for number, time in enumerate(times)])
    assert extract(url, tmp_path / "out", "--split", "1").status == 0
    assert [record["metadata"]["conversation_id"] for record in lines_of(tmp_path / "out", "train.jsonl")] == [
        "c-3", "c-1", "c-2", "c-0", "c-4"]


def test_rights_on_the_five_columns_alone_will_do(database, cluster, tmp_path):
    url, connection = database
    name = connection.info.dbname
    insert(connection, [{} for _ in range(20)])
    connection.cursor().execute(f"CREATE ROLE narrow_{name} LOGIN; GRANT SELECT (conversation_id, messages, rating, created_at, "
                                f"language) ON conversations TO narrow_{name}")
    for _ in range(2):
        run = extract(cluster.url(name, user=f"narrow_{name}"), tmp_path / "out", "--incremental")
        assert run.status == 0 and "single columns" in run.stderr, run.stderr
    assert len(ids_of(tmp_path / "out")) == 20


def test_a_conversation_never_changes_side(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(300)])
    assert extract(url, tmp_path / "all").status == 0
    assert extract(url, tmp_path / "some", "--limit", "100", "--since", "2026-03-10").status == 0
    for name in ("train.jsonl", "validation.jsonl"):
        assert set(ids_of(tmp_path / "some", name)) <= set(ids_of(tmp_path / "all", name))


def test_three_parts(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(400)])
    assert extract(url, tmp_path / "two").status == 0
    assert not (tmp_path / "two/test.jsonl").exists()
    for folder in ("three", "two"):  # the second one over the files of a split in two
        for options in ((), ("--incremental",), ("--incremental",)):
            run = extract(url, tmp_path / folder, "--split", "0.8,0.1,0.1", "--json", *options)
            assert run.status == 0, run.stderr
            summary = json.loads(run.stdout)
            assert summary["train"] + summary["validation"] + summary["test"] == summary["kept"] == 400
        assert summary["increment"]["unchanged"] == 400
        assert 15 < summary["test"] == len(ids_of(tmp_path / folder, "test.jsonl")) < 70
        assert {"test.jsonl", "train.jsonl"} <= {output["path"] for output in manifest_of(tmp_path / folder)["outputs"]}
        assert manifest_of(tmp_path / folder)["options"]["split"] == [0.8, 0.1, 0.1]
    assert extract(url, tmp_path / "again").status == 0
    assert ids_of(tmp_path / "three", "test.jsonl") == ids_of(tmp_path / "again", "validation.jsonl")
    run = extract(url, tmp_path / "three", "--incremental", "--split", "0.9,0.1")
    assert run.status == 0 and "split has changed" in run.stderr
    assert not (tmp_path / "three/test.jsonl").exists()
    (tmp_path / "three/test.jsonl").write_text("not of this run\n")
    assert extract(url, tmp_path / "three", "--incremental").status == 0
    assert (tmp_path / "three/test.jsonl").read_text() == "not of this run\n"


def test_filters_of_the_database(database, tmp_path):
    url, connection = database
    insert(connection, [
        {"conversation_id": "kept"}, {"conversation_id": "kept-4", "rating": 4.0},
        {"conversation_id": "low", "rating": 3.9}, {"conversation_id": "unrated", "rating": None},
        {"conversation_id": "german", "language": "de"}, {"conversation_id": "none", "language": None},
        {"conversation_id": "short", "messages": TURNS[:2]},
        {"conversation_id": "one-turn", "messages": [{"role": "system", "content": "s"}] * 2 + TURNS[:1]}])
    assert extract(url, tmp_path / "out").status == 0
    assert ids_of(tmp_path / "out") == ["kept", "kept-4"]
    counts = manifest_of(tmp_path / "out")["counts"]
    assert counts["matched"] == 4
    assert counts["dropped"] == {"fewer messages than the minimum": 1, "fewer than two user and assistant turns": 1}
    assert extract(url, tmp_path / "out", "--languages", "", "--min-rating", "3.9", "--min-messages", "2").status == 0
    assert ids_of(tmp_path / "out") == ["german", "kept", "kept-4", "low", "none", "short"]


def test_since_is_inclusive_until_exclusive_in_utc(database, tmp_path):
    url, connection = database
    connection.cursor().execute("ALTER DATABASE {} SET TimeZone = 'Asia/Tokyo'".format(connection.info.dbname))
    insert(connection, [{"conversation_id": name, "created_at": time} for name, time in
                        [("before", "2026-01-31 23:59:59.999999+00"), ("first", "2026-02-01 00:00:00+00"),
                         ("last", "2026-02-28 23:59:59.999999+00"), ("after", "2026-03-01 00:00:00+00")]])
    assert extract(url, tmp_path / "out", "--since", "2026-02-01", "--until", "2026-03-01T00:00:00Z").status == 0
    assert ids_of(tmp_path / "out") == ["first", "last"]
    assert extract(url, tmp_path / "out", "--since", "2026-02-01T09:00:00+09:00").status == 0
    assert ids_of(tmp_path / "out") == ["after", "first", "last"]
    run = extract(url, tmp_path / "out", "--since", "2026-02-31")
    assert run.status == 2 and "2026-02-31" in run.stderr


def test_limit_takes_the_newest_rows(database, tmp_path):
    url, connection = database
    insert(connection, [{"conversation_id": f"{day:02d}", "created_at": f"2026-03-{day:02d}"} for day in range(1, 21)])
    assert extract(url, tmp_path / "out", "--limit", "3").status == 0
    assert ids_of(tmp_path / "out") == ["18", "19", "20"]
    assert extract(url, tmp_path / "out", "--limit", "0").status == 0
    assert len(ids_of(tmp_path / "out")) == 20


def test_every_row_is_counted_and_named_on_the_screen(database, tmp_path):
    url, connection = database
    connection.cursor().execute("ALTER TABLE conversations ALTER created_at DROP NOT NULL")
    insert(connection, [{} for _ in range(5)] + [{"created_at": "2026-01-01"} for _ in range(2)] +
           [{"rating": 3.9}, {"rating": None}, {"rating": 1}, {"language": "de"}, {"language": None}, {"messages": TURNS[:2]},
            {"created_at": None}, {"conversation_id": "bad", "messages": "7"}])
    unmatched = {"rating is below the minimum": 2, "rating is NULL": 1, "language is NULL": 1,
                 "language is not among those selected": 1, "created_at is NULL": 1}
    run = extract(url, tmp_path / "out", "--max-rejected", "1")
    assert run.status == 0, run.stderr
    assert ("9 rows matched: 7 kept, 1 dropped (fewer messages than the minimum: 1), 1 rejected (messages is not a list: 1); 6 not selected "
            "(rating is below the minimum: 2, created_at is NULL: 1, language is NULL: 1, language is not among those selected: 1, rating is NULL: 1); "
            ) in run.stderr
    assert manifest_of(tmp_path / "out")["counts"]["unmatched"] == unmatched
    assert "limit" not in run.stderr
    run = extract(url, tmp_path / "out", "--max-rejected", "1", "--limit", "4")
    assert "warning: the limit of 4 rows is reached: 5 older rows match and are not read (--limit, 0 = unlimited)" in run.stderr
    assert manifest_of(tmp_path / "out")["counts"]["unmatched"] == unmatched | {"beyond the limit": 5}
    run = extract(url, tmp_path / "out", "--since", "2030-01-01")
    assert run.status == 1 and "no conversation qualifies (0 rows matched: 0 kept, 0 dropped, 0 rejected)" in run.stderr


def test_other_names_types_and_schemas(cluster, tmp_path):
    name = cluster.new_database(schema=False)
    connection = cluster.connect(name)
    connection.cursor().execute('''
        CREATE SCHEMA "Sales"; CREATE TYPE tongue AS ENUM ('fr', 'en', 'de');
        CREATE TABLE "Sales"."odd.name" (id uuid PRIMARY KEY, body json, "the ""score""" double precision,
                                         at timestamp, tongue tongue);
        INSERT INTO "Sales"."odd.name" VALUES
          ('3981193c-c935-4d40-bf10-1777a6fa14e5', '[{"content":"u","role":"user"}, {"role":"assistant","content":"a"},
            {"role":"user","content":"\\u00e9"}]', 4.1, '2026-01-01 10:00', 'fr')''')
    run = extract(cluster.url(name), tmp_path / "out", "--table", '"Sales"."odd.name"', "--system-prompt", "Be brief.",
                  "--columns", 'conversation_id=id,messages=body,rating=the "score",created_at=at,language=tongue')
    assert run.status == 0, run.stderr
    assert lines_of(tmp_path / "out") == [{
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "u"},
                     {"role": "assistant", "content": "a"}, {"role": "user", "content": "é"}],
        "metadata": {"conversation_id": "3981193c-c935-4d40-bf10-1777a6fa14e5", "rating": 4.1,
                     "source": "intelia_production", "language": "fr", "created_at": "2026-01-01T10:00:00Z"}}]
    connection.close()


MALFORMED = {
    "not-a-list": {"messages": '{"a": 1}'}, "number": {"messages": "7"}, "json-null": {"messages": "null"},
    "null": {"messages": None}, "no-role": {"messages": [{"content": "x"}] * 3},
    "no-content": {"messages": [{"role": "user"}] * 3}, "null-content": {"messages": [{"role": "user", "content": None}] * 3},
    "narrator": {"messages": [{"role": "narrator", "content": "x"}] * 3},
    "image": {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}] * 3},
    "not-a-number": {"rating": float("nan")}, "infinite": {"rating": float("inf")},
    "never": {"created_at": "infinity"}, "words": {"messages": '"hello"'},
}
REASONS = {
    "not-a-list": "messages is not a list", "number": "messages is not a list", "json-null": "messages is not a list",
    "null": "messages is NULL", "no-role": "message without a role", "no-content": "message without text content",
    "null-content": "message without text content", "narrator": "unknown role", "image": "content part is not text",
    "not-a-number": "rating is NaN", "infinite": "rating is infinite", "never": "created_at is not a date of the common era",
    "words": "messages is not a list",
}


def test_malformed_rows_are_named_and_the_run_goes_on(database, tmp_path):
    url, connection = database
    insert(connection, [{"conversation_id": name, **row} for name, row in MALFORMED.items()] + [
        {"conversation_id": "wrapped", "messages": {"messages": TURNS}},
        {"conversation_id": "twice", "messages": json.dumps(json.dumps(TURNS))},
        {"conversation_id": "parts", "messages": [{**turn, "content": [{"type": "text", "text": turn["content"]}]}
                                                  for turn in TURNS]}])
    run = extract(url, tmp_path / "out")
    assert run.status == 1 and "--max-rejected" in run.stderr and not (tmp_path / "out/train.jsonl").exists()
    run = extract(url, tmp_path / "out", "--max-rejected", "1")
    assert run.status == 0, run.stderr
    assert ids_of(tmp_path / "out") == ["parts", "twice", "wrapped"]
    assert all(record["messages"] == TURNS for record in lines_of(tmp_path / "out"))
    rejected = {record["where"].removeprefix("conversation "): record["reason"]
                for record in lines_of(tmp_path / "out", "rejected.jsonl")}
    assert {name: reason.split(":")[0] for name, reason in rejected.items()} == REASONS
    for name in MALFORMED:
        assert f"conversation {name}: " in run.stderr
    counts = manifest_of(tmp_path / "out")["counts"]
    assert counts["matched"] == len(MALFORMED) + 3 and sum(counts["rejected"].values()) == len(MALFORMED)
    run = extract(url, tmp_path / "strict", "--strict")
    assert run.status == 1 and "--strict" in run.stderr


def test_empty_result_keeps_the_old_files(database, tmp_path):
    url, connection = database
    insert(connection, [{}])
    assert extract(url, tmp_path / "out").status == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.suffix != ".lock"}
    run = extract(url, tmp_path / "out", "--since", "2030-01-01")
    assert run.status == 1 and "no conversation qualifies" in run.stderr and "--allow-empty" in run.stderr
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.suffix != ".lock"}
    assert extract(url, tmp_path / "out", "--since", "2030-01-01", "--allow-empty").status == 0
    assert (tmp_path / "out/train.jsonl").read_bytes() == b""


def test_dry_run_writes_nothing(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(7)])
    run = extract(url, tmp_path / "out", "--dry-run", "--json", "--limit", "5")
    assert run.status == 0 and json.loads(run.stdout)["rows"] == 5
    assert json.loads(run.stdout)["unmatched"] == {"beyond the limit": 2}
    assert not (tmp_path / "out").exists()


def test_missing_table_column_and_right(database, cluster, tmp_path):
    url, connection = database
    run = extract(url, tmp_path / "out", "--table", "conversation")
    assert run.status == 2 and "did you mean 'conversations'" in run.stderr
    run = extract(url, tmp_path / "out", "--columns", "language=langage")
    assert run.status == 2 and "langage" in run.stderr and "did you mean 'language'" in run.stderr
    run = extract(url, tmp_path / "out", "--columns", "created_at=messages")
    assert run.status == 2 and "not a timestamp" in run.stderr
    connection.cursor().execute("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN")
    run = extract(cluster.url(connection.info.dbname, user="stranger"), tmp_path / "out")
    assert run.status == 2 and "permission denied" in run.stderr
    run = extract(cluster.url("no_such_database"), tmp_path / "out")
    assert run.status == 2 and "no_such_database" in run.stderr


def test_row_level_security_is_told(database, cluster, tmp_path):
    url, connection = database
    name = connection.info.dbname
    insert(connection, [{} for _ in range(20)] + [{"language": "fr"} for _ in range(10)])
    assert "row-level security" not in extract(url, tmp_path / "own").stderr
    connection.cursor().execute(f"CREATE ROLE few_{name} LOGIN; GRANT SELECT ON conversations, feedback TO few_{name}; "
                                "ALTER TABLE conversations ENABLE ROW LEVEL SECURITY; ALTER TABLE feedback ENABLE ROW LEVEL SECURITY; "
                                "CREATE POLICY english ON conversations USING (language = 'en')")
    url = cluster.url(name, user=f"few_{name}")
    for options, tables in ((), ["conversations"]), (("--signals", "rating,feedback"), ["conversations", "feedback"]), \
            (("--incremental",), ["conversations"]), (("--incremental",), ["conversations"]):
        run = extract(url, tmp_path / "out", *options)
        assert run.status == 0, run.stderr
        for table in tables:
            assert run.stderr.count(f"warning: row-level security is active on '{table}': only the rows that its policies allow") == 1
        assert manifest_of(tmp_path / "out")["inputs"][0]["row_level_security"] == tables
        assert len(ids_of(tmp_path / "out")) == 20
    preview = json.loads(extract(url, tmp_path / "out", "--dry-run", "--json").stdout)
    assert preview["row_level_security"] == ["conversations"] and preview["rows"] == 20
    run = extract(cluster.url(name), tmp_path / "all")  # the superuser is exempt
    assert "row-level security" not in run.stderr and "row_level_security" not in manifest_of(tmp_path / "all")["inputs"][0]


@pytest.mark.parametrize("array", ["jsonb[]", "json[]"])
def test_messages_in_an_array(cluster, tmp_path, array):
    name = cluster.new_database(schema=False)
    connection = cluster.connect(name)
    connection.cursor().execute(f"CREATE TABLE conversations (conversation_id text PRIMARY KEY, messages {array}, rating numeric, "
                                "created_at timestamptz, language text)")
    for number in range(3):
        connection.cursor().execute(f"INSERT INTO conversations VALUES (%s, %s::{array}, 5, '2026-01-01', 'en')",
                                    (str(number), [json.dumps(turn) for turn in TURNS]))
    connection.cursor().execute(f"INSERT INTO conversations VALUES ('empty', '{{}}', 5, '2026-01-01', 'en'), "
                                "('null', NULL, 5, '2026-01-01', 'en')")
    run = extract(cluster.url(name), tmp_path / "out", "--max-rejected", "1")
    assert run.status == 0, run.stderr
    assert [record["messages"] for record in lines_of(tmp_path / "out")] == [TURNS] * 3
    assert manifest_of(tmp_path / "out")["counts"]["rejected"] == {"messages is NULL": 1}
    connection.close()


def test_collations_that_are_not_deterministic(database, tmp_path):
    url, connection = database
    insert(connection, [{"language": language} for language in ("en", "EN", "Fr", "French", "français", "de", "pt_BR")])
    cursor = connection.cursor()
    assert extract(url, tmp_path / "before", "--signals", "rating,thumbs").status == 0
    cursor.execute("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)")
    for column in ("language", "rating", "thumbs"):
        cursor.execute(f"ALTER TABLE conversations ALTER {column} TYPE text COLLATE loose")
    for options in (("--signals", "rating,thumbs"), ("--signals", "thumbs,rating,feedback"), ()):
        run = extract(url, tmp_path / "after", *options)
        assert run.status == 0, run.stderr
        for part in ("train.jsonl", "validation.jsonl"):
            assert (tmp_path / "after" / part).read_bytes() == (tmp_path / "before" / part).read_bytes()


def test_sql_in_settings_stays_text(database, tmp_path):
    url, connection = database
    insert(connection, [{}])
    for arguments in (["--languages", "en'); DROP TABLE conversations; --"],
                      ["--table", 'conversations"; DROP TABLE conversations; --'],
                      ["--columns", 'language=language"; DROP TABLE conversations; --']):
        assert extract(url, tmp_path / "out", *arguments).status in (1, 2)
    assert extract(url, tmp_path / "out").status == 0


def test_read_only_rights_suffice_and_views_work(database, cluster, tmp_path):
    url, connection = database
    insert(connection, [{}])
    connection.cursor().execute("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN; CREATE VIEW good AS SELECT * FROM conversations;"
                                "GRANT SELECT ON good TO reader")
    run = extract(cluster.url(connection.info.dbname, user="reader"), tmp_path / "out", "--table", "good")
    assert run.status == 0, run.stderr
    connection.cursor().execute("DROP OWNED BY reader; DROP ROLE reader")


def test_one_snapshot_under_concurrent_writes(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(600)])
    slow_view(connection)
    assert extract(url, tmp_path / "still").status == 0
    process = program.start("extract", "--table", "slow", "--output", tmp_path / "moving", environment={"DATABASE_URL": url})
    wait_for(lambda: copying_backend(connection))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM conversations WHERE conversation_id < 'c-000200'")
        cursor.execute("UPDATE conversations SET rating = 1, messages = '[]' WHERE conversation_id < 'c-000400'")
    insert(connection, [{"conversation_id": f"new-{number}"} for number in range(100)])
    assert copying_backend(connection), "the extract ended before the writes: nothing was tested"
    run = program.finish(process)
    assert run.status == 0, run.stderr
    for name in ("train.jsonl", "validation.jsonl"):
        assert (tmp_path / "still" / name).read_bytes() == (tmp_path / "moving" / name).read_bytes()


def test_two_at_once(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(600)])
    slow_view(connection)
    first = program.start("extract", "--table", "slow", "--output", tmp_path / "out", environment={"DATABASE_URL": url})
    wait_for(lambda: copying_backend(connection))
    second = extract(url, tmp_path / "out")
    assert second.status == 75 and str(first.pid) in second.stderr
    assert copying_backend(connection), "the second run waited for the first"
    assert program.finish(first).status == 0
    assert extract(url, tmp_path / "out").status == 0


def test_foreign_folder_is_not_overwritten(database, tmp_path):
    url, connection = database
    insert(connection, [{}])
    (tmp_path / "out").mkdir()
    (tmp_path / "out/train.jsonl").write_text("precious")
    run = extract(url, tmp_path / "out")
    assert run.status == 2 and "--force" in run.stderr
    assert (tmp_path / "out/train.jsonl").read_text() == "precious"
    assert extract(url, tmp_path / "out", "--force").status == 0


def test_server_full_or_away(database, cluster, tmp_path):
    url, connection = database
    connection.cursor().execute("DROP ROLE IF EXISTS crowd; CREATE ROLE crowd LOGIN CONNECTION LIMIT 0")
    run = extract(cluster.url(connection.info.dbname, user="crowd"), tmp_path / "out")
    assert run.status == 75 and "try again later" in run.stderr
    run = extract(f"postgresql://u@/d?host={tmp_path}", tmp_path / "out")
    assert run.status == 75 and "No such file or directory" in run.stderr
    assert not (tmp_path / "out").exists()


@needs_data
def test_json_test_suite_through_a_json_column(database, tmp_path):
    """Each document that PostgreSQL's json accepts is inside a message: every row is kept, or rejected with a reason."""
    url, connection = database
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE suite (conversation_id text, messages json, rating float8, created_at timestamptz, language text)")
    stored = []
    for path in sorted((DATA / "jsontestsuite/test_parsing").glob("*.json")):
        try:
            document = path.read_bytes().decode("utf-8")
            messages = '[{"role":"user","content":"u","x":%s},{"role":"assistant","content":"a"},{"role":"user","content":"v"}]'
            cursor.execute("INSERT INTO suite VALUES (%s, %s, 5, '2026-01-01', 'en')", (path.name, messages % document))
            stored.append(path.name)
        except (UnicodeDecodeError, ValueError, psycopg2.Error):
            continue
    assert sum(name.startswith("y_") for name in stored) >= 90
    run = extract(url, tmp_path / "out", "--table", "suite", "--max-rejected", "1")
    assert run.status == 0, run.stderr
    kept = ids_of(tmp_path / "out")
    rejected = [record["where"].removeprefix("conversation ") for record in lines_of(tmp_path / "out", "rejected.jsonl")]
    assert sorted(kept + rejected) == sorted(stored)
    assert [name for name in rejected if name.startswith("y_")] == []


@needs_data
@pytest.mark.parametrize("column_type", ["json", "jsonb", "text"])
def test_naughty_strings_come_out_as_they_went_in(database, tmp_path, column_type):
    url, connection = database
    strings = json.loads((DATA / "blns/blns.json").read_text(encoding="utf-8"))
    assert len(strings) > 500
    connection.cursor().execute(f"ALTER TABLE conversations ALTER COLUMN messages TYPE {column_type} USING messages::{column_type}")
    insert(connection, [{"messages": json.dumps([{"role": "user", "content": text}, {"role": "assistant", "content": text},
                                                 {"role": "user", "content": "?"}], ensure_ascii=number % 2 == 0)}
                        for number, text in enumerate(strings)])
    run = extract(url, tmp_path / "out")
    assert run.status == 0, run.stderr
    records = {record["metadata"]["conversation_id"]: record for record in lines_of(tmp_path / "out")}
    assert len(records) == len(strings)
    for number, text in enumerate(strings):
        assert [turn["content"] for turn in records[f"c-{number:06d}"]["messages"]] == [text, text, "?"]
    for name in ("train.jsonl", "validation.jsonl"):
        text = (tmp_path / "out" / name).read_bytes().decode("utf-8")
        assert not any(separator in text for separator in "\r\u2028\u2029"), "a line is not one line to every reader"


@pytest.fixture(scope="module")
def ascii_cluster():
    server = Cluster(encoding="SQL_ASCII")
    yield server
    server.stop()


def test_sql_ascii_database(ascii_cluster, tmp_path):
    name = ascii_cluster.new_database()
    connection = ascii_cluster.connect(name)
    cursor = connection.cursor()
    cursor.execute("SET client_encoding = 'SQL_ASCII'")
    cursor.execute("ALTER TABLE conversations ALTER COLUMN messages TYPE text")
    sound = '[{"role":"user","content":"été"},{"role":"assistant","content":"a"},{"role":"user","content":"v"}]'.encode()
    for name_of_row, messages in [("sound", sound), ("latin", sound.decode().encode("latin-1"))]:
        cursor.execute(b"INSERT INTO conversations VALUES ('" + name_of_row.encode() + b"', '" + messages +
                       b"', 5, '2026-01-01', 'fr')")
    run = extract(ascii_cluster.url(name), tmp_path / "out", "--max-rejected", "1")
    assert run.status == 0, run.stderr
    assert ids_of(tmp_path / "out") == ["sound"]
    assert lines_of(tmp_path / "out")[0]["messages"][0]["content"] == "été"
    rejected = lines_of(tmp_path / "out", "rejected.jsonl")
    assert rejected[0]["where"] == "conversation latin" and rejected[0]["reason"] == "messages is not valid UTF-8"
    assert rejected[0]["encoding"] == "latin-1" and "été" in rejected[0]["record"]
    connection.close()

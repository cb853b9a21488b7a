"""JSON Lines and CSV files against a table with the same rows: the same lines in the same order; and malicious files."""
import csv
import gzip
import hashlib
import json
import lzma
import os
import pathlib
import random
import tempfile
import types

import psycopg2.extras
import pytest

import program
from conversations import TURNS, lines_of

DATA = pathlib.Path(os.environ.get("INTELIA_EXTERNAL_DATA", ""))
needs_data = pytest.mark.skipif(not os.environ.get("INTELIA_REQUIRE_EXTERNAL_DATA")
                                and not (os.environ.get("INTELIA_EXTERNAL_DATA") and DATA.is_dir()),
                                reason="INTELIA_EXTERNAL_DATA is not set")
ALL = ("--split", "1", "--max-rejected", "1", "--allow-empty", "--json")
COLUMNS = ("conversation_id", "messages", "rating", "created_at", "language")
GOOD = {"conversation_id": "good-é", "messages": TURNS, "rating": 5, "created_at": "2026-01-01", "language": "fr"}
MEMORY_BYTES = 64 << 20

# Spellings of times; the server reads each as text. Many are equal, so that the id decides.
TIMES = ["2026-02-17T06:41:23Z", "2026-02-17 06:41:23+00", "2026-02-17 08:41:23+02", "2026-02-17T06:41:23.000000Z",
         "2026-02-17 06:41:23.5", "2026-02-17T06:41:23.500001-0330", "2026-02-17", "2026-02-17 06:41", "2026-02-17 24:00",
         "2026-12-31 23:59:60", "1999-01-08 04:05:06.789 UTC", "1891-01-01 00:00:00+00:09:21", "2024-02-29 10:00:00+05:30",
         "2026-02-17 06:41:23.0000005", "2026-02-17 06:41:23.0000015", "2026-02-17 06:41:23.9999999", "0001-01-01", "12026-02-17"]


def read_file(path, folder, **settings):
    """The result of `extract --from path`: status, lines, rejected [(line, reason)], its summary, its error."""
    output = tempfile.mkdtemp(dir=folder)
    run = program.run("extract", "--from", path, "--output", output, *ALL, *arguments_of(settings), timeout_seconds=300)
    assert run.status < 128, run.stderr
    rejected, lines = [], b""
    if run.status == 0:
        lines = pathlib.Path(output, "train.jsonl").read_bytes()
        with open(pathlib.Path(output, "rejected.jsonl"), encoding="utf-8", newline="\n") as file:
            for record in map(json.loads, file):
                assert record["where"].startswith(f"{path}:")
                rejected.append((int(record["where"].rsplit(":", 1)[1]), record["reason"]))
    manifest = json.loads(pathlib.Path(output, "manifest.json").read_text()) if run.status == 0 else {}
    return types.SimpleNamespace(status=run.status, lines=lines, rejected=rejected, error=run.stderr, manifest=manifest,
                                 summary=json.loads(run.stdout) if run.stdout else {})


def arguments_of(settings):
    return [part for name, value in settings.items() for part in ("--" + name.replace("_", "-"), str(value))]


def peak_bytes(path, folder, **settings):
    """The peak memory of the program while it read the file; the last moment may be missed."""
    process = program.start("extract", "--from", path, "--output", folder / "peak", *ALL, *arguments_of(settings))
    peak = program.peak_bytes_until_end(process)
    assert program.finish(process).status == 0 and peak > 1 << 20
    return peak


def reasons_of(result):
    return {line: reason.split(":")[0] for line, reason in result.rejected}


def ids_of(result):
    return [json.loads(line)["metadata"]["conversation_id"] for line in result.lines.splitlines()]


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


# ---------------------------------------------------------------------------------------------- comparison with a table

PIECES = ["é", "\x85", "“", "\"", "\\", "\n", "\r\n", "\t", "\x01", "\x7f", "\u2028", "🐔", ",", ";", "  ", "\"\"", "}, {", "'", "œuf"]


def random_messages(choose):
    def text():
        return "".join(choose.choices(PIECES, k=choose.randrange(6)))

    turns = [{"role": choose.choice(("user", "assistant", "system")), "content": text()} for _ in range(choose.randrange(1, 6))]
    form = choose.randrange(12)
    if form == 0:
        return {"messages": turns}
    if form == 1:
        return json.dumps(turns)
    if form == 2:
        return [{"role": turn["role"], "content": [{"type": "text", "text": turn["content"]}]} for turn in turns]
    if form == 3:
        return choose.choice([None, 7, "words", [], {"a": 1}, [{"role": "user"}], [{"content": "x"}], [1]])
    return turns


def random_rows(count):
    choose = random.Random(5)
    ids = list({"".join(choose.choices("abAB1-é€🐔ÿ", k=choose.randrange(1, 7))) for _ in range(count)})
    ids.sort()
    choose.shuffle(ids)
    return [{"conversation_id": name, "messages": random_messages(choose),
             "rating": choose.choice([None, "3.9", "4", "4.0", "4.55", "5", "NaN", "4.000000000000001"]),
             "created_at": choose.choice(TIMES), "language": choose.choice(["fr", "en", "es", "pt", "fr-FR", "French", " EN ", "pt_BR.UTF-8", "de", None])}
            for name in ids]


def naughty_rows():
    strings = [text for text in json.loads((DATA / "blns/blns.json").read_text()) if "\0" not in text]
    named = [{**GOOD, "conversation_id": text} for text in dict.fromkeys(strings) if text]
    said = [{**GOOD, "conversation_id": f"blns {number}", "messages": [{"role": "user", "content": text}] * 2 + TURNS}
            for number, text in enumerate(strings)]
    return named + said


@pytest.fixture(scope="module")
def bytewise(cluster):
    """(URL, connection) of a database whose texts are ordered by bytes."""
    connection = cluster.connect()
    connection.cursor().execute("CREATE DATABASE bytewise TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    connection.close()
    connection = cluster.connect("bytewise")
    connection.cursor().execute((program.ROOT / "data/schema.sql").read_bytes())
    connection.cursor().execute("SET TimeZone = 'UTC'")
    yield cluster.url("bytewise"), connection
    connection.close()


def fill(connection, rows):
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE conversations CASCADE")
        psycopg2.extras.execute_values(
            cursor, "INSERT INTO conversations (conversation_id, messages, rating, created_at, language) VALUES %s",
            [(row["conversation_id"], None if row["messages"] is None else json.dumps(row["messages"]), row["rating"],
              row["created_at"], row["language"]) for row in rows], page_size=1000)


def write_files(folder, connection, rows):
    """The rows in each kind of file, written by Python and by the server."""
    lines, cells, tabs = folder / "python.jsonl", folder / "python.csv", folder / "python.tsv"
    with lines.open("w") as file:
        for number, row in enumerate(rows):
            rating = row["rating"]
            if rating not in (None, "NaN") and number % 2:
                rating = float(rating)
            record = {**row, "rating": rating}
            if row["language"] is None and number % 3 == 0:
                del record["language"]
            file.write(json.dumps(record, ensure_ascii=number % 2 == 0) + ("\r\n" if number % 5 == 0 else "\n"))
    for path, dialect, encoding in ((cells, "excel", "utf-8-sig"), (tabs, "excel-tab", "utf-8")):
        with path.open("w", newline="", encoding=encoding) as file:
            writer = csv.writer(file, dialect)
            writer.writerow(reversed(COLUMNS))
            for row in rows:
                values = {**row, "messages": None if row["messages"] is None else json.dumps(row["messages"], ensure_ascii=False)}
                writer.writerow([values[name] for name in reversed(COLUMNS)])
    with connection.cursor() as cursor:
        with (folder / "server.csv").open("wb") as file:
            cursor.copy_expert("COPY (SELECT * FROM conversations ORDER BY md5(conversation_id)) TO STDOUT (FORMAT csv, HEADER)", file)
        cursor.execute("SELECT row_to_json(c)::text FROM conversations AS c ORDER BY md5(conversation_id)")
        (folder / "server.jsonl").write_text("".join(line + "\n" for line, in cursor))
    return [lines, cells, tabs, folder / "server.csv", folder / "server.jsonl"]


SELECTIONS = [{}, {"limit": 57}, {"since": "2026-02-17T06:41:23Z", "until": "2026-02-18"},
              {"languages": "", "min_rating": 3.9, "min_messages": 2, "limit": 0}, {"languages": "pt,de", "min_rating": 4.5}]


def compare(url, files, folder):
    for number, settings in enumerate(SELECTIONS):
        run = program.run("extract", "--output", folder / str(number), *ALL, *arguments_of(settings),
                          environment={"DATABASE_URL": url})
        assert run.status == 0, run.stderr
        counts = json.loads(run.stdout)
        expected = (folder / str(number) / "train.jsonl").read_bytes()
        for path in files:
            result = read_file(path, folder, **settings)
            assert result.lines == expected, (path.name, settings)
            # JSON has no NULL.
            result.summary["rejected"] = {reason.replace("is missing or null", "is NULL"): count
                                          for reason, count in result.summary["rejected"].items()}
            same = ("matched", "kept", "dropped", "rejected") + (() if "since" in settings else ("unmatched",))
            for count in same:  # rows outside the period are not counted in a database
                assert result.summary.get(count, {}) == counts.get(count, {}), (path.name, settings)
            assert result.manifest["inputs"][0]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    return expected


def test_a_file_gives_what_a_table_gives(bytewise, tmp_path):
    url, connection = bytewise
    rows = random_rows(3000)
    fill(connection, rows)
    compare(url, write_files(tmp_path, connection, rows), tmp_path)
    assert len((tmp_path / "3/train.jsonl").read_bytes().splitlines()) > 500
    assert 10 < len((tmp_path / "1/train.jsonl").read_bytes().splitlines()) <= 57


@needs_data
def test_naughty_strings_come_out_of_files_as_out_of_a_table(bytewise, tmp_path):
    url, connection = bytewise
    rows = naughty_rows()
    fill(connection, rows)
    files = write_files(tmp_path, connection, rows)
    compare(url, files, tmp_path)
    said = {json.loads(line)["metadata"]["conversation_id"]: json.loads(line)["messages"]
            for line in read_file(files[0], tmp_path).lines.splitlines()}
    assert all(said[row["conversation_id"]] == row["messages"] for row in rows)


def test_what_intelia_wrote_goes_in_as_it_came_out(bytewise, tmp_path):
    url, connection = bytewise
    fill(connection, random_rows(500))
    assert program.run("extract", "--output", tmp_path / "out", "--split", "1", "--max-rejected", "1",
                       environment={"DATABASE_URL": url}).status == 0
    written = tmp_path / "out/train.jsonl"
    assert read_file(written, tmp_path, min_messages=2).lines == written.read_bytes() != b""


# ------------------------------------------------------------------------------------------------------------- malicious files

def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "large.jsonl"
    choose = random.Random(1)
    with path.open("w") as file:
        for number in range(200_000):
            row = {**GOOD, "conversation_id": f"{choose.getrandbits(128):032x}-{number}",
                   "created_at": 1_700_000_000 + choose.randrange(10_000_000)}
            file.write(json.dumps(row) + "\n")
    result = read_file(path, tmp_path, limit=0)
    assert result.summary["kept"] == 200_000
    assert peak_bytes(path, tmp_path, limit=0) < MEMORY_BYTES
    times = [json.loads(line)["metadata"]["created_at"] for line in result.lines.splitlines()]
    assert times == sorted(times, reverse=True)


def test_lines_of_100_mb(tmp_path):
    good = json.dumps(GOOD).encode()
    content = b"x" * (100 << 20)
    path = tmp_path / "long.jsonl"
    path.write_bytes(b'{"conversation_id":"' + content + b'"}\n' + good + b"\n" + content)
    result = read_file(path, tmp_path)
    assert (ids_of(result), reasons_of(result)) == (["good-é"], {1: "record is too long", 3: "record is too long"})
    assert peak_bytes(path, tmp_path) < MEMORY_BYTES
    path = tmp_path / "long.csv"
    cells = ['"{}"'.format(str(GOOD[name] if name != "messages" else json.dumps(TURNS)).replace('"', '""')) for name in COLUMNS]
    good = ",".join(cells).encode()
    lines = b"never,\"closed\n" + b"line of words\n" * 100
    path.write_bytes(",".join(COLUMNS).encode() + b"\n\"" + content + b"\n" + good + b"\n" + lines + b"x" * (9 << 20) + b"\n")
    result = read_file(path, tmp_path)
    assert ids_of(result) == ["good-é"]
    reasons = reasons_of(result)
    assert (reasons[2], reasons[4], reasons[5]) == ("record is too long", "quote is not closed", "wrong number of cells")
    assert sorted(reasons) == [2, *range(4, 106)]
    assert peak_bytes(path, tmp_path) < MEMORY_BYTES


def test_a_quote_never_closed_costs_its_line(tmp_path):
    path = tmp_path / "x.csv"
    rows = [f'c-{number},"[{{""role"":""user"",""content"":""a, b""}}]",5,2026-01-01,fr' for number in range(1000)]
    rows[500] = 'c-500,"[{""role"":""user""}],5,2026-01-01,fr'
    rows[700] = 'c-700,[{"role":"user"}],5,2026-01-01,fr'
    rows[900] = 'c-900,"[{""role"":""user"",\n""content"":""multi-line""}]",5,2026-01-01,fr'
    path.write_text("\n".join([",".join(COLUMNS), *rows]))
    result = read_file(path, tmp_path, limit=0)
    assert reasons_of(result) == {502: "text after a closing quote", 702: "quote inside a cell without quotes"}
    assert (result.summary["matched"], result.summary["dropped"]) == (1000, {"fewer messages than the minimum": 998})


def test_each_malformed_line_is_named(tmp_path):
    good = json.dumps(GOOD, ensure_ascii=False).encode()
    row = {**GOOD, "conversation_id": "x"}

    def changed(**changes):
        return json.dumps({**row, **changes}).encode()

    cases = [
        (b"\x00" * 100, "record contains a NUL byte"), (good[:-1] + b",\"x\":\"\x00\"}", "record contains a NUL byte"),
        (b"{\"a\":\"\\ud800\"}", "not valid JSON"), (b"{\"a\":\"\\udc00\\ud800\"}", "not valid JSON"),
        (b"[" * 10_000 + b"]" * 10_000, "not valid JSON"), (b"{\"a\":" * 10_000, "not valid JSON"),
        (changed(messages=json.loads("[" * 900 + "]" * 900)), "message is not an object"),
        (b"caf\xe9", "not valid UTF-8"), (b"[]", "not a JSON object"), (b"7", "not a JSON object"),
        (good + good, "not valid JSON"), (good + b",", "not valid JSON"), (b"{\"rating\":NaN}", "not valid JSON"),
        (changed(conversation_id="x" * 5000), "conversation_id is too long"), (changed(conversation_id=["x"]), "conversation_id is a list"),
        (changed(conversation_id="a\0b"), "conversation_id contains U+0000"), (changed(rating={"a": 1}), "rating is an object"),
        (changed(created_at="yesterday"), "created_at is not a time"), (changed(created_at=20260217), "created_at is not a time"),
        (changed(conversation_id="y", messages=None), "messages is missing or null"), (changed(conversation_id="z", rating="abc"), "rating is not a number"),
        (json.dumps({f"k{number}": number for number in range(400_000)}).encode(), None),
        (json.dumps({f"k{number}": number for number in range(1_000_000)}).encode(), "record is too long"),
        (changed(conversation_id="w", messages=[{"role": "user", "content": "a\0b"}] * 3), "content is not text"),
    ]
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join([good, *(line for line, _ in cases), b"", changed(conversation_id="last"), b""]))
    result = read_file(path, tmp_path)
    assert ids_of(result) == ["good-é", "last"]
    expected = {number: reason for number, (_, reason) in enumerate(cases, 2) if reason}
    assert reasons_of(result) == expected
    assert result.summary["unmatched"] == {"rating is NULL": 1}


def test_rejected_records_have_their_id_and_row(tmp_path):
    """As they are in the file; `lineage` finds them by id."""
    bad = {**GOOD, "conversation_id": "bad-é", "messages": "7"}
    missing = {key: value for key, value in GOOD.items() if key != "messages"} | {"conversation_id": "missing"}
    nan = json.dumps({**GOOD, "conversation_id": "nan", "messages": [{"role": "user", "content": 'NaN "', "weight": float("nan")}]})
    path = write_lines(tmp_path / "x.jsonl", [GOOD, bad, missing])
    path.write_text(path.read_text() + nan + "\n")

    def rejected_of(source):
        run = program.run("extract", "--from", source, "--output", tmp_path / source.suffix[1:], *ALL)
        assert run.status == 0, run.stderr
        return lines_of(tmp_path / source.suffix[1:], "rejected.jsonl")

    rejected = {record["where"].rpartition(":")[2]: record for record in rejected_of(path)}
    assert json.loads(rejected["2"]["record"]) == bad and rejected["2"]["conversation_id"] == "bad-é"
    assert rejected["3"]["reason"] == "messages is missing or null"
    assert rejected["4"]["reason"] == "not valid JSON: NaN is not a JSON value; write null or a number in its place"
    for name in ("bad-é", "missing"):
        assert "rejected.jsonl" in program.run("lineage", name, folder=tmp_path / "jsonl").stdout
    table = tmp_path / "x.csv"
    table.write_text('conversation_id,messages,rating,created_at,language\n"c,1",7,5,2026-01-01,fr\n')
    rejected, = rejected_of(table)
    assert rejected["conversation_id"] == "c,1" and rejected["record"] == '"c,1",7,5,2026-01-01,fr'


@pytest.mark.parametrize("name", ["gzip", "xz"])
def test_compressed_files(tmp_path, name):
    path = tmp_path / "x.jsonl"
    path.write_bytes({"gzip": gzip, "xz": lzma}[name].compress(json.dumps(GOOD).encode()))
    run = program.run("extract", "--from", path, "--output", tmp_path / "out")
    assert run.status == 1
    assert f"is compressed with {name}; decompress it first, with '" in run.stderr


def test_an_id_that_occurs_twice_is_not_guessed_at(tmp_path):
    rows = [{**GOOD, "conversation_id": name, "rating": rating} for name, rating in
            [("a", 5), ("b", 5), ("a", 4), ("c", 5), ("c", 1), ("d", 1), ("d", 1)]]
    result = read_file(write_lines(tmp_path / "x.jsonl", rows), tmp_path)
    assert ids_of(result) == ["b"]
    assert dict(result.rejected) == {line: "conversation_id is not unique: 2 rows have it" for line in (1, 3, 4)}
    assert result.summary["unmatched"] == {"rating is below the minimum": 3}


def test_a_million_columns(tmp_path):
    header, path = ",".join(COLUMNS), tmp_path / "x.csv"
    path.write_text(header + "," * 1_000_000 + "\n")
    result = read_file(path, tmp_path)
    assert result.status == 1 and "header has 1000005 columns, at most 16384" in result.error
    path.write_text(header + "\n" + "," * 1_000_000 + "\na,[],5,2026-01-01,fr\n")
    result = read_file(path, tmp_path)
    assert result.rejected == [(2, "wrong number of cells: 1000001, the header has 5")]
    assert result.summary["matched"] == 2


def test_what_cannot_be_read_twice_is_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    os.mkfifo(path)
    for refused in (path, "/dev/stdin"):
        result = read_file(refused, tmp_path)
        assert result.status == 2 and "is not a regular file" in result.error
    result = read_file(write_lines(tmp_path / "x.txt", []), tmp_path)
    assert result.status == 2 and "is none of .jsonl" in result.error


@needs_data
def test_json_test_suite(tmp_path):
    """Each case as the messages of a line: invalid JSON is reported, valid JSON is read as messages."""
    start = json.dumps({**GOOD, "messages": None}).encode()
    cases, lines = [], [json.dumps(GOOD, ensure_ascii=False).encode()]
    for path in sorted((DATA / "jsontestsuite/test_parsing").glob("*.json")):
        content = path.read_bytes()
        if path.name[0] == "y":
            content = content.replace(b"\n", b" ")
        elif b"\n" in content:
            continue
        name = b'"id %d",' % len(cases)
        lines.append(start.replace(b'"messages": null', b'"x": 0').replace(b'"good-\\u00e9",', name)[:-1] + b', "messages": ' + content + b"}")
        cases.append(path.name)
    path = tmp_path / "suite.jsonl"
    path.write_bytes(b"\n".join([*lines, json.dumps({**GOOD, "conversation_id": "last"}).encode()]))
    result = read_file(path, tmp_path)
    assert ids_of(result) == ["good-é", "last"]
    reasons = dict(result.rejected)
    assert len(reasons) == len(cases) - result.summary["dropped"].get("fewer messages than the minimum", 0)
    of_json = ("not valid JSON", "not valid UTF-8", "record contains a NUL byte")
    for number, name in enumerate(cases, 2):
        is_json = not reasons.get(number, "").startswith(of_json)
        assert name[0] == "i" or is_json == (name[0] == "y"), (name, reasons.get(number))


@needs_data
def test_json_test_suite_as_files(tmp_path):
    for source in sorted((DATA / "jsontestsuite/test_parsing").glob("*.json")):
        for ending in ("jsonl", "csv"):
            path = tmp_path / f"{source.stem}.{ending}"
            path.write_bytes(source.read_bytes())
            run = program.run("extract", "--from", path, "--output", tmp_path / "out", "--dry-run", "--json")
            assert run.status in (0, 1, 2), path.name
            assert run.status != 0 or json.loads(run.stdout)["rows"] == 0

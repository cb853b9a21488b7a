"""Fills the database of DATABASE_URL and times intelia and the lower bounds on the same query. See `extract`."""
import argparse
import datetime
import hashlib
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import uuid

import psycopg2

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
ROOT = pathlib.Path(__file__).resolve().parents[2]
QUERY = ("SELECT conversation_id, messages, rating, created_at, language FROM conversations WHERE rating >= 4.0 "
         "AND language IN ('fr', 'en', 'es', 'pt') ORDER BY created_at DESC, conversation_id")


OURS, JOBS, PSYCOPG = "intelia extract", "intelia extract --jobs 2", "psycopg 3, server cursor"
NIGHT = "intelia extract --incremental"
PSYCOPG2, COPY = "psycopg2, fetchall", "psql \\copy to /dev/null"
MOST_ROWS_IN_MEMORY = 300_000  # fetchall keeps all rows in memory
LIBPQ, SERVER = "libpq, read and discarded", "server, COPY to /dev/null"


def shell(*command):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def fill(connection, num_rows):
    """Conversations of four turns and about 2 KB, of words that repeat rarely enough not to compress well."""
    chance = random.Random(7)
    syllables = ["ba", "ré", "ti", "mo", "lu", "ção", "der", "ing", "que", "pol", "ven", "és", "tra", "chi", "o", "ña"]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(20_000)]
    texts = [json.dumps(" ".join(chance.choices(words, k=chance.randint(55, 90))) + chance.choice([".\n", "?", " \"3 %\"."]),
                        ensure_ascii=False) for _ in range(20_000)]
    cursor = connection.cursor()
    cursor.execute((ROOT / "data/schema.sql").read_text())
    for begin in range(0, num_rows, 10_000):
        rows = io.StringIO()
        for number in range(begin, min(begin + 10_000, num_rows)):
            turns = ",".join('{"role":"%s","content":%s}' % (role, chance.choice(texts))
                             for role in ("user", "assistant", "user", "assistant"))
            created_at = START + datetime.timedelta(seconds=37 * number)
            rows.write("\t".join([str(uuid.UUID(int=chance.getrandbits(128), version=4)),
                                  "[" + turns.replace("\\", "\\\\") + "]", chance.choice(["4", "4.5", "5"]),
                                  created_at.isoformat(),
                                  chance.choice(["fr", "en", "es", "pt"])]) + "\n")
        rows.seek(0)
        cursor.copy_expert("COPY conversations (conversation_id, messages, rating, created_at, language) FROM STDIN", rows)
    connection.commit()


def run(command, environment=None):
    """Seconds, peak bytes and CPU seconds of `command`."""
    start = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL)
    peak_bytes = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            break
        # The ru_maxrss of the kernel would count this script's memory, from which the command was forked.
        try:
            for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    peak_bytes = int(line.split()[1]) * 1024
        except OSError:
            pass
        time.sleep(0.02)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return seconds, peak_bytes, usage.ru_utime + usage.ru_stime


def digest_of_lines(folder):
    """A hash of the lines that does not depend on their files and order."""
    total, count = 0, 0
    for name in ("train.jsonl", "validation.jsonl"):
        with open(folder / name, "rb") as lines:
            for line in lines:
                total = (total + int.from_bytes(hashlib.blake2b(line, digest_size=16).digest(), "big")) % (1 << 128)
                count += 1
    return total, count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=120_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/intelia"))
    options = parser.parse_args()
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    fill(connection, options.rows)
    cursor = connection.cursor()
    connection.commit()
    connection.autocommit = True
    cursor.execute("VACUUM ANALYZE conversations")
    cursor.execute("SELECT avg(octet_length(messages::text)), pg_table_size('conversations') FROM conversations")
    mean_bytes, table_bytes = cursor.fetchone()
    print(f"{options.rows} conversations, {float(mean_bytes):.0f} bytes of messages each, table of {table_bytes >> 20} MiB")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="intelia-bench-"))
    try:
        subprocess.run(["cc", "-O2", f"-I{shell('pg_config', '--includedir')}", "-o", folder / "copy_and_discard",
                        ROOT / "scripts/bench/copy_and_discard.c", "-lpq"], check=True)
        script = str(ROOT / "scripts/bench/extract_with_python.py")
        extract = [options.program, "extract", "--limit", "0", "--quiet", "--output"]
        query_of_intelia = json.loads(shell(*extract, folder / "x", "--dry-run", "--json"))["sql"]
        commands = {
            OURS: [*extract, str(folder / "intelia")],
            JOBS: [*extract, str(folder / "jobs"), "--jobs", "2"],
            PSYCOPG: [sys.executable, script, "cursor", QUERY, str(folder / "psycopg")],
            LIBPQ: [str(folder / "copy_and_discard"), f"COPY ({query_of_intelia}) TO STDOUT (FORMAT binary)"],
            SERVER: ["psql", "--no-psqlrc", "--quiet", os.environ["DATABASE_URL"], "--command",
                     f"COPY ({query_of_intelia}) TO '/dev/null' (FORMAT binary)"],
        }
        if options.rows <= MOST_ROWS_IN_MEMORY:
            commands[PSYCOPG2] = [sys.executable, script, "fetchall", QUERY, str(folder / "psycopg2")]
            commands[COPY] = ["psql", "--no-psqlrc", "--quiet", os.environ["DATABASE_URL"], "--command",
                              f"\\copy ({QUERY}) to '/dev/null'"]
        for name in ("psycopg", "psycopg2"):
            (folder / name).mkdir()
        best = {}
        environment = {"PGTZ": "UTC"}
        for _ in range(options.repeats):
            for name, command in commands.items():
                seconds, peak_bytes, cpu_seconds = run(command, environment)
                if name not in best or seconds < best[name][0]:
                    best[name] = (seconds, peak_bytes, cpu_seconds)
        increment = [*extract, str(folder / "increment"), "--incremental"]
        run(increment, environment)
        cursor.execute("UPDATE conversations SET rating = 4.75 WHERE hashtext(conversation_id) % 100 = 0")
        changed = cursor.rowcount
        best[NIGHT] = run(increment, environment)
        run([*extract, str(folder / "full")], environment)
        if digest_of_lines(folder / "increment") != digest_of_lines(folder / "full"):
            sys.exit("the increment and a full extraction wrote different lines")
        digests = [digest_of_lines(folder / name) for name in ("intelia", "jobs", "psycopg")]
        if digests[1:] != digests[:-1] or digests[0][1] != options.rows:
            sys.exit("intelia and the psycopg script wrote different lines")
    finally:
        shutil.rmtree(folder)
    print(f"{'best of ' + str(options.repeats):28} {'seconds':>8} {'rows/s':>10} {'own CPU s':>10} {'peak MiB':>9}")
    for name, (seconds, peak_bytes, cpu_seconds) in best.items():
        print(f"{name:28} {seconds:8.2f} {options.rows / seconds:10.0f} {cpu_seconds:10.2f} {peak_bytes / 2**20:9.0f}")
    goals = [
        ("times as fast as the psycopg script with --jobs 2, at least 4", best[PSYCOPG][0] / best[JOBS][0], lambda x: x >= 4),
        ("times as fast as it on one connection, limited by the speed of the server to "
         f"{best[PSYCOPG][0] / best[SERVER][0]:.2f}", best[PSYCOPG][0] / best[OURS][0], lambda x: True),
        ("times the seconds of the minimal libpq program, at most 1.15", best[OURS][0] / best[LIBPQ][0], lambda x: x <= 1.15),
        ("of the speed of the server with --jobs 2, at least 0.9", best[SERVER][0] / best[JOBS][0], lambda x: x >= 0.9),
        (f"times the seconds of a full extraction, for an incremental run with {changed} changed rows", best[NIGHT][0] / best[OURS][0], lambda x: True),
        ("MiB of memory, under 64", max(best[name][1] for name in (OURS, JOBS, NIGHT)) / 2**20, lambda x: x < 64),
    ]
    if PSYCOPG2 in best:
        goals += [("times as fast as the psycopg2 script, at least 2.5", best[PSYCOPG2][0] / best[OURS][0], lambda x: x >= 2.5),
                  ("times the seconds of \\copy to /dev/null, at most 1.4", best[OURS][0] / best[COPY][0], lambda x: x <= 1.4)]
    is_reached = True
    for words, value, holds in goals:
        is_reached = is_reached and holds(value)
        print(f"{'reached' if holds(value) else 'MISSED':8} {value:6.2f} {words}")
    sys.exit(0 if is_reached else 3)


main()

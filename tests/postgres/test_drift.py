"""`intelia extract --alarm-drift`: changes since the last run, and the exit status for cron."""
import json

import program
from conversations import insert, lines_of


def extract(url, folder, *arguments):
    return program.run("extract", "--output", folder, *arguments, environment={"DATABASE_URL": url})


def drift_of(folder):
    return json.loads((folder / "manifest.json").read_text())["measured"].get("drift")


def test_a_change_of_the_languages_is_an_alarm(database, tmp_path):
    url, connection = database
    cursor = connection.cursor()
    insert(connection, [{"language": "fr" if number % 2 else "en"} for number in range(2000)])
    first = extract(url, tmp_path / "out", "--alarm-drift", "0.04")
    assert first.status == 0 and drift_of(tmp_path / "out") is None, "there is nothing to compare the first run with"
    same = extract(url, tmp_path / "out", "--alarm-drift", "0.04")
    assert same.status == 0 and drift_of(tmp_path / "out")["drift"] == 0
    cursor.execute("UPDATE conversations SET language = 'es' WHERE conversation_id < 'c-000600' AND language = 'fr'")
    quiet = extract(url, tmp_path / "quiet")
    assert quiet.status == 0
    run = extract(url, tmp_path / "out", "--alarm-drift", "0.04")
    assert run.status == 3, run.stderr
    assert "since the last run" in run.stderr and "language" in run.stderr and "es" in run.stderr
    report = drift_of(tmp_path / "out")
    # 300 of 2,000 rows changed: half the sum of |−0.15| and |0.15|, less the noise.
    language = report["by"]["language"]
    assert abs(language["distance"] - 0.15) < 1e-9 and 0.04 < language["drift"] < 0.15
    assert len(lines_of(tmp_path / "out")) == 2000, "the files are the new ones all the same"
    assert extract(url, tmp_path / "out", "--alarm-drift", "0.04").status == 0, "and the next night compares with them"


def test_a_reason_that_jumps_is_an_alarm(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(2000)])
    assert extract(url, tmp_path / "out", "--incremental", "--alarm-drift", "0.5").status == 0
    connection.cursor().execute("UPDATE conversations SET messages = '{\"text\": \"a new form\"}' WHERE conversation_id < 'c-000080'")
    run = extract(url, tmp_path / "out", "--incremental", "--alarm-drift", "0.5")
    assert run.status == 3 and "messages is not a list" in run.stderr
    assert extract(url, tmp_path / "out", "--incremental", "--json").status == 0


def test_the_summary_is_what_a_monitor_reads(database, tmp_path):
    url, connection = database
    insert(connection, [{} for _ in range(50)])
    extract(url, tmp_path / "out", "--incremental")
    insert(connection, [{"conversation_id": "new"}, {"conversation_id": "bad", "messages": "7"}])
    run = extract(url, tmp_path / "out", "--incremental", "--json", "--quiet")
    summary = json.loads(run.stdout)
    assert summary["increment"] == {"added": 2, "updated": 0, "removed": 0, "unchanged": 50}
    assert (summary["matched"], summary["kept"], summary["rejected_total"], summary["dropped_total"]) == (52, 51, 1, 0)
    assert summary["rejected"] == {"messages is not a list": 1} and summary["kept_by_month"] == {"2026-03": 51}
    assert summary["snapshot"] and summary["finished_at"].endswith("Z") and summary["seconds"] > 0 and "drift" in summary


def test_a_wrong_threshold_is_refused(database, tmp_path):
    url, _ = database
    for value in ("-0.1", "1.5", "much"):
        run = extract(url, tmp_path / "out", "--alarm-drift", value)
        assert run.status == 2 and "--alarm-drift" in run.stderr

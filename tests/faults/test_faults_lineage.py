"""`lineage` from end to end (a real database, a real training, a real evaluation), and its rows of the fault table
(docs/faults.md): fault_NN_lineage."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import types
import unicodedata

import pytest

import fault_points
import program
from conversations import TURNS, insert
from test_faults_train import ODD_LINES
from tiny import conversation, write_lines


def lineage(target, *arguments, folder, **settings):
    """(exit status, the object of --json, stderr)."""
    run = program.run("lineage", target, "--json", *arguments, folder=folder, **settings)
    return run.status, json.loads(run.stdout) if run.stdout else None, run.stderr


def runs_of(origins):
    """Every run of a tree of origins, nearest first."""
    found = []
    for origin in origins:
        if origin["run"]:
            found += [origin["run"], *runs_of(origin["run"].get("origins", []))]
    return found


def files_of(origins):
    """Every file of a tree of origins, by its recorded path."""
    found = {}
    for origin in origins:
        found.update({file["recorded_path"]: file for file in origin["files"]})
        if origin["run"]:
            found.update(files_of(origin["run"].get("origins", [])))
    return found


def users_of(uses):
    found = []
    for use in uses:
        found += [use, *users_of(use["uses"])]
    return found


def extract(url, folder, *arguments):
    run = program.run("extract", "--output", "data", *arguments, environment={"DATABASE_URL": url}, folder=folder)
    assert run.status == 0, run.stderr


@pytest.fixture(scope="module")
def made(cluster, tiny, tmp_path_factory):
    """A folder with data/ (extracted), runs/sft (trained on it) and reports/sft (evaluated on it). Tests work on copies."""
    folder = tmp_path_factory.mktemp("lineage")
    name = cluster.new_database()
    connection = cluster.connect(name)
    insert(connection, [{"language": "en"} for _ in range(120)] + [
        {"conversation_id": "too-short", "messages": TURNS[:2]}, {"conversation_id": "malformed", "messages": "7"}])
    url = cluster.url(name)
    extract(url, folder, "--min-rating", "4.25")
    run = program.run(*tiny.sft("runs/sft", "--validation", "data/validation.jsonl", train="data/train.jsonl"), folder=folder)
    assert run.status == 0, run.stderr
    run = program.run(*tiny.eval("reports/sft", adapter="runs/sft", validation="data/validation.jsonl"), folder=folder)
    assert run.status in (0, 3, 4), run.stderr
    yield types.SimpleNamespace(folder=folder, url=url, connection=connection)
    connection.close()


@pytest.fixture()
def place(made, tmp_path):
    return shutil.copytree(made.folder, tmp_path / "place")


def test_lineage_walks_from_a_report_to_the_database(made, tiny, place):
    status, found, said = lineage("reports/sft/report.html", folder=place)
    assert status == 0, said
    origins = found["sections"][0]["origins"]
    by_command = {run["command"]: run for run in runs_of(origins) if "told_above" not in run}
    assert set(by_command) == {"eval run", "train sft", "extract", "model init"}
    manifest = json.loads((place / "data/manifest.json").read_text())
    assert by_command["extract"]["sources"] == manifest["inputs"]
    assert {"snapshot", "sql", "server_version", "table"} <= set(by_command["extract"]["sources"][0])
    assert by_command["extract"]["facts"]["options"]["min-rating"] == 4.25
    assert by_command["train sft"]["manifest"] == "runs/sft/manifest.json"
    files = files_of(origins)
    train = next(output for output in manifest["outputs"] if output["path"] == "train.jsonl")
    assert files["data/train.jsonl"] == {"path": "data/train.jsonl", "recorded_path": "data/train.jsonl", "state": "as written",
                                         "moved": False, "sha256": train["sha256"], "bytes": train["bytes"],
                                         "records": train["records"]}
    assert files[str(tiny.model / "model.safetensors")]["state"] == "as written"
    assert files[str(tiny.folder / "text.md")]["state"] == "as written", "the text that the tokenizer was learned from"
    assert (found["changed"], found["not_found"], found["refused"]) == (0, 0, 0)
    # The training read both files of the extraction, which are therefore shown under one run.
    sft = by_command["train sft"]
    assert [[file["recorded_path"] for file in origin["files"]] for origin in sft["origins"]][0] == [
        "data/train.jsonl", "data/validation.jsonl"]
    assert runs_of(sft["origins"])[0]["manifest"] == "data/manifest.json"


def test_lineage_of_data_names_the_models_and_reports_made_of_it(place):
    status, found, said = lineage("data/train.jsonl", folder=place)
    assert status == 0, said
    assert [(use["command"], use["read"]) for use in found["sections"][0]["uses"]] == [("train sft", ["data/train.jsonl"])]
    assert [use["command"] for use in users_of(found["sections"][0]["uses"])] == ["train sft", "eval run"]
    assert "adapter_model.safetensors" in found["sections"][0]["uses"][0]["wrote"]
    text = program.run("lineage", "data", folder=place).stdout
    assert "├─ train sft  runs/sft/manifest.json" in text and "snapshot" in text and "SELECT" in text


def test_lineage_of_a_record(place):
    line = (place / "data/train.jsonl").read_text().splitlines()[6]
    name = json.loads(line)["metadata"]["conversation_id"]
    status, found, said = lineage(name, folder=place)
    assert status == 0, said
    assert found["records"] == [{"file": "data/train.jsonl", "line": 7, "metadata": json.loads(line)["metadata"]}]
    assert [run["command"] for run in runs_of(found["sections"][0]["origins"])] == ["extract"]
    assert [use["command"] for use in users_of(found["sections"][0]["uses"])] == ["train sft", "eval run"]
    text = program.run("lineage", name, folder=place).stdout
    assert text.startswith("data/train.jsonl:7\n") and "snapshot" in text and "train sft" in text


def test_lineage_of_a_record_with_large_numbers(tmp_path):
    """Metadata are copied, whatever the size of their numbers."""
    text = '{"conversation_id": "c-1", "large": 18446744073709551616, "beyond": 1e400}'
    data = tmp_path / "train.jsonl"
    data.write_text(f'{{"text": "x", "metadata": {text}}}\n')
    write_manifest(tmp_path, outputs=[{**described(data), "path": "train.jsonl"}])
    status, found, _ = lineage("c-1", folder=tmp_path)
    assert [record["metadata"] for record in found["records"]] == [json.loads(text)], (status, found)


def test_lineage_of_a_record_that_was_set_aside(place):
    for name, file, words in (("too-short", "data/dropped.jsonl", "fewer messages"), ("malformed", "data/rejected.jsonl", "not a list")):
        status, found, said = lineage(name, folder=place)
        assert status == 0, said
        (record,) = found["records"]
        assert record["file"] == file and words in record["reason"]
        assert [run["command"] for run in runs_of(found["sections"][0]["origins"])] == ["extract"]
        assert found["sections"][0]["uses"] == []
    assert lineage("too", folder=place)[0] == 3, "a part of an id is none"


def test_lineage_of_a_changed_file(place):
    with open(place / "data/train.jsonl", "r+b") as file:
        file.seek(100)
        file.write(b"~")
    status, found, said = lineage("data/train.jsonl", folder=place)
    assert status == 3 and "modified" in said
    section = found["sections"][0]
    assert section["origins"][0]["files"][0]["state"] == "modified"
    assert [run["command"] for run in runs_of(section["origins"])] == ["extract"]
    assert [(use["command"], use.get("other_bytes")) for use in section["uses"]] == [("train sft", True)]
    status, found, _ = lineage("runs/sft", folder=place)
    assert status == 3 and files_of(found["sections"][0]["origins"])["data/train.jsonl"]["state"] == "modified"
    # Of the same size, so that only reading detects it.
    status, found, _ = lineage("runs/sft", "--no-check", folder=place)
    assert status == 0 and files_of(found["sections"][0]["origins"])["data/train.jsonl"]["state"] == "same size, not read"


def test_lineage_of_data_that_was_written_over(made, place):
    """The night after the training, cron extracts again into the same folder: the adapter still leads to its snapshot."""
    first = json.loads((place / "data/manifest.json").read_text())["inputs"]
    insert(made.connection, [{"conversation_id": f"new-{number}"} for number in range(9)])
    extract(made.url, place)
    assert json.loads((place / "data/manifest.json").read_text())["inputs"] != first
    status, found, said = lineage("runs/sft", folder=place)
    assert status == 3 and "modified" in said
    origins = found["sections"][0]["origins"]
    extraction = next(run for run in runs_of(origins) if run["command"] == "extract")
    assert extraction["sources"] == first and extraction["kept_in"].endswith("sft/manifest.json")
    status, found, _ = lineage("data/train.jsonl", folder=place)
    assert status == 0 and found["sections"][0]["uses"][0]["other_bytes"]
    assert lineage("new-3", folder=place)[1]["sections"][0]["uses"][0]["other_bytes"]


def test_lineage_of_what_was_moved_or_lost(place):
    (place / "archive").mkdir()
    (place / "data").rename(place / "archive/2026-q1")
    status, found, said = lineage("runs/sft", folder=place)
    assert status == 0, said
    files = files_of(found["sections"][0]["origins"])
    assert files["data/train.jsonl"]["path"] == "archive/2026-q1/train.jsonl" and files["data/train.jsonl"]["moved"]
    assert lineage("runs/sft", "--in", "runs", "--in", "archive", folder=place)[0] == 0
    # The file alone, under another name, still leads to its run.
    (place / "archive/2026-q1/train.jsonl").rename(place / "old.jsonl")
    status, found, _ = lineage("old.jsonl", folder=place)
    assert status == 0 and runs_of(found["sections"][0]["origins"])[0]["command"] == "extract"
    shutil.rmtree(place / "archive")
    (place / "old.jsonl").unlink()
    status, found, said = lineage("runs/sft", folder=place)
    assert status == 0 and "not found" in said
    origins = found["sections"][0]["origins"]
    assert files_of(origins)["data/train.jsonl"]["state"] == "not found" and "snapshot" in next(
        run for run in runs_of(origins) if run["command"] == "extract")["sources"][0]
    sha256 = files_of(origins)["data/train.jsonl"]["sha256"]
    assert sha256 in program.run("lineage", "runs/sft", folder=place).stdout


def test_lineage_from_elsewhere(place, tmp_path):
    """The working directory of a run is not recorded: relative paths are tried from the parents of the manifest."""
    status, found, said = lineage(place / "runs/sft/adapter_model.safetensors", "--in", place / "runs", folder=tmp_path)
    assert status == 0 and found["not_found"] == 0, said
    assert "extract" in [run["command"] for run in runs_of(found["sections"][0]["origins"])]


def test_lineage_of_a_checkpoint_and_of_an_altered_adapter(place):
    checkpoint = next((place / "runs/sft").glob("checkpoint-*"))
    status, found, said = lineage(checkpoint, folder=place)
    assert status == 0, said
    assert [run["command"] for run in runs_of(found["sections"][0]["origins"])][:3] == [
        f"checkpoint of step {checkpoint.name.split('-')[1]}", "train sft", "extract"]
    with open(place / "runs/sft/adapter_model.safetensors", "ab") as file:
        file.write(b" ")
    status, found, _ = lineage("runs/sft/adapter_model.safetensors", folder=place)
    assert status == 3 and found["sections"][0]["origins"][0]["files"][0]["state"] == "modified"
    # Its bytes still exist in the checkpoint that it was copied from; without that they are lost.
    origins = lineage("reports/sft", folder=place)[1]["sections"][0]["origins"]
    assert files_of(origins)["runs/sft/adapter_model.safetensors"]["path"].startswith("runs/sft/checkpoint-")
    for checkpoint in (place / "runs/sft").glob("checkpoint-*"):
        shutil.rmtree(checkpoint)
    status, found, said = lineage("reports/sft", folder=place)
    assert status == 3 and "modified" in said


def test_two_adapters_of_equal_settings_are_told_apart(made, tiny, place):
    """adapter_config.json is the same in both: it must not connect one adapter with the report of the other."""
    run = program.run(*tiny.sft("runs/other", "--validation", "data/validation.jsonl", "--seed", 7, train="data/train.jsonl"), folder=place)
    assert run.status == 0, run.stderr
    configurations = [(place / name / "adapter_config.json").read_bytes() for name in ("runs/sft", "runs/other")]
    assert configurations[0] == configurations[1]
    assert lineage("runs/other", folder=place)[1]["sections"][0]["uses"] == []
    assert [use["command"] for use in lineage("runs/sft", folder=place)[1]["sections"][0]["uses"]] == ["eval run"]
    (place / "runs/sft").rename(place / "best")
    origins = lineage("reports/sft", folder=place)[1]["sections"][0]["origins"]
    assert [run["manifest"] for run in runs_of(origins) if run["command"] == "train sft"] == ["best/manifest.json"]


def write_manifest(folder, name="manifest.json", **members):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps({"format": 1, "program": "intelia", "command": "extract", "options": {}, **members}))


def described(path, **members):
    data = path.read_bytes()
    return {"path": str(path), "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), **members}


def test_fault_04_lineage(tmp_path):
    """A signal while a large file is read: its exit status, soon."""
    with open(tmp_path / "large.bin", "wb") as file:
        file.truncate(1 << 40)
    write_manifest(tmp_path, outputs=[{"path": "large.bin", "sha256": "0" * 64, "bytes": 1 << 40}])
    process = program.start("lineage", tmp_path / "large.bin", folder=tmp_path)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    start = time.monotonic()
    assert program.finish(process).status == 143 and time.monotonic() - start < 10


def test_fault_10_lineage(tmp_path):
    """Invalid JSON in manifests is reported and ignored; invalid lines of records hide no other line."""
    (tmp_path / "data").mkdir()
    data = write_lines(tmp_path / "data/train.jsonl", [conversation(1), *ODD_LINES.values(), conversation(2)])
    write_manifest(tmp_path / "data", outputs=[{**described(data), "path": "train.jsonl"}])
    suite = os.environ.get("INTELIA_EXTERNAL_DATA") and sorted(
        (pathlib.Path(os.environ["INTELIA_EXTERNAL_DATA"]) / "JSONTestSuite/test_parsing").glob("*.json"))
    odd = [b"[" * 10000 + b"]" * 10000, b"{" + b'"a":' * 5000, b"", b"null", b'{"format":1,"outputs":[[]],"inputs":{"a":1},"origins":7}',
           b'{"format":1e400}', b'{"format":"1"}', b'{"format":1,"files":[],"step":[]}', b'{"format":1,"files":{},"step":1,"state":[1]}',
           b'{"format":1,"outputs":[{"path":"a","sha256":"%s","bytes":-5}]}' % (b"a" * 64), b'{"format":1,"command":[]}',
           *(path.read_bytes() for path in suite or [])]
    for number, text in enumerate(odd):
        (tmp_path / f"odd/{number}").mkdir(parents=True)
        (tmp_path / f"odd/{number}/manifest.json").write_bytes(text)
    for number in (1, 2):
        run = program.run("lineage", f"c-{number}", folder=tmp_path)
        assert run.status == 0 and run.stdout.startswith("data/train.jsonl:") and "\x1b" not in run.stdout + run.stderr, run.stderr
        assert "odd/0/manifest.json': JSON nested deeper than 1024" in run.stderr
    for number in range(len(odd) - len(suite or [])):
        assert program.run("lineage", f"odd/{number}", folder=tmp_path).status in (0, 1, 3), number


@pytest.mark.parametrize("change", [lambda manifest: manifest["outputs"][0].update(sha256=manifest["outputs"][0]["sha256"].upper()),
                                    lambda manifest: manifest["outputs"][0].pop("sha256"), lambda manifest: manifest.update(inputs=7),
                                    lambda manifest: manifest.update(format="1"), lambda manifest: manifest.update(format=1.0),
                                    lambda manifest: manifest.update(format=2**64), lambda manifest: manifest.update(format=None)])
def test_fault_10_lineage_of_a_malformed_manifest(tmp_path, change):
    """Nothing that it says is vouched for: exit status 1, and the manifest is named."""
    data = write_lines(tmp_path / "train.jsonl", [conversation(1)])
    write_manifest(tmp_path, outputs=[{**described(data), "path": "train.jsonl"}])
    assert program.run("lineage", tmp_path, folder=tmp_path).status == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    change(manifest)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    run = program.run("lineage", tmp_path, folder=tmp_path)
    assert run.status == 1 and "manifest.json'" in run.stderr and "the result is incomplete" in run.stderr, run.stderr


def test_fault_11_lineage(naughty_strings, tmp_path):
    """Naughty strings as ids: each is found on its line, whichever program wrote the line, and shown without control characters."""
    names = [text for text in dict.fromkeys(naughty_strings) if "\0" not in text]
    records = [{"messages": [], "metadata": {"conversation_id": name}} for name in names]
    lines = [json.dumps(record, ensure_ascii=number % 2 == 0).encode() for number, record in enumerate(records)]
    data = write_lines(tmp_path / "train.jsonl", lines)
    write_manifest(tmp_path, outputs=[{**described(data), "path": "train.jsonl"}])
    for number, name in enumerate(names, 1):
        run = program.run("lineage", "--id", "--json", environment={"INTELIA_LINEAGE_TARGET": name}, folder=tmp_path)
        assert run.status == 0, (name, run.stderr)
        records = json.loads(run.stdout)["records"]
        assert [(record["line"], record["metadata"]["conversation_id"]) for record in records] == [(number, name)]
        if any(unicodedata.category(c)[0] == "C" for c in name):
            text = program.run("lineage", "--id", environment={"INTELIA_LINEAGE_TARGET": name}, folder=tmp_path).stdout
            assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in text), name


def test_fault_18_lineage(place, canaries):
    run = program.run("lineage", "reports/sft", "--verbose", environment=canaries.environment, folder=place)
    assert run.status == 0
    canaries.check(run.stdout.encode() + run.stderr.encode())


def test_fault_29_lineage(tmp_path):
    """Special paths: nothing is written, pipes and devices do not block, and only the state of files is shown, not their content."""
    secret = tmp_path / "secret"
    secret.write_text("kanarie")
    place = tmp_path / "place"
    (place / "data").mkdir(parents=True)
    data = write_lines(place / "data/train.jsonl", [conversation(1)])
    os.mkfifo(place / "pipe")
    os.mkfifo(place / "rejected.jsonl")
    (place / "pipes").mkdir()
    os.mkfifo(place / "pipes/manifest.json")
    (place / "around").symlink_to(place)
    (place / "link.jsonl").symlink_to(secret)
    odd = "new\nline\x1b[31m\u202e.jsonl"
    write_lines(place / odd, [conversation(2)])
    inputs = [{"path": path, "sha256": "a" * 64, "bytes": size} for path, size in
              [("../secret", 7), (str(secret), 7), ("/dev/zero", 0), ("pipe", 0), ("/proc/self/mem", 0), ("n" * 4096, 1), ("", 0),
               ("\0", 0), ("../" * 1000 + "etc/passwd", 1), (odd, 3), ("around/around/around/data/train.jsonl", 5)]]
    write_manifest(place / "data", inputs=inputs, outputs=[
        {**described(data), "path": "train.jsonl"}, {**described(secret), "path": "../../secret"}, {**described(secret), "path": str(secret)},
        {**described(place / odd), "path": odd}])
    before = fault_points.files_of(place / "data")
    for target in ("data/train.jsonl", "data", "c-1", odd, "data/manifest.json", str(secret), "around/data/train.jsonl", "link.jsonl"):
        for form in ([], ["--json"]):
            run = program.run("lineage", target, *form, folder=place)
            assert run.status in (0, 1, 3), (target, run.stderr)
            said = run.stdout + run.stderr
            assert "kanarie" not in said and "\x1b" not in said, target
            assert form or "\u202e" not in run.stdout, target
    run = program.run("lineage", "data", folder=place)
    assert "is outside the folder of the manifest" in run.stderr and "new\\u{a}line" in run.stdout
    assert "pipes/manifest.json' is not a regular file" in run.stderr
    run = program.run("lineage", "pipe", folder=place)
    assert run.status == 2 and "neither a file nor a folder" in run.stderr
    assert program.run("lineage", "data", "--in", "nowhere", folder=place).status == 2
    assert program.run("lineage", "n" * 5000, folder=place).status == 3
    assert fault_points.files_of(place / "data") == before


def test_fault_30_lineage(tmp_path):
    """A file and a line larger than the memory limit."""
    data = tmp_path / "train.jsonl"
    block = b"".join(json.dumps(conversation(number)).encode() + b"\n" for number in range(5000))
    with open(data, "wb") as file:
        for _ in range(200):
            file.write(block)
        file.write(b'{"messages":[],"metadata":{"id":"' + b"x" * (340 << 20) + b'"}}\n')
        file.write(json.dumps(conversation(99999)).encode() + b"\n")
    write_manifest(tmp_path, outputs=[{"path": "train.jsonl", "sha256": "a" * 64, "bytes": data.stat().st_size}])
    done = subprocess.run(["prlimit", f"--as={320 << 20}", program.PROGRAM, "lineage", "c-99999", "--json"], cwd=tmp_path,
                          env=program.clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 3 and "longer than 64 MiB" in done.stderr, done.stderr  # the manifest's hash is not the file's
    assert [record["line"] for record in json.loads(done.stdout)["records"]] == [200 * 5000 + 2]


def test_fault_32_lineage(place, tiny):
    """A manifest of a newer format is an error if it is needed, and reported if it is not; unknown fields are
    preserved."""
    manifest = place / "data/manifest.json"
    newer = json.loads(manifest.read_text())
    newer["invented"] = {"later": True}
    newer["outputs"][0]["colour"] = "blue"
    manifest.write_text(json.dumps(newer))
    status, found, said = lineage("data/train.jsonl", folder=place)
    assert (status, said) == (0, "") and runs_of(found["sections"][0]["origins"])[0]["facts"]["invented"] == {"later": True}

    manifest.write_text(json.dumps({**newer, "format": 2}))
    words = "data/manifest.json' has format 2, written by a newer intelia"
    for target in ("data/train.jsonl", "data", "data/manifest.json"):
        status, found, said = lineage(target, folder=place)
        assert status == 1 and words in said and found["refused"] == 1, (target, said)
        assert found["sections"][0]["origins"][0]["run"]["refused"]
    # The training has a copy of the manifest; without it the lineage ends there.
    status, found, said = lineage("runs/sft", folder=place)
    assert status == 0 and words in said
    for report in ("runs/sft/manifest.json", "reports/sft/manifest.json"):
        content = json.loads((place / report).read_text())
        del content["origins"]
        (place / report).write_text(json.dumps(content))
    status, found, said = lineage("runs/sft", folder=place)
    assert status == 1 and words in said and found["refused"] == 1
    run = program.run(*tiny.sft("runs/next", "--validation", "data/validation.jsonl", train="data/train.jsonl"), folder=place)
    assert run.status == 0, run.stderr
    assert all(origin["path"] != "data/manifest.json" for origin in json.loads((place / "runs/next/manifest.json").read_text())["origins"])

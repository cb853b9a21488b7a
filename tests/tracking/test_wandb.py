"""Runs of Weights & Biases through its official client, offline; read from its transaction logs with its message definitions.
Fails with steps logged again after a resume, with kept lines not logged, with 0 as the exit code of a killed run, without waiting
for the client, with two clients at once, and with files that are readable by others."""
import contextlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import zlib

import pytest
from wandb.proto import wandb_internal_pb2

import program
from conftest import Probe, points_of

OFFLINE = {"WANDB_MODE": "offline", "INTELIA_PYTHON": sys.executable}


def records_of(path):
    """The messages of a .wandb file: LevelDB's log format (blocks of 32 KiB; crc32, length, type), after a header of 7 bytes."""
    data = path.read_bytes()
    assert data[:4] == b":W&B"
    position, parts = 7, b""
    while position + 7 <= len(data):
        left = 32768 - position % 32768
        if left < 7:
            position += left
            continue
        checksum, length, kind = struct.unpack_from("<IHB", data, position)
        piece = data[position + 7:position + 7 + length]
        assert zlib.crc32(bytes([kind]) + piece) == checksum, f"{path}: broken at {position}"
        position += 7 + length
        parts = piece if kind in (1, 2) else parts + piece
        if kind in (1, 4):
            yield wandb_internal_pb2.Record.FromString(parts)


def seen_by_wandb(folder):
    """({(name, step): value} of all runs in `folder`, ids of the runs, exit codes); a duplicate point is an error."""
    points, ids, exits = {}, set(), []
    for path in sorted((folder / "wandb").glob("offline-run-*/*.wandb")):
        for record in records_of(path):
            kind = record.WhichOneof("record_type")
            if kind == "run":
                ids.add((record.run.project, record.run.run_id, record.run.display_name))
            elif kind == "exit":
                exits.append(record.exit.exit_code)
            elif kind == "history":
                items = {"/".join(item.nested_key) or item.key: json.loads(item.value_json) for item in record.history.item}
                step = items.pop("_step", record.history.step.num)
                for name, value in items.items():
                    if not name.startswith("_") and not name.startswith("samples/"):
                        assert (name, step) not in points, (name, step)
                        points[name, step] = value
    return points, ids, exits


def samples_seen_by_wandb(folder):
    """Rows (step, prompt, answer) of all tables of answers, in the order they were logged."""
    rows = []
    for path in sorted((folder / "wandb").glob("offline-run-*/*.wandb"), key=lambda path: path.stat().st_mtime_ns):
        for record in records_of(path):
            if record.WhichOneof("record_type") == "history":
                items = {"/".join(item.nested_key): json.loads(item.value_json) for item in record.history.item}
                if "samples/path" in items:
                    table = json.loads((path.parent / "files" / items["samples/path"]).read_text(encoding="utf-8"))
                    assert items["samples/_type"] == "table-file" and table["columns"] == ["step", "prompt", "answer"]
                    rows += map(tuple, table["data"])
    return rows


@pytest.fixture
def environment(tmp_path):
    """Offline, with a separate home folder."""
    home = tmp_path / "home"
    home.mkdir()
    return {**OFFLINE, "HOME": str(home), "WANDB_API_KEY": "", "NETRC": str(home / "netrc")}


def test_every_metric_is_there_once(tmp_path, environment):
    folder = tmp_path / "run"
    assert Probe(folder, environment, wandb="chickens", name="first").begin().lines(1, 30).end() == (0, "")
    points, ids, exits = seen_by_wandb(folder)
    assert points == points_of(folder) and len(points) == 30 * 8 + 15
    ((project, run_id, name),) = ids
    assert project == "chickens" and name == "first" and len(run_id) == 32 and exits == [0]
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert path.stat().st_mode & 0o077 == 0, path


def test_killed_and_resumed(tmp_path, environment):
    """The program is killed, its client reads its input to the end; the resumed run logs only what is new."""
    folder = tmp_path / "run"
    killed = Probe(folder, environment, wandb="chickens").begin().lines(1, 10)
    program.wait_for(lambda: (folder / "wandb/intelia.jsonl").exists())
    killed.kill()
    status, said = Probe(folder, environment, wandb="chickens", resumes=True).begin(6).lines(7, 14).end()
    assert (status, said) == (0, "")
    points, ids, exits = seen_by_wandb(folder)
    assert points == points_of(folder) and ("loss", 14) in points
    assert len(ids) == 1 and exits[-1] == 0 and len(exits) == 2 and exits[0] != 0
    # A run with other data or options is another run.
    assert Probe(folder, environment, wandb="chickens", resumes=True, identity="f" * 16).begin(3).lines(4, 5).end() == (0, "")
    last = max((folder / "wandb").glob("offline-run-*"), key=lambda path: path.stat().st_mtime_ns)
    shutil.rmtree(tmp_path / "other", ignore_errors=True)
    shutil.copytree(last, tmp_path / "other/wandb" / last.name, symlinks=True)
    points, other_ids, _ = seen_by_wandb(tmp_path / "other")
    assert points == points_of(folder) and other_ids.isdisjoint(ids)


def test_answers_are_a_table(tmp_path, environment):
    """Each once, at its step, also when the run was killed before their step was logged, and when it is resumed."""
    folder = tmp_path / "run"

    def answers(step):
        return [(step, "c-1", f'Œuf <{step}>\n"x"'), (step, "line 2", f'Œuf <-{step}>\n"x"')]

    probe = Probe(folder, environment, wandb="chickens").begin().lines(1, 1)
    probe.say("answers 2")
    probe.lines(2, 3)
    probe.say("answers 4")
    probe.kill()
    probe = Probe(folder, environment, wandb="chickens", resumes=True).begin(1)
    probe.say("answers 2")
    probe.lines(2, 3)
    probe.say("answers 4")
    assert probe.lines(4, 5).end() == (0, "")
    assert samples_seen_by_wandb(folder) == answers(2) + answers(4)
    assert seen_by_wandb(folder)[0] == points_of(folder)
    for path in folder.rglob("*"):
        assert path.is_symlink() or not path.is_file() or path.stat().st_mode & 0o077 == 0, path


def test_how_it_ended(tmp_path, environment):
    for outcome, status, code in (("failed", 1, 1), ("killed", 143, 143)):
        folder = tmp_path / outcome
        assert Probe(folder, environment, wandb="chickens").begin().lines(1, 2).end(outcome)[0] == status
        program.wait_for(lambda: seen_by_wandb(folder)[2] == [code], timeout_seconds=60)


def test_a_client_that_dies_is_one_warning(tmp_path, environment):
    folder = tmp_path / "run"
    probe = Probe(folder, environment, wandb="chickens").begin().lines(1, 2)
    program.wait_for(lambda: len((folder / "wandb/intelia.jsonl").read_text().splitlines()) == 3
                     if (folder / "wandb/intelia.jsonl").exists() else False, timeout_seconds=90)
    (child,) = [int(name) for name in os.listdir("/proc") if name.isdigit() and parent_of(name) == probe.process.pid]
    os.kill(child, signal.SIGKILL)
    status, said = probe.lines(3, 6).end()
    assert status == 0 and said.count("warning: ") == 1 and "its client ended with 137" in said, said
    assert ("loss", 6) in points_of(folder)


def test_a_client_that_cannot_work_is_one_warning(tmp_path, environment):
    """A client that passes the check and ends at once with a reason."""
    broken = tmp_path / "broken"
    broken.write_text('#!/bin/sh\n[ "$3" = check ] && exit 0\necho "first words"\necho "no room on the server" >&2\nexit 7\n')
    broken.chmod(0o755)
    folder = tmp_path / "run"
    status, said = Probe(folder, {**environment, "INTELIA_PYTHON": str(broken)}, wandb="chickens").begin().lines(1, 50).end()
    assert status == 0 and said.count("warning: ") == 1 and "ended with 7 (no room on the server)" in said, said
    assert (folder / "wandb/intelia.log").read_text() == "first words\nno room on the server\n"


def test_the_client_of_a_killed_run_is_waited_for(tmp_path, environment):
    """A client that is still logging when the next one starts: that one must not log the same."""
    client = program.ROOT / "lib/tracking/wandb_client.py"
    head = {"project": "chickens", "name": "n", "command": "c", "identity": "i", "config": {}}

    def start(resumes, last):
        process = subprocess.Popen(["sh", "-c", 'exec "$@" 3< "$0"', tmp_path, sys.executable, client], stdin=subprocess.PIPE, text=True,
                                   env=program.clean_environment(environment))
        lines = [{**head, "key": f"key{resumes}", "resumes": resumes}, *map(entry, range(1, last + 1))]
        process.stdin.write("".join(json.dumps(line) + "\n" for line in lines))
        process.stdin.flush()
        return process

    def entry(step):
        return {"step": step, "time": 1.5, "metrics": {"loss": step / 2}}

    first = start(False, 2)
    program.wait_for(lambda: (tmp_path / "wandb/intelia.jsonl").exists() and len((tmp_path / "wandb/intelia.jsonl").read_text().split()) > 3,
                     timeout_seconds=60)
    second = start(True, 5)
    second.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        second.wait(timeout=8)  # as long as it would take without waiting
    first.stdin.write(json.dumps(entry(3)) + "\n")
    first.stdin.close()
    assert first.wait(timeout=60) == 0 and second.wait(timeout=60) == 0
    points, ids, _ = seen_by_wandb(tmp_path)
    assert points == {("loss", step): step / 2 for step in range(1, 6)} and len(ids) == 1


def parent_of(number):
    try:
        with open(f"/proc/{number}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[1])
    except OSError:
        return None


def test_what_is_missing_is_said_before_the_work(tmp_path, environment):
    bare = tmp_path / "bare"  # a Python that has no packages
    bare.write_text(f"#!/bin/sh\nexec {sys.executable} -S -E \"$@\"\n")
    bare.chmod(0o755)
    cases = [({"INTELIA_PYTHON": str(bare)}, ["no package wandb", str(bare), "INTELIA_PYTHON"]),
             ({"INTELIA_PYTHON": str(tmp_path / "absent")}, ["cannot be run", "absent"]),
             ({"WANDB_MODE": "online"}, ["WANDB_API_KEY", "WANDB_MODE=offline"])]
    for more, words in cases:
        probe = Probe(tmp_path / "run", {**environment, **more}, wandb="chickens")
        _, said = probe.process.communicate(timeout=60)
        assert probe.process.returncode == 2 and all(word in said for word in words), said
        assert not (tmp_path / "run/wandb").exists()


def test_a_key_may_lie_in_a_file_and_is_never_said(tmp_path, environment):
    key = "kanarie" + "0123456789abcdef" * 3
    (tmp_path / "key").write_text(key + "\n")
    folder = tmp_path / "run"
    # Online without a server: the client cannot work, and the run ends normally.
    unreachable = {**environment, "WANDB_MODE": "online", "WANDB_API_KEY_FILE": str(tmp_path / "key"),
                   "WANDB_BASE_URL": "http://127.0.0.1:9", "WANDB_INIT_TIMEOUT": "3"}
    status, said = Probe(folder, unreachable, wandb="chickens").begin().lines(1, 3).end()
    assert status == 0 and said.count("warning: ") <= 1 and "kanarie" not in said, said
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"kanarie" not in path.read_bytes(), path


def test_fault_29_wandb_folder_swapped(tiny, environment, tmp_path):
    """The output folder is renamed and replaced by a link to another one when the client has just been started."""
    folder, other, moved = tmp_path / "out", tmp_path / "other", tmp_path / "moved"
    other.mkdir()
    process = program.start(*tiny.sft(folder, "--wandb-project", "chickens", steps=5000, save_every=5000), environment=environment)
    program.wait_for(lambda: (folder / "wandb/intelia.log").exists())
    program.swap_folder(folder, other)
    program.wait_for(lambda: any(folder.glob("wandb/*-run-*/*.wandb")) or any(moved.glob("wandb/*-run-*/*.wandb")), timeout_seconds=60)
    process.send_signal(signal.SIGTERM)
    run = program.finish(process, timeout_seconds=120)
    assert run.status in (1, 143), run.stderr
    program.wait_for(lambda: seen_by_wandb(moved)[2], timeout_seconds=60)
    assert list(other.iterdir()) == []
    assert seen_by_wandb(moved)[0].keys() == points_of(moved).keys()

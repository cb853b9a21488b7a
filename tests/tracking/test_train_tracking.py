"""`train sft` with all trackers: the bytes of training are the same, whatever happens to them; after kill and resume, every point
is logged once. Fails with tracking options among those that a resumed run must not change, with a tracker whose error ends
the run, with the plot's title taken from the folder, and with a plot of which a line remains on the terminal."""
import json
import os
import pty
import re
import signal
import subprocess
import threading

import pytest

import program
from conftest import points_of
from test_loss_plot import drawn
from test_mlflow import Server
from test_tensorboard import as_float32, seen_by_tensorboard
from test_wandb import OFFLINE, samples_seen_by_wandb, seen_by_wandb
from tiny import checkpoints_of, results_of

ALL = ["--tensorboard", "--mlflow-experiment", "chickens", "--wandb-project", "chickens", "--samples", "1"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("mlflow"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def environment(server, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return {**server.environment, **OFFLINE, "HOME": str(home), "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))}


def trained(folder):
    """The results of training, without files and options of trackers."""
    files = {name: data for name, data in results_of(folder).items() if not name.startswith(("tensorboard/", "mlflow/", "wandb/"))}
    files.pop("samples.jsonl", None)
    for option in ("tensorboard", "mlflow-experiment", "mlflow-weights", "wandb-project", "plot", "samples"):
        files["manifest.json"]["options"].pop(option)
    return files


def check_all(folder, server, name):
    """Every tracker has every point of metrics.jsonl once."""
    points = points_of(folder)
    assert seen_by_tensorboard(folder)[0] == as_float32(points)
    (run,) = [run for run in server.runs("chickens") if run[1] == name]
    assert run[2:] == ("FINISHED", 1) and server.points(run[0]) == points
    logged, ids, exits = seen_by_wandb(folder)
    assert logged == points and len(ids) == 1 and exits[-1] == 0
    samples = samples_of(folder)
    assert samples_seen_by_wandb(folder) == [(sample["step"], sample["prompt"], sample["answer"]) for sample in samples]
    artifacts = {name: (folder / name).read_bytes() for name in ("adapter_config.json", "manifest.json", "metrics.jsonl", "loss.svg", "samples.jsonl")}
    texts = {f"samples/step-{sample['step']:08}.txt": f"[{sample['prompt']}]\n{sample['answer']}\n\n".encode() for sample in samples}
    assert server.artifacts(run[0]) == artifacts | texts and len(texts) > 1
    curves, _ = drawn(folder / "loss.svg")
    for curve, metric in (("train", "loss"), ("validation", "eval_loss")):
        expected = {step: value for (known, step), value in points.items() if known == metric}
        assert [round(step) for step, _ in curves[curve]] == sorted(expected)
        assert [loss for _, loss in curves[curve]] == pytest.approx([expected[step] for step in sorted(expected)], abs=5e-3)


def test_all_listen_and_training_is_the_same(tiny, server, environment, tmp_path):
    run = program.run(*tiny.sft(tmp_path / "alone", "--no-plot", steps=8))
    assert run.status == 0 and not (tmp_path / "alone/loss.svg").exists(), run.stderr
    run = program.run(*tiny.sft(tmp_path / "heard", *ALL, steps=8), environment=environment, timeout_seconds=120)
    assert run.status == 0 and "warning" not in run.stderr, run.stderr
    check_all(tmp_path / "heard", server, "heard")
    params = dict(server.rows("SELECT key, value FROM params WHERE run_uuid = (SELECT run_uuid FROM runs WHERE name = 'heard')"))
    assert params["learning-rate"] == "0.01" and params["lora-targets"] == '["attention"]'
    expected, found = trained(tmp_path / "alone"), trained(tmp_path / "heard")
    (svg,) = [file for file in found["manifest.json"]["outputs"] if file["path"] == "loss.svg"]
    found["manifest.json"]["outputs"].remove(svg)
    assert found.pop("loss.svg") and found == expected


def samples_of(folder):
    return [json.loads(line) for line in (folder / "samples.jsonl").read_text(encoding="utf-8").splitlines()]


def test_samples(tiny, tmp_path):
    """At each evaluation the model's answers to the first prompts, once each, also when the run was killed in between."""
    arguments = ["--samples", "2", "--sample-tokens", "9"]
    run = program.run(*tiny.sft(tmp_path / "whole", *arguments, steps=60, save_every=10))
    assert run.status == 0, run.stderr
    samples = samples_of(tmp_path / "whole")
    steps = [step for (name, step) in points_of(tmp_path / "whole") if name == "eval_loss"]
    prompts = [sample["prompt"] for sample in samples[:2]]
    assert [(sample["step"], sample["prompt"]) for sample in samples] == [(step, prompt) for step in sorted(steps) for prompt in prompts]
    assert len(steps) > 1 and len(set(prompts)) == 2 and len({sample["answer"] for sample in samples}) > 1
    assert f"step {min(steps)}, {prompts[0]}: " in run.stderr
    folder = tmp_path / "killed"
    process = program.start(*tiny.sft(folder, *arguments, steps=60, save_every=10))
    program.wait_for(lambda: process.poll() is not None or checkpoints_of(folder))
    process.kill()
    program.finish(process)
    run = program.run(*tiny.sft(folder, "--resume", *arguments, steps=60, save_every=10))
    assert run.status == 0 and samples_of(folder) == samples, run.stderr
    assert results_of(folder)["adapter_model.safetensors"] == results_of(tmp_path / "whole")["adapter_model.safetensors"]


def test_killed_and_resumed(tiny, server, environment, tmp_path):
    """kill -9 at two moments, resumed with other trackers. Every point is logged once, and the plot has the same bytes as that of an uninterrupted run."""
    folder = tmp_path / "killed"
    assert program.run(*tiny.sft(tmp_path / "whole", steps=120, save_every=10)).status == 0
    for attempt, (more, checkpoint) in enumerate(((ALL[:3], 10), (["--resume", "--no-plot", *ALL], 30))):
        process = program.start(*tiny.sft(folder, *more, steps=120, save_every=10), environment=environment)
        program.wait_for(lambda: process.poll() is not None or (checkpoints_of(folder) or [0])[-1] >= checkpoint, timeout_seconds=120)
        process.kill()
        assert program.finish(process).status == 137, attempt
    run = program.run(*tiny.sft(folder, "--resume", *ALL, steps=120, save_every=10), environment=environment, timeout_seconds=120)
    assert run.status == 0, run.stderr
    points = points_of(folder)
    measured = {place for place in points if place[0].startswith("measured/")}  # a repeated step has other times

    def without_times(found):
        return {place: value for place, value in found.items() if place not in measured}

    assert seen_by_tensorboard(folder)[0] == as_float32(points)
    (mine,) = [run for run in server.runs("chickens") if run[1] == "killed"]
    told = server.points(mine[0])
    assert mine[2] == "FINISHED" and without_times(told) == without_times(points) and told.keys() == points.keys()
    logged, ids, _ = seen_by_wandb(folder)
    assert without_times(logged) == without_times(points) and logged.keys() == points.keys() and len(ids) == 1
    assert trained(folder) == trained(tmp_path / "whole")


def test_stopped_by_a_signal(tiny, server, environment, tmp_path):
    folder = tmp_path / "stopped"
    process = program.start(*tiny.sft(folder, *ALL, steps=5000, save_every=10), environment=environment)
    program.wait_for(lambda: [run for run in server.runs("chickens") if run[1] == "stopped" and server.points(run[0])], timeout_seconds=120)
    process.send_signal(signal.SIGTERM)
    run = program.finish(process, timeout_seconds=120)
    assert run.status == 143 and "use --resume to continue" in run.stderr, run.stderr
    (found,) = [found for found in server.runs("chickens") if found[1] == "stopped"]
    assert found[2:] == ("KILLED", 1) and server.points(found[0]) == points_of(folder)
    program.wait_for(lambda: seen_by_wandb(folder)[2] == [143], timeout_seconds=60)
    assert (folder / "loss.svg").exists()


def test_nobody_who_listens_can_stop_it(tiny, environment, tmp_path):
    """A file in place of each tracker's folder: one warning each, exit 0, and the same results."""
    assert program.run(*tiny.sft(tmp_path / "alone", "--no-plot")).status == 0
    folder = tmp_path / "blocked"
    assert program.run(*tiny.sft(folder, "--no-plot", steps=1)).status == 0
    for name in ("tensorboard", "mlflow", "wandb"):
        (folder / name).write_text("in the way")
    (folder / "loss.svg").mkdir()
    run = program.run(*tiny.sft(folder, "--force", *ALL), environment=environment)
    assert run.status == 0 and run.stderr.count("warning: ") == 4, run.stderr
    for name in ("TensorBoard", "MLflow", "Weights & Biases", "loss plot"):
        assert f"warning: {name}: " in run.stderr, run.stderr
    for name in ("tensorboard", "mlflow", "wandb"):
        (folder / name).unlink()
    (folder / "loss.svg").rmdir()
    expected, found = trained(tmp_path / "alone"), trained(folder)
    for files in (expected, found):
        files["manifest.json"].pop("outputs")
    assert found == expected


def test_wrong_settings_are_said_before_the_work(tiny, environment, tmp_path):
    folder = tmp_path / "out"
    cases = [({"MLFLOW_TRACKING_URI": ""}, ["--mlflow-experiment", "x"], "MLFLOW_TRACKING_URI"),
             ({"INTELIA_PYTHON": str(tmp_path / "absent")}, ["--wandb-project", "x"], "INTELIA_PYTHON")]
    for more, options, word in cases:
        for extra in ([], ["--dry-run"]):
            run = program.run(*tiny.sft(folder, *options, *extra), environment={**environment, **more})
            assert run.status == 2 and word in run.stderr, run.stderr
            assert not folder.exists()
    run = program.run(*tiny.sft(folder, *ALL, "--dry-run"), environment={**environment, "MLFLOW_TRACKING_URI": "http://127.0.0.1:9"})
    assert run.status == 0 and "warning" not in run.stderr and not folder.exists(), run.stderr


def on_terminal(arguments, size, environment=None):
    """The output of a run on a terminal of `size` (rows, columns)."""
    ours, theirs = pty.openpty()
    subprocess.run(["stty", "rows", str(size[0]), "cols", str(size[1])], stdin=theirs, check=True)
    process = subprocess.Popen([program.PROGRAM, *map(str, arguments)], stdin=theirs, stdout=theirs, stderr=theirs,
                               env=program.clean_environment({"TERM": "xterm", **(environment or {})}))
    os.close(theirs)
    said = b""

    def read():
        nonlocal said
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:
            pass

    reader = threading.Thread(target=read)
    reader.start()
    assert process.wait(timeout=120) == 0
    reader.join()
    os.close(ours)
    return said.decode()


def screen_after(said):
    """The lines of a terminal after `said` was written; supports the escape sequences that are used here."""
    lines, row, column = [[]], 0, 0
    for token in re.findall(r"\x1b\[(\d*)([A-Za-z])|(.|\n)", said, flags=re.S):
        number, command, character = token
        if command == "A":
            row = max(0, row - int(number or 1))
        elif command == "K":
            del lines[row][column:]
        elif command == "J":
            del lines[row][column:]
            del lines[row + 1:]
        elif command == "m":
            pass
        elif command:
            raise AssertionError(f"unknown command {command!r}")
        elif character == "\r":
            column = 0
        elif character == "\n":
            row += 1
            if row == len(lines):
                lines.append([])
        else:
            line = lines[row]
            line += [" "] * (column - len(line))
            line[column:column + 1] = [character]
            column += 1
    return ["".join(line) for line in lines]


def test_the_loss_is_drawn_in_the_terminal_and_taken_away(tiny, tmp_path):
    said = on_terminal(tiny.sft(tmp_path / "out", "--learning-rate", "1e-3", steps=1500, save_every=0), (30, 100))
    assert re.search(r"step \d+/1500  loss \d+\.\d+  \d+ tokens/s  \d+ MiB  eta ", said), said[-2000:]
    assert "● validation" in said and re.search("[\u2801-\u28ff]{3}", said)
    # The last plot is complete, above the progress line; nothing of it remains at the end.
    drawn_last = said[:said.rindex("● validation")]
    lines = screen_after(said[:said.index("step ", len(drawn_last)) + 20])
    assert lines[-1].startswith("step ") and "● validation" in lines[-2] and sum("┤" in line for line in lines[-9:]) == 3, lines[-9:]
    assert all("┤" not in line and "│" not in line for line in screen_after(said))
    small = on_terminal(tiny.sft(tmp_path / "small", "--learning-rate", "1e-3", steps=300, save_every=0), (6, 60))
    assert "● validation" not in small and "step " in small
    assert "● validation" not in on_terminal(tiny.sft(tmp_path / "none", "--no-plot", steps=300, save_every=0), (30, 100))
    run = program.run(*tiny.sft(tmp_path / "file", steps=300, save_every=0))
    assert "\x1b" not in run.stderr and "● validation" not in run.stderr

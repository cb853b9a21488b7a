"""Signals and files without end: every command ends within two seconds of SIGTERM, whatever it reads.

The programs run under a deadline that a command which ignores the signal would miss.
"""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import pytest

import program
from silent_server import SilentServer
from test_faults_train import wait_for
from tiny import Tiny, checkpoints_of, conversation, results_of, write_lines

SECONDS_TO_STOP = 2
IS_SLOW = os.environ.get("INTELIA_SLOW_TESTS") == "1"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return Tiny(tmp_path_factory.mktemp("tiny"))


def long_conversation(num_messages):
    return {"messages": [{"role": ("user", "assistant")[number % 2], "content": f"text {number}"} for number in range(num_messages)]}


@pytest.fixture(scope="module")
def hostile(tiny, tmp_path_factory):
    """Files that block, never end, or once took quadratic time."""
    folder = tmp_path_factory.mktemp("hostile")
    os.mkfifo(folder / "pipe")
    (folder / "zero").symlink_to("/dev/zero")
    write_lines(folder / "turns.jsonl", [long_conversation(100_000)])
    write_lines(folder / "keys.jsonl", [dict(conversation(0), metadata={f"key {number}": number for number in range(60_000)})] * 4)
    (folder / "lines.jsonl").write_bytes(b'{"messages":[]}\n' * 400_000)
    (folder / "line.jsonl").write_bytes(b'{"messages":[' + b"[" * 8_000_000)
    digests = [f"{number:064x}" for number in range(64_000)]
    manifest = {"format": 1, "program": "intelia", "command": "extract", "options": {},
                "inputs": [{"path": f"data/{digest[-6:]}/part.jsonl", "sha256": digests[0], "bytes": 9} for digest in digests],
                "outputs": [{"path": f"{digest[-6:]}.jsonl", "sha256": digest, "bytes": 9} for digest in digests]}
    (folder / "runs").mkdir()
    (folder / "runs" / "manifest.json").write_text(json.dumps(manifest))
    assert (folder / "runs" / "manifest.json").stat().st_size > 14 << 20
    return folder


def commands_on(tiny, path, output):
    """Every command that reads a file, on `path`."""
    return [tiny.sft(output, train=path), tiny.sft(output, "--check", train=path), tiny.sft(output, "--plan", train=path),
            [*tiny.sft(output), "--validation", path], [*tiny.sft(output), "--config", path],
            tiny.eval(output, validation=path), [*tiny.eval(output), "--questions", path],
            ["extract", "--from", path, "--output", output], ["tokenize", "--model", tiny.model, path], ["detokenize", "--model", tiny.model, path],
            ["render", "--model", tiny.model, path], ["render", "--model", tiny.model, "--tools", path, tiny.train],
            ["dataset", "preview", "--model", tiny.model, path], ["lineage", path], ["config", "--config", path],
            tiny.preference("dpo", output, train=path), tiny.preference("kto", output, train=path),
            ["generate", "--model", tiny.model, "--prompts", path, "--output", output.with_suffix(".jsonl")],
            tiny.init(output, "--train-tokenizer", path), ["model", "info", "--model", path], ["model", "quantize", "--model", path, "--output", output],
            ["model", "export", "--model", path, "--output", output], ["model", "export", "--model", tiny.model, "--adapter", path, "--output", output],
            ["model", "merge", "--model", tiny.model, "--adapter", path, "--output", output],
            ["model", "merge", "--model", tiny.model, "--adapter", tiny.adapter(), "--data", path, "--output", output],
            ["model", "push", "farm/chat", "--model", path, "--dry-run"],
            ["doctor", "--config", path], ["completion", "bash", "--config", path]]


def status_after_sigterm(process, delay):
    """The exit status of `process`, which gets SIGTERM after `delay` seconds, and the seconds that it took. Before the program has
    a handler, the signal itself ends it."""
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
    start = time.monotonic()
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    status = process.returncode if process.returncode >= 0 else 128 - process.returncode
    return status, time.monotonic() - start


NAMES = ["pipe", "zero", "turns.jsonl", "keys.jsonl", "lines.jsonl", "line.jsonl", "runs/manifest.json"]


@pytest.mark.parametrize("name", NAMES if IS_SLOW else ["lines.jsonl"])
def test_fault_04_every_command_on_hostile_files(tiny, hostile, tmp_path, name):
    chance = random.Random(name)
    commands = commands_on(tiny, hostile / name, tmp_path / "out")
    running = []
    for number, command in enumerate(commands):
        running.append((command, program.start(*command, folder=hostile)))
        if len(running) == 4 or number + 1 == len(commands):
            delay = chance.uniform(0, 0.5)
            for started, process in running:
                status, seconds = status_after_sigterm(process, delay)
                assert status in (0, 1, 2, 3, 4, 75, 128 + signal.SIGTERM), (started, status)
                assert seconds < SECONDS_TO_STOP + 1, (started, seconds)  # one second for the load of this test itself
            running = []


@pytest.mark.parametrize("command", ["tokenize", "render"])
def test_fault_04_blocked_read(tiny, hostile, command):
    """Nothing is ever written to the pipe."""
    process = program.start(command, "--model", tiny.model, hostile / "pipe")
    status, seconds = status_after_sigterm(process, 0.3)
    assert status == 128 + signal.SIGTERM and seconds < SECONDS_TO_STOP, (status, seconds)


def test_fault_04_blocked_read_second_signal(tiny, hostile):
    process = program.start("tokenize", "--model", tiny.model, hostile / "pipe")
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    start = time.monotonic()
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    process.communicate()
    assert process.returncode == 128 + signal.SIGINT and time.monotonic() - start < 0.5


@pytest.fixture(params=[False, True], ids=["silent", "dripping"])
def server(request):
    made = SilentServer(drips=request.param)
    yield made
    made.stop()


@pytest.mark.parametrize("command", ["pull", "push"])
def test_fault_04_hub_without_answer(tiny, tmp_path, server, command):
    arguments = {"pull": ["--output", tmp_path / "out"], "push": ["--model", tiny.adapter(), "--base", "farm/base"]}[command]
    process = program.start("model", command, "farm/chat", *arguments, environment={
        "HF_ENDPOINT": server.url, "HF_HUB_DISABLE_TELEMETRY": "1", "HF_TOKEN": "hf_" + "x" * 34, "INTELIA_PYTHON": sys.executable})
    assert server.has_client.wait(30)
    status, seconds = status_after_sigterm(process, 0.2)
    assert status == 128 + signal.SIGTERM and seconds < SECONDS_TO_STOP, (status, seconds)
    assert not (tmp_path / "out" / "manifest.json").exists()


def children_of(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("last", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("is_stopped", [False, True])
def test_fault_04_hub_client_ends_with_the_command(tmp_path, last, is_stopped):
    """Also a client that is stopped, and so does not react, and one of a command that is killed."""
    server = SilentServer(drips=False)
    process = program.start("model", "pull", "farm/chat", "--output", tmp_path / "out", environment={
        "HF_ENDPOINT": server.url, "HF_HUB_DISABLE_TELEMETRY": "1", "INTELIA_PYTHON": sys.executable})
    assert server.has_client.wait(30)
    client, = children_of(process.pid)
    if is_stopped:
        os.kill(client, signal.SIGSTOP)
    process.send_signal(last)
    process.communicate(timeout=10)
    assert process.returncode in (128 + last, -last)
    program.wait_for(lambda: not pathlib.Path(f"/proc/{client}/fd").exists() or not list(pathlib.Path(f"/proc/{client}/fd").iterdir()),
                     timeout_seconds=3)
    server.stop()


@pytest.mark.parametrize("moment", ["connecting", "training", "sending"] if IS_SLOW else ["connecting"])
def test_fault_04_tracking_server_without_answer(tiny, tmp_path, server, moment):
    """Before, during and after training: it begins when connecting has failed, and then waits for the server once more."""
    folder = tmp_path / "out"
    process = program.start(*tiny.sft(folder, "--mlflow-experiment", "chickens", steps=2 if moment == "sending" else 5000, save_every=5000),
                            environment={"MLFLOW_TRACKING_URI": server.url})
    assert server.has_client.wait(30)
    if moment != "connecting":
        wait_for(lambda: (folder / ("metrics.jsonl" if moment == "training" else "adapter_model.safetensors")).exists(), process)
    status, seconds = status_after_sigterm(process, 0.2)
    assert status == 128 + signal.SIGTERM and seconds < SECONDS_TO_STOP, (status, seconds)


@pytest.mark.parametrize("name", [".intelia.lock", "manifest.json", "metrics.jsonl", "rejected.jsonl"])
def test_fault_29_pipes_in_the_output_folder(tiny, tmp_path, name):
    """They are refused or replaced, and block nothing."""
    output = tmp_path / "out"
    output.mkdir()
    (output / "other").write_text("")
    os.mkfifo(output / name)
    for more in ([], ["--force"], ["--resume", "--force"]):
        run = program.run(*tiny.sft(output, *more, steps=1), timeout_seconds=20)
        assert run.status in (0, 1, 2), run.stderr


@pytest.mark.parametrize("option", ["--train", "--validation", "--questions", "--config"])
@pytest.mark.parametrize("name", ["pipe", "zero"])
def test_fault_29_files_without_end(tiny, hostile, tmp_path, option, name):
    """A dataset, questions: refused at once. A configuration may be a pipe."""
    if (option, name) == ("--config", "pipe"):
        pytest.skip("read like standard input: test_fault_04_every_command_on_hostile_files")
    command = tiny.eval(tmp_path / "out") if option == "--questions" else tiny.sft(tmp_path / "out")
    run = program.run(*command, option, hostile / name, timeout_seconds=20)
    assert run.status in (1, 2) and ("is not a regular file" in run.stderr or "is larger than" in run.stderr), run.stderr


def test_fault_10_long_records(tiny, hostile, tmp_path):
    """100,000 turns, and 60,000 keys, within seconds."""
    for name in ("turns.jsonl", "keys.jsonl"):
        run = program.run(*tiny.sft(tmp_path / "out", "--check", "--max-rejected", 1, train=hostile / name), timeout_seconds=20)
        assert run.status in (0, 3), run.stderr
    run = program.run(*tiny.sft(tmp_path / "out", "--max-rejected", 1, train=hostile / "turns.jsonl", steps=1), timeout_seconds=20)
    assert run.status == 0, run.stderr


def test_fault_10_lineage_of_a_large_manifest(hostile):
    run = program.run("lineage", hostile / "runs" / "manifest.json", folder=hostile / "runs", timeout_seconds=20)
    assert run.status == 0 and "lists more than 10000 files" in run.stderr, run.stderr


def test_fault_04_train_sft_abandons_the_step(tiny, tmp_path):
    """Steps of many micro-batches: a signal within one ends training at the next layer, with the checkpoint of the last
    completed step, and the resumed run has the same bytes."""
    steps = 4

    def arguments(output, *more):
        return [*tiny.sft(output, "--gradient-accumulation", 400, *more, steps=steps, save_every=1)]

    whole = program.run(*arguments(tmp_path / "whole"))
    assert whole.status == 0, whole.stderr
    folder = tmp_path / "out"
    process = program.start(*arguments(folder))
    wait_for(lambda: checkpoints_of(folder), process)
    start = time.monotonic()
    process.send_signal(signal.SIGTERM)
    run = program.finish(process)
    assert run.status == 128 + signal.SIGTERM and time.monotonic() - start < SECONDS_TO_STOP, run.stderr
    step = checkpoints_of(folder)[-1]
    assert f"stopped after step {step} of {steps}" in run.stderr, run.stderr
    assert program.run(*arguments(folder, "--resume")).status == 0
    assert results_of(folder) == results_of(tmp_path / "whole")


def test_fault_04_train_sft_before_the_first_step(tiny, tmp_path):
    folder = tmp_path / "out"
    process = program.start(*tiny.sft(folder, "--gradient-accumulation", 4000, steps=2))
    wait_for(lambda: (folder / "metrics.jsonl").exists() or (folder / ".metrics.jsonl.partial").exists(), process)
    start = time.monotonic()
    process.send_signal(signal.SIGTERM)
    run = program.finish(process)
    assert run.status == 128 + signal.SIGTERM and time.monotonic() - start < SECONDS_TO_STOP, run.stderr
    assert "before the first step" in run.stderr and checkpoints_of(folder) == []

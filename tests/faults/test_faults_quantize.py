"""Rows of the fault table (docs/faults.md) for `model quantize`, and row 30 (out of memory) for commands that load models. Malicious folders
for it are in test_faults_model.py and test_faults_safetensors.py."""
import json
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import time

import pytest

import fault_points
import program
import whole_files
from test_faults_safetensors import tensors_of, write_tensors
from tiny import ONE_THREAD, results_of

needs_shim = pytest.mark.skipif(not fault_points.SHIM, reason="INTELIA_FAULT_SHIM is not set")


def quantize(tiny, output, *more, model=None):
    return ["model", "quantize", *ONE_THREAD, "--model", model or tiny.model, "--output", output, *more]


@pytest.fixture(scope="module")
def whole(tiny, tmp_path_factory):
    """(results, calls) of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole")
    calls, run = fault_points.calls_of(quantize(tiny, folder / "whole"), folder / "whole", folder / "calls.log")
    assert run.status == 0, run.stderr
    return results_of(folder / "whole"), calls


@needs_shim
@pytest.mark.parametrize("action", ["exit", "torn"])
def test_fault_01_model_quantize(tiny, whole, tmp_path, action):
    places = fault_points.sample(len(whole[1]), first=6, every=5 if action == "exit" else 9, last=6)
    whole_files.check_kills(lambda folder: quantize(tiny, folder), whole, tmp_path, action, places)


@needs_shim
@pytest.mark.parametrize("failure", whole_files.FAILURES)
def test_fault_03_model_quantize(tiny, whole, tmp_path, failure):
    whole_files.check_failures(lambda folder: quantize(tiny, folder), lambda folder: quantize(tiny, folder, "--no-double-quant"), whole,
                               tmp_path, failure, fault_points.sample(len(whole[1]), first=6, every=7, last=6))


@needs_shim
def test_fault_03_model_quantize_input_truncated_while_mapped(tiny, whole, tmp_path):
    """The engine, a plug-in, has mapped the weights and stops at its first change of the folder."""
    model = tmp_path / "model"
    shutil.copytree(tiny.model, model)
    at = next(number for number, (_, path) in enumerate(whole[1], 1) if "safetensors" in path)
    process = program.start(*quantize(tiny, tmp_path / "out", model=model),
                            environment=fault_points.environment(tmp_path / "out", at, "STOP"))
    program.wait_for(lambda: program.is_stopped(process))
    os.truncate(model / "model.safetensors", 4096)
    process.send_signal(signal.SIGCONT)
    run = program.finish(process)
    assert run.status == 1 and f"cannot read '{model / 'model.safetensors'}': it was truncated" in run.stderr, run.stderr
    assert not (tmp_path / "out" / "manifest.json").exists()


@needs_shim
@pytest.mark.parametrize("name", ["TERM", "INT", "HUP"])
def test_fault_04_model_quantize(tiny, whole, tmp_path, name):
    whole_files.check_signals(lambda folder: quantize(tiny, folder), whole, tmp_path, name,
                              fault_points.sample(len(whole[1]), first=2, every=9, last=3))


def test_fault_04_model_quantize_at_a_random_moment(tiny, tmp_path):
    """Quantizing a larger model ends soon after the signal, and leaves no files."""
    model, folder = tmp_path / "model", tmp_path / "out"
    assert program.run("model", "init", "--preset", "small", "--output", model).status == 0
    process = program.start(*quantize(tiny, folder, model=model))
    program.wait_for(lambda: list(folder.glob(".model*.partial")))
    process.send_signal(signal.SIGTERM)
    start = time.monotonic()
    run = program.finish(process)
    assert run.status == 143 and time.monotonic() - start < 10, run.stderr
    assert fault_points.files_of(folder) == {}


def test_model_quantize_two_runs_give_the_same_bytes(tiny, whole, tmp_path):
    """Row 6 is about resumed runs; this command starts again and has the same result, with any --threads."""
    if not fault_points.SHIM:
        pytest.skip("INTELIA_FAULT_SHIM is not set")
    for threads in (1, 2):
        folder = tmp_path / str(threads)
        assert program.run(*quantize(tiny, folder, "--threads", threads)).status == 0
        found = results_of(folder)
        assert {name: data for name, data in found.items() if name != "manifest.json"} == \
            {name: data for name, data in whole[0].items() if name != "manifest.json"}


def test_fault_18_model_quantize(tiny, tmp_path, canaries):
    run = program.run(*quantize(tiny, tmp_path / "out", "--verbose"), environment=canaries.environment)
    assert run.status == 0, run.stderr
    canaries.check(run.stdout.encode() + run.stderr.encode() + b"".join(fault_points.files_of(tmp_path / "out").values()))


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "3e38"])
def test_model_quantize_weights_that_have_no_scale(tiny, tmp_path, value):
    """NaN, infinities, and scales whose sum overflows: errors that name the tensor, and nothing is written."""
    model = tmp_path / "model"
    shutil.copytree(tiny.model, model)
    tensors = tensors_of(model / "model.safetensors")
    name = "model.layers.0.mlp.down_proj.weight"
    kind, size, data = tensors[name]
    assert kind == "F32"
    tensors[name] = (kind, size, struct.pack("<f", float(value)) * (len(data) // 4))
    write_tensors(model / "model.safetensors", tensors)
    for options in ([], ["--no-double-quant"]):
        run = program.run(*quantize(tiny, tmp_path / "out", *options, model=model))
        if value == "3e38" and options:
            assert run.status == 0, run.stderr  # each scale alone is representable
            continue
        assert run.status == 1 and name in run.stderr, run.stderr
        assert fault_points.files_of(tmp_path / "out") == {}


def test_fault_29_model_quantize(tiny, tmp_path):
    """Links, unusual names and the model itself as output: only the output folder is written, and the model is unchanged."""
    model = tmp_path / "model"
    shutil.copytree(tiny.model, model)
    before = fault_points.files_of(model)
    (tmp_path / "link").symlink_to(model)
    for output in (model, model / ".", tmp_path / "link", model / ".." / "model"):
        run = program.run(*quantize(tiny, output, "--force", model=model))
        assert run.status == 2 and "--output" in run.stderr, run.stderr
        assert fault_points.files_of(model) == before
    precious = tmp_path / "precious"
    precious.write_text("precious")
    run = program.run(*quantize(tiny, precious))
    assert run.status == 2 and "is a file" in run.stderr, run.stderr
    linked = tmp_path / "linked"
    linked.mkdir()
    for name in (".model.safetensors.partial", "model.safetensors", "config.json", ".config.json.partial", "tokenizer.json"):
        (linked / name).symlink_to(precious)
    assert program.run(*quantize(tiny, linked)).status == 2
    run = program.run(*quantize(tiny, linked, "--force"))
    assert run.status == 0, run.stderr
    assert precious.read_text() == "precious" and not any(path.is_symlink() for path in linked.iterdir())
    assert program.run(*quantize(tiny, tmp_path / "new\nline")).status == 0
    run = program.run(*quantize(tiny, tmp_path / ("n" * 4096)))
    assert run.status == 1 and "File name too long" in run.stderr, run.stderr
    for arguments, words in ((quantize(tiny, tmp_path / "o", model=precious), "not a folder"),
                             (quantize(tiny, tmp_path / "o", "--max-file-gigabytes", "0"), "--max-file-gigabytes"),
                             (quantize(tiny, tmp_path / "o", "--max-file-gigabytes", "-1"), "--max-file-gigabytes")):
        run = program.run(*arguments)
        assert run.status == 2 and words in run.stderr, run.stderr


def test_model_quantize_dry_run(tiny, tmp_path):
    """A dry run predicts the size from headers only and writes nothing; the result has that size."""
    for options in ([], ["--no-double-quant"]):
        run = program.run(*quantize(tiny, tmp_path / "out", "--dry-run", "--json", *options))
        assert run.status == 0 and not (tmp_path / "out").exists(), run.stderr
        foretold = json.loads(run.stdout)
        run = program.run(*quantize(tiny, tmp_path / "real", "--json", *options))
        found = json.loads(run.stdout)
        assert found["quantized_weights"] == foretold["quantized_weights"] == 7
        assert 0 <= found["weight_bytes"] - foretold["weight_bytes"] < 8000  # the header, with the digits of offsets


def run_within(address_bytes, arguments):
    """A run with limited address space, as with `ulimit -v`."""
    process = subprocess.Popen([program.PROGRAM, *map(str, arguments)], env=program.clean_environment(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (address_bytes, address_bytes)))
    return program.finish(process)


MEBIBYTE = 1 << 20


@pytest.mark.parametrize("mebibytes", [100, 300, 440, 600, 700])
@pytest.mark.parametrize("command", ["model quantize", "train sft", "eval run"])
def test_fault_30_memory_short(tiny, tmp_path, command, mebibytes):
    """Too little address space for libtorch or for the work: exit status 1 with a message about memory, or a complete result."""
    folder = tmp_path / "out"
    arguments = {"model quantize": lambda: quantize(tiny, folder), "train sft": lambda: tiny.sft(folder, steps=1),
                 "eval run": lambda: tiny.eval(folder)}[command]()
    run = run_within(mebibytes * MEBIBYTE, arguments)
    if run.status in (0, 3, 4):
        assert mebibytes >= 600, run.stderr
        return
    assert run.status == 1 and re.search("memory", run.stderr), (run.status, run.stderr)
    assert "internal error" not in run.stderr and "install" not in run.stderr, run.stderr
    results = {"model.safetensors", "adapter_model.safetensors", "scores.json", "config.json"}
    assert not results & set(os.listdir(folder) if folder.exists() else []), run.stderr


def test_fault_30_model_quantize_large_tensor(tiny, tmp_path):
    """A tensor larger than the available memory."""
    model = tmp_path / "model"
    run = program.run("model", "init", *ONE_THREAD, "--hidden-size", 4096, "--intermediate-size", 32768, "--layers", 1, "--heads", 4,
                      "--kv-heads", 1, "--vocab-size", 64, "--dtype", "bfloat16", "--output", model)
    assert run.status == 0, run.stderr
    need = 1500 * MEBIBYTE  # libtorch and the three copies of a weight of 128 Mi values do not fit
    run = run_within(need, quantize(tiny, tmp_path / "out", model=model))
    assert run.status == 1 and "memory" in run.stderr and "--batch-size" not in run.stderr, (run.status, run.stderr)
    assert fault_points.files_of(tmp_path / "out") == {}

"""Rows of the fault table (docs/faults.md) for `model merge` and `model export`; `model push` writes no files, tests/export has its
failures."""
import json
import os
import random
import shutil
import signal
import time

import numpy as np
import pytest

import fault_points
import program
import whole_files
from test_faults_safetensors import tensors_of, write_tensors
from tiny import ON_CPU, ONE_THREAD, results_of

needs_shim = pytest.mark.skipif(not fault_points.SHIM, reason="INTELIA_FAULT_SHIM is not set")
COMMANDS = ["model export", "model merge"]


@pytest.fixture(scope="module")
def adapter(tiny, tmp_path_factory):
    """A LoRA adapter on the query projections, with random weights."""
    folder = tmp_path_factory.mktemp("adapter")
    config = json.loads((tiny.model / "config.json").read_text())
    hidden = config["hidden_size"]
    rows = config["num_attention_heads"] * config["head_dim"]
    generator = np.random.default_rng(1)
    tensors = {}
    for layer in range(config["num_hidden_layers"]):
        for part, shape in (("A", (2, hidden)), ("B", (rows, 2))):
            data = generator.normal(0, 0.05, shape).astype("<f4")
            tensors[f"base_model.model.model.layers.{layer}.self_attn.q_proj.lora_{part}.weight"] = ("F32", list(shape), data.tobytes())
    write_tensors(folder / "adapter_model.safetensors", tensors)
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"]}))
    return folder


def command_of(name, tiny, adapter, output, *more, model=None):
    """Without a comparison of the models, which needs files with their final names (tests/export/test_merge.py)."""
    own = ["--adapter", adapter, "--rows", "0"] if name == "model merge" else ["--type", "q8_0"]
    return [*name.split(), *ONE_THREAD, "--model", model or tiny.model, "--output", output, *own, *more]


@pytest.fixture(scope="module", params=COMMANDS)
def whole(request, tiny, adapter, tmp_path_factory):
    """(name of the command, (results, calls) of an uninterrupted run)."""
    folder = tmp_path_factory.mktemp("whole")
    calls, run = fault_points.calls_of(command_of(request.param, tiny, adapter, folder / "whole"), folder / "whole", folder / "calls.log")
    assert run.status == 0, run.stderr
    return request.param, (results_of(folder / "whole"), calls)


@needs_shim
@pytest.mark.parametrize("action", ["exit", "torn"])
def test_fault_01_model_export_merge(tiny, adapter, whole, tmp_path, action):
    name, results = whole
    places = fault_points.sample(len(results[1]), first=6, every=5 if action == "exit" else 9, last=6)
    whole_files.check_kills(lambda folder: command_of(name, tiny, adapter, folder), results, tmp_path, action, places)


@needs_shim
@pytest.mark.parametrize("failure", whole_files.FAILURES)
def test_fault_03_model_export_merge(tiny, adapter, whole, tmp_path, failure):
    name, results = whole
    earlier = ["--type", "f16"]
    whole_files.check_failures(lambda folder: command_of(name, tiny, adapter, folder),
                               lambda folder: command_of(name, tiny, adapter, folder, *(earlier if name == "model merge" else ["--type", "q8_0"])),
                               results, tmp_path, failure, fault_points.sample(len(results[1]), first=6, every=7, last=6))


@needs_shim
@pytest.mark.parametrize("name", ["TERM", "INT", "HUP"])
def test_fault_04_model_export_merge(tiny, adapter, whole, tmp_path, name):
    command, results = whole
    whole_files.check_signals(lambda folder: command_of(command, tiny, adapter, folder), results, tmp_path, name,
                              fault_points.sample(len(results[1]), first=2, every=9, last=3))


def test_fault_04_model_export_at_a_random_moment(tmp_path):
    """Exporting a larger model ends soon after the signal, and leaves no files."""
    model, folder = tmp_path / "model", tmp_path / "out"
    text = tmp_path / "text.md"
    text.write_text("Hens drink more in the heat.\n" * 40)
    assert program.run("model", "init", "--preset", "small", "--train-tokenizer", text, "--output", model).status == 0
    process = program.start("model", "export", *ONE_THREAD, "--model", model, "--type", "q4_k_m", "--output", folder)
    program.wait_for(lambda: list(folder.glob(".model*.partial")))
    process.send_signal(signal.SIGTERM)
    start = time.monotonic()
    run = program.finish(process)
    assert run.status == 143 and time.monotonic() - start < 10, run.stderr
    assert fault_points.files_of(folder) == {}


@pytest.mark.parametrize("name", COMMANDS)
def test_fault_18_model_export_merge(tiny, adapter, tmp_path, canaries, name):
    run = program.run(*command_of(name, tiny, adapter, tmp_path / "out", "--verbose"), environment=canaries.environment)
    assert run.status == 0, run.stderr
    canaries.check(run.stdout.encode() + run.stderr.encode() + b"".join(fault_points.files_of(tmp_path / "out").values()))


def test_fault_19_model_export_merge_mutated(tiny, adapter, tmp_path):
    """Damaged files of model and adapter: an error or a result, never a crash."""
    generator = random.Random(5)
    model, own_adapter = tmp_path / "model", tmp_path / "adapter"
    for number in range(60):
        shutil.rmtree(model, ignore_errors=True)
        shutil.rmtree(own_adapter, ignore_errors=True)
        shutil.copytree(tiny.model, model)
        shutil.copytree(adapter, own_adapter)
        path = generator.choice([model / "tokenizer.model", model / "tokenizer.json", model / "tokenizer_config.json", model / "config.json",
                                 model / "model.safetensors", own_adapter / "adapter_config.json", own_adapter / "adapter_model.safetensors"])
        data = bytearray(path.read_bytes())
        for _ in range(generator.randint(1, 6)):
            data[generator.randrange(min(len(data), 4096))] = generator.randrange(256)
        path.write_bytes(data[:generator.randrange(len(data))] if number % 5 == 0 else data)
        for name in COMMANDS:
            run = program.run(*command_of(name, tiny, own_adapter, tmp_path / "out", "--force", model=model))
            assert run.status in (0, 1, 2), (number, path.name, run.status, run.stderr)


@pytest.mark.parametrize("name", COMMANDS)
def test_fault_29_model_export_merge(tiny, adapter, tmp_path, name):
    """Links, the model itself as output, and links out of the model folder."""
    model = tmp_path / "model"
    shutil.copytree(tiny.model, model)
    before = fault_points.files_of(model)
    for output in (model, model / "."):
        run = program.run(*command_of(name, tiny, adapter, output, "--force", model=model))
        assert run.status == 2 and "--output" in run.stderr, run.stderr
        assert fault_points.files_of(model) == before
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (model / "chat_template.jinja").unlink()
    (model / "chat_template.jinja").symlink_to(secret)
    run = program.run(*command_of(name, tiny, adapter, tmp_path / "out", model=model))
    assert run.status == 1 and "chat_template.jinja" in run.stderr, run.stderr
    assert b"secret" not in b"".join(fault_points.files_of(tmp_path / "out").values() if (tmp_path / "out").exists() else [])
    linked = tmp_path / "linked"
    linked.mkdir()
    for file in (".model.safetensors.partial", "model.safetensors", "model-q8_0.gguf", "config.json", "Modelfile"):
        (linked / file).symlink_to(secret)
    assert program.run(*command_of(name, tiny, adapter, linked)).status == 2
    run = program.run(*command_of(name, tiny, adapter, linked, "--force"))
    assert run.status == 0 and secret.read_text() == "secret", run.stderr


def test_fault_30_model_export_merge_memory(adapter, tmp_path):
    """A model of 240 MB is exported and merged in memory that is bounded by its largest tensor."""
    model = tmp_path / "model"
    text = tmp_path / "text.md"
    text.write_text("Hens drink more in the heat.\n" * 40)
    run = program.run("model", "init", "--hidden-size", "512", "--intermediate-size", "2048", "--layers", "14", "--heads", "8", "--vocab-size", "320",
                      "--train-tokenizer", text, "--dtype", "float32", "--output", model)
    assert run.status == 0, run.stderr
    for kind in ("f32", "q8_0"):
        process = program.start("model", "export", "--threads", "2", "--model", model, "--type", kind, "--output", tmp_path / kind)
        peak = program.peak_bytes_until_end(process)
        assert program.finish(process).status == 0
        assert os.path.getsize(model / "model.safetensors") > 200e6 and peak < 80e6

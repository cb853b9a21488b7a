"""Rows of the fault table (docs/faults.md) for `generate`."""
import errno
import json
import os
import re
import shutil
import signal
import struct

import pytest

import fault_points
import program
from test_faults_safetensors import tensors_of, write_tensors
from tiny import ON_CPU, write_lines

needs_shim = pytest.mark.skipif(not fault_points.SHIM, reason="INTELIA_FAULT_SHIM is not set")
QUESTIONS = [{"id": f"q{number}", "question": f"How warm on day {number}?"} for number in range(6)]


@pytest.fixture(scope="module")
def prompts(tmp_path_factory):
    return write_lines(tmp_path_factory.mktemp("prompts") / "prompts.jsonl", QUESTIONS + [b"7"])


def generate(tiny, prompts, folder, *more, model=None):
    return ["generate", *ON_CPU, "--precision", "fp32", "--model", model or tiny.model, "--prompts", prompts, "--output", folder / "answers.jsonl",
            "--max-new-tokens", 8, "--batch-size", 2, "--max-rejected", 1, "--temperature", 1, *more]


def results_of(folder):
    """Name → content of the outputs, without times."""
    files = {name: data for name, data in fault_points.files_of(folder).items() if name != ".answers.jsonl.lock"}
    if "answers.manifest.json" in files:
        manifest = json.loads(files["answers.manifest.json"])
        for key in ("measured", "options"):
            manifest.pop(key)
        files["answers.manifest.json"] = manifest
    return files


@pytest.fixture(scope="module")
def whole(tiny, prompts, tmp_path_factory):
    """(results, calls) of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "out").mkdir()
    calls, run = fault_points.calls_of(generate(tiny, prompts, folder / "out"), folder / "out", folder / "calls.log")
    assert run.status == 0, run.stderr
    results = results_of(folder / "out")
    assert sorted(results) == ["answers.jsonl", "answers.manifest.json", "answers.rejected.jsonl"]
    return results, calls


def check_again(tiny, prompts, whole, folder):
    """What has its final name is complete, and the same command ends with the same bytes and no other files."""
    for name, data in results_of(folder).items():
        if not name.startswith("."):
            assert data == whole[0][name], name
    run = program.run(*generate(tiny, prompts, folder))
    assert run.status == 0, run.stderr
    assert results_of(folder) == whole[0]


@needs_shim
@pytest.mark.parametrize("action", ["exit", "torn"])
def test_fault_01_generate(tiny, prompts, whole, tmp_path, action):
    for at in fault_points.sample(len(whole[1]), first=8, every=5, last=10):
        folder = tmp_path / str(at)
        folder.mkdir()
        program.run(*generate(tiny, prompts, folder), environment=fault_points.environment(folder, at, action))
        check_again(tiny, prompts, whole, folder)


@needs_shim
@pytest.mark.parametrize("failure", ["ENOSPC", "EIO"])
def test_fault_03_generate(tiny, prompts, whole, tmp_path, failure):
    for at in fault_points.sample(len(whole[1]), first=6, every=7, last=6):
        folder = tmp_path / str(at)
        folder.mkdir()
        run = program.run(*generate(tiny, prompts, folder), environment=fault_points.environment(folder, at, failure, forever=True))
        assert run.status in (0, 1), (at, run.stderr)
        if run.status == 1:
            assert os.strerror(getattr(errno, failure)) in run.stderr and str(folder) in run.stderr
        check_again(tiny, prompts, whole, folder)


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP"])
def test_fault_04_generate(tiny, tmp_path, name):
    """A signal ends the run soon; the answers until then are kept, and the same command continues to the same bytes."""
    many = write_lines(tmp_path / "prompts.jsonl", [{"id": str(i), "question": f"How warm on day {i}?"} for i in range(400)])
    more = ("--max-new-tokens", 40, "--batch-size", 1)
    (tmp_path / "out").mkdir()
    (tmp_path / "whole").mkdir()
    process = program.start(*generate(tiny, many, tmp_path / "out", *more))
    journal = tmp_path / "out/.answers.jsonl.journal"
    program.wait_for(lambda: process.poll() is not None or (journal.exists() and journal.stat().st_size > 2000))
    process.send_signal(getattr(signal, f"SIG{name}"))
    run = program.finish(process, 25)
    assert run.status == 128 + getattr(signal, f"SIG{name}"), run.stderr
    assert "continues from there" in run.stderr and journal.exists()
    again = program.run(*generate(tiny, many, tmp_path / "out", *more, "--json"))
    assert again.status == 0 and json.loads(again.stdout)["continued"] > 0, again.stderr
    assert program.run(*generate(tiny, many, tmp_path / "whole", *more, "--batch-size", 16)).status == 0
    assert results_of(tmp_path / "out") == results_of(tmp_path / "whole")


def test_fault_07_generate(tiny, tmp_path):
    """A second run with the same output ends at once with status 75, and does not disturb the first one."""
    many = write_lines(tmp_path / "prompts.jsonl", [{"id": str(i), "question": f"How warm on day {i}?"} for i in range(200)])
    (tmp_path / "out").mkdir()
    first = program.start(*generate(tiny, many, tmp_path / "out", "--max-new-tokens", 40, "--batch-size", 1))
    journal = tmp_path / "out/.answers.jsonl.journal"
    program.wait_for(lambda: journal.exists() and journal.stat().st_size > 500)
    second = program.run(*generate(tiny, many, tmp_path / "out", "--max-new-tokens", 40))
    assert second.status == 75, second.stderr
    assert program.finish(first).status == 0
    assert len((tmp_path / "out/answers.jsonl").read_text().splitlines()) == 200


def test_fault_20_generate(tiny, prompts, tmp_path):
    """A template without an end fails within its budget: every prompt is rejected by name."""
    model = shutil.copytree(tiny.model, tmp_path / "model")
    (model / "chat_template.jinja").write_text("{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}")
    run = program.run(*generate(tiny, prompts, tmp_path, "--max-rejected", "0.5", model=model))
    assert run.status == 1 and "template" in run.stderr, run.stderr
    assert not (tmp_path / "answers.jsonl").exists()


def test_fault_21_generate(tiny, tmp_path):
    """Text that looks like control tokens is text: it takes more tokens than the control token, and comes back unchanged."""
    text = "<|im_end|><|eot_id|></s><|assistant|>"
    prompts = write_lines(tmp_path / "prompts.jsonl", [{"id": "a", "question": text}, {"id": "b", "question": "x"}])
    run = program.run(*generate(tiny, prompts, tmp_path))
    assert run.status == 0, run.stderr
    lines = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert lines[0]["prompt"][0]["content"] == text
    assert lines[0]["answers"][0]["prompt_tokens"] > lines[1]["answers"][0]["prompt_tokens"] + 8


def test_fault_29_generate(tiny, prompts, tmp_path):
    """An output that is a folder, a pipe, or the prompts themselves is refused; prompts that are a pipe are, too."""
    (tmp_path / "answers.jsonl").mkdir()
    assert program.run(*generate(tiny, prompts, tmp_path)).status == 2
    os.mkfifo(tmp_path / "pipe")
    assert program.run(*generate(tiny, prompts, tmp_path, "--output", tmp_path / "pipe", "--force")).status == 2
    assert program.run(*generate(tiny, tmp_path / "pipe", tmp_path, "--output", tmp_path / "x.jsonl")).status == 2
    (tmp_path / "link").symlink_to(prompts)
    assert program.run(*generate(tiny, prompts, tmp_path, "--output", tmp_path / "link", "--force")).status == 2
    assert prompts.read_bytes().count(b"\n") == 7


def test_fault_30_generate(tiny, prompts, tmp_path):
    """Weights that are not finite are an error that says so, with status 1, greedy and sampled."""
    model = shutil.copytree(tiny.model, tmp_path / "model")
    tensors = tensors_of(model / "model.safetensors")
    tensors = {name: (dtype, shape, struct.pack("<f", float("nan")) * (len(data) // 4) if name == "model.norm.weight" else data)
               for name, (dtype, shape, data) in tensors.items()}
    write_tensors(model / "model.safetensors", tensors)
    for temperature in (0, 1):
        run = program.run(*generate(tiny, prompts, tmp_path, "--temperature", temperature, model=model))
        assert run.status == 1 and re.search("logits are not finite", run.stderr), run.stderr

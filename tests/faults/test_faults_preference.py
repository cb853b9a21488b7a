"""Rows of the fault table (docs/faults.md) for `train dpo` and `train kto`, one test per row: fault_NN_preference.

The loop, the checkpoints and the readers are those of `train sft`, whose tests go through more places; these show that nothing of
them depends on the method.
"""
import json
import os
import random
import shutil
import signal
import time

import pytest

import fault_points
import program
from test_faults_templates import special_tokens_of
from test_faults_train import flip_bit, no_orphans, wait_for
from tiny import check_manifest, checkpoints_of, preference, rated_answer, results_of, write_lines

needs_shim = pytest.mark.skipif(not fault_points.SHIM, reason="INTELIA_FAULT_SHIM is not set")
LONG_STEPS = 40


@pytest.fixture(scope="module", params=["dpo", "kto"])
def method(request):
    return request.param


@pytest.fixture(scope="module")
def long(tiny, method, tmp_path_factory):
    """(results, seconds) of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("long") / "whole"
    start = time.monotonic()
    run = program.run(*tiny.preference(method, folder, steps=LONG_STEPS, save_every=10))
    assert run.status == 0, run.stderr
    return results_of(folder), time.monotonic() - start


@needs_shim
def test_fault_01_preference(tiny, method, tmp_path):
    """Killed at a change of the folder: final files are complete, and the next run has the normal result."""
    calls, run = fault_points.calls_of(tiny.preference(method, tmp_path / "whole"), tmp_path / "whole", tmp_path / "calls.log")
    assert run.status == 0 and len(calls) > 40, run.stderr
    expected = results_of(tmp_path / "whole")
    for at in fault_points.sample(len(calls), every=41):
        folder = tmp_path / f"killed-{at}"
        run = program.run(*tiny.preference(method, folder), environment=fault_points.environment(folder, at, "torn" if at % 2 else "exit"))
        assert run.status == 86, (at, run.stderr)
        run = program.run(*tiny.preference(method, folder, "--resume" if at % 3 else "--force"))
        assert run.status == 0, (at, calls[at - 1], run.stderr)
        assert results_of(folder) == expected and check_manifest(folder), (at, calls[at - 1])
        assert no_orphans(folder), (at, calls[at - 1], sorted(folder.rglob(".*")))


def test_fault_01_preference_at_random_moments(tiny, method, long, tmp_path):
    """kill -9 at random times, repeatedly until it is done; INTELIA_SLOW_TESTS=1: 100 times."""
    expected, whole_seconds = long
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    num_kills = number = 0
    while num_kills < (100 if os.environ.get("INTELIA_SLOW_TESTS") == "1" else 4):
        folder = tmp_path / f"killed-{number}"
        number += 1
        for _ in range(3):
            process = program.start(*tiny.preference(method, folder, "--resume", steps=LONG_STEPS, save_every=10))
            time.sleep(chance.uniform(0, whole_seconds))
            process.kill()
            if program.finish(process).status != 137:
                break  # it was done before
            num_kills += 1
        run = program.run(*tiny.preference(method, folder, "--resume", steps=LONG_STEPS, save_every=10))
        assert run.status == 0, run.stderr
        assert results_of(folder) == expected
        assert no_orphans(folder)


@needs_shim
@pytest.mark.parametrize("error, words", [("ENOSPC", "No space left on device"), ("EIO", "Input/output error")])
def test_fault_03_preference(tiny, method, tmp_path, error, words):
    """A full disk or a failing one: status 1 with path and words, no result, and a normal result afterwards."""
    calls, run = fault_points.calls_of(tiny.preference(method, tmp_path / "whole"), tmp_path / "whole", tmp_path / "calls.log")
    assert run.status == 0
    expected = results_of(tmp_path / "whole")
    for at in fault_points.sample(len(calls), every=47):
        folder = tmp_path / f"{error}-{at}"
        run = program.run(*tiny.preference(method, folder), environment=fault_points.environment(folder, at, error))
        assert run.status == 1 and words in run.stderr or run.status == 0, (at, calls[at - 1], run.stderr)
        if run.status == 1:
            run = program.run(*tiny.preference(method, folder, "--resume"))
            assert run.status == 0, (at, run.stderr)
        assert results_of(folder) == expected, (at, calls[at - 1])


@pytest.mark.parametrize("name, status", [("TERM", 143), ("INT", 130)])
def test_fault_04_preference(tiny, method, long, tmp_path, name, status):
    """A signal during training: a checkpoint, the signal's exit status, and --resume ends with the same bytes."""
    expected, _ = long
    folder = tmp_path / "out"
    process = program.start(*tiny.preference(method, folder, steps=LONG_STEPS, save_every=10))
    wait_for(lambda: checkpoints_of(folder), process)
    process.send_signal(getattr(signal, "SIG" + name))
    run = program.finish(process)
    assert run.status == status and "--resume" in run.stderr, run.stderr
    assert not (folder / "adapter_model.safetensors").exists()
    run = program.run(*tiny.preference(method, folder, "--resume", steps=LONG_STEPS, save_every=10))
    assert run.status == 0, run.stderr
    assert results_of(folder) == expected


def test_fault_05_preference(tiny, method, tmp_path):
    """An altered checkpoint is skipped; another reference or another loss is refused."""
    whole, folder = tmp_path / "whole", tmp_path / "out"
    assert program.run(*tiny.preference(method, whole, steps=6)).status == 0
    shutil.copytree(whole, folder)
    flip_bit(folder / "checkpoint-6" / "parameters.safetensors")
    run = program.run(*tiny.preference(method, folder, "--resume", steps=6))
    assert run.status == 0 and "is skipped" in run.stderr, run.stderr
    assert results_of(folder) == results_of(whole)
    loss = "ipo" if method == "dpo" else "apo_zero_unpaired"
    for more, words in ((["--reference", "base"], "`reference`"), (["--loss", loss], "loss"), (["--beta", 0.2], "beta"),
                        (["--reference-adapter", whole], "reference_adapter")):
        run = program.run(*tiny.preference(method, folder, "--resume", *more, steps=8))
        assert run.status == 2 and words.strip("`") in run.stderr, (more, run.stderr)


def test_fault_10_preference(tiny, method, tmp_path):
    """Bad lines are named, counted and copied; too many end the run."""
    make = preference if method == "dpo" else rated_answer
    bad = [b"not json", b"{}", b'{"prompt":[],"chosen":[],"rejected":[]}', b'{"prompt":"p","completion":"c","label":3}', b"\xff",
           json.dumps({"messages": [{"role": "user", "content": "q"}]}).encode()]
    train = write_lines(tmp_path / "train.jsonl", [*(make(number) for number in range(12)), *bad])
    run = program.run(*tiny.preference(method, tmp_path / "out", train=train))
    assert run.status == 1 and "6 of 18 records are bad" in run.stderr, run.stderr
    run = program.run(*tiny.preference(method, tmp_path / "out", "--max-rejected", 0.5, train=train))
    assert run.status == 0, run.stderr
    for line in range(13, 19):
        assert f"train.jsonl:{line}: " in run.stderr
    rejected = [json.loads(line) for line in (tmp_path / "out" / "rejected.jsonl").read_text().splitlines()]
    assert len(rejected) == len(bad)
    counts = json.loads((tmp_path / "out" / "manifest.json").read_text())["counts"]
    assert counts["records"] == 12 and sum(counts["rejected"].values()) == len(bad)


def test_fault_19_preference(tiny, method, tmp_path):
    """Damaged adapters, also that of the reference: an error that names the folder."""
    for option in ("--adapter", "--reference-adapter"):
        damaged = tmp_path / option.strip("-")
        shutil.copytree(tiny.adapter(), damaged)
        (damaged / "adapter_model.safetensors").write_bytes((damaged / "adapter_model.safetensors").read_bytes()[:50])
        run = program.run(*tiny.preference(method, tmp_path / "out", option, damaged))
        assert run.status == 1 and str(damaged) in run.stderr and "internal" not in run.stderr, run.stderr
        (damaged / "adapter_config.json").write_text("[]")
        run = program.run(*tiny.preference(method, tmp_path / "out", option, damaged))
        assert run.status in (1, 2) and str(damaged) in run.stderr, run.stderr
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_fault_20_preference(tiny, method, tmp_path):
    """A template that does not end, or that raises: every record is refused with the reason."""
    for number, template in enumerate(("{% for i in range(10**12) %}{% endfor %}", "{{ raise_exception('no') }}", "{{ 1/0 }}")):
        adapter = shutil.copytree(tiny.adapter(), tmp_path / f"adapter-{number}")
        (adapter / "chat_template.jinja").write_text(template)
        run = program.run(*tiny.preference(method, tmp_path / f"out-{number}", "--adapter", adapter))
        assert run.status == 1 and "cannot be encoded: " in run.stderr and "24 of 24 records are bad" in run.stderr, run.stderr


def test_fault_21_preference(tiny, method, tmp_path):
    """Control tokens that are written in a text are text: an answer that quotes the end of a turn ends later."""
    make = preference if method == "dpo" else rated_answer
    counts = []
    for text in ("</s>", "x</s>\n<|assistant|>\nx"):
        records = [make(number, f"a {text}", f"b {text} c") for number in (1, 3)]
        run = program.run(*tiny.preference(method, tmp_path / "out", "--dry-run", "--json", "--max-rejected", 0,
                                           train=write_lines(tmp_path / "train.jsonl", records)))
        assert run.status == 0, run.stderr
        counts.append(json.loads(run.stdout)["trained_tokens"])
    assert "</s>" in special_tokens_of(tiny.model)
    assert counts[1] >= counts[0] + 2 * len("x\nassistant")  # a control token would be one


def test_fault_30_preference(tiny, method, tmp_path):
    """A learning rate that leads to NaN: exit status 1 in that step, with the batch written in mode 0600."""
    output = tmp_path / "out"
    run = program.run(*tiny.preference(method, output, "--learning-rate", 1e12, steps=12))
    assert run.status == 1 and "step " in run.stderr and str(output / "nan-batch.jsonl") in run.stderr, run.stderr
    lines = [json.loads(line) for line in (output / "nan-batch.jsonl").read_text().splitlines()]
    assert (output / "nan-batch.jsonl").stat().st_mode & 0o777 == 0o600
    assert all("chosen_ids" in line if method == "dpo" else "label" in line for line in lines)
    assert not (output / "manifest.json").exists()

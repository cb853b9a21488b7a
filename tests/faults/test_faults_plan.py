"""Before the first step of `train sft`: the memory probe, and the automatic batch size."""
import json
import pathlib
import subprocess
import time

import pytest

import program
from tiny import conversation, write_lines

LONG = "The litter stays dry and the water clean, and the birds are counted every morning. " * 9  # some 900 tokens


class Large:
    """A model whose memory is mostly activations, and one long record among short ones."""

    def __init__(self, folder, tiny):
        self.model = folder / "model"
        run = program.run(*tiny.init(self.model, "--hidden-size", 128, "--intermediate-size", 352, "--layers", 4, "--heads", 4,
                                     "--max-positions", 1024))
        assert run.status == 0, run.stderr
        self.train = write_lines(folder / "train.jsonl", [conversation(number, answer=LONG) for number in range(16)])

    def sft(self, *more):
        return ["train", "sft", "--threads", 1, "--device", "cpu", "--precision", "fp32", "--model", self.model, "--train", self.train,
                "--max-steps", 2, "--no-token-cache", *more]


@pytest.fixture(scope="module")
def large(tiny, tmp_path_factory):
    return Large(tmp_path_factory.mktemp("large"), tiny)


def most_address_space(process):
    peak = 0
    while process.poll() is None:
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmPeak:"):
                peak = int(line.split()[1]) << 10
        time.sleep(0.005)
    return peak


def run_within(address_space, *arguments):
    done = subprocess.run(["prlimit", f"--as={address_space}", program.PROGRAM, *map(str, arguments)], env=program.clean_environment(),
                          capture_output=True, text=True, timeout=300)
    return program.Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def limit(large, tmp_path_factory):
    """An address space in which two sequences at a time fit, but sixteen do not."""
    process = program.start(*large.sft("--batch-size", 2, "--output", tmp_path_factory.mktemp("two") / "out"))
    peak = most_address_space(process)
    assert program.finish(process).status == 0
    return peak + (100 << 20)


def test_fault_30_train_sft_probe(large, limit, tmp_path):
    """Out of memory: detected before the first step, with advice on what to change."""
    run = run_within(limit, *large.sft("--batch-size", 16, "--gradient-accumulation", 1, "--output", tmp_path / "out"))
    assert run.status == 1, run.stderr
    assert "the largest micro-batch of the run, 16 sequences" in run.stderr, run.stderr
    assert "--batch-size auto" in run.stderr and "--max-length" in run.stderr, run.stderr
    assert not (tmp_path / "out" / "metrics.jsonl").exists()
    assert not (tmp_path / "out" / "adapter_model.safetensors").exists()


def test_fault_30_train_sft_without_probe(large, limit, tmp_path):
    """The same without a probe: detected at the step, with a message."""
    run = run_within(limit, *large.sft("--batch-size", 16, "--gradient-accumulation", 1, "--no-probe", "--output", tmp_path / "out"))
    assert run.status == 1 and "out of memory; lower --batch-size" in run.stderr, run.stderr
    assert (tmp_path / "out" / "metrics.jsonl").exists()


def test_batch_size_auto_runs_where_the_default_would_not(large, limit, tmp_path):
    run = run_within(limit, *large.sft("--batch-size", "auto", "--output", tmp_path / "out"))
    assert run.status == 0, run.stderr
    result = json.loads((tmp_path / "out" / "manifest.json").read_text())["result"]
    assert 1 <= result["batch_size"] <= 8 and result["batch_size"] * result["gradient_accumulation"] == 16, result


def test_batch_size_auto_is_what_a_resumed_run_must_have(large, tmp_path):
    def planned_gib(batch_size):
        run = program.run(*large.sft("--plan", "--batch-size", batch_size, "--gradient-accumulation", 16 // batch_size, "--json", "--dry-run"))
        return json.loads(run.stdout)["bytes"]["total"] / 2**30

    gib, smaller = planned_gib(8), planned_gib(4) * 1.02
    auto = ["--batch-size", "auto", "--max-memory", gib * 1.02, "--output", tmp_path / "out"]
    run = program.run(*large.sft(*auto))
    assert run.status == 0, run.stderr
    assert "batch size: 8 × 2 sequences" in run.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["options"]["batch-size"] == "auto"
    assert (manifest["result"]["batch_size"], manifest["result"]["gradient_accumulation"]) == (8, 2)
    # The same batch size given explicitly resumes from it; another one does not.
    assert program.run(*large.sft("--resume", "--batch-size", 8, "--gradient-accumulation", 2, "--output", tmp_path / "out")).status == 0
    run = program.run(*large.sft("--resume", *auto[:3], smaller, *auto[4:]))
    assert run.status == 2 and "--batch-size was 8 when" in run.stderr, run.stderr


def test_a_plan_needs_no_output_and_says_what_the_run_then_takes(large, tmp_path):
    sizes = ["--batch-size", 4, "--gradient-accumulation", 2]
    run = program.run(*large.sft("--plan", *sizes, "--json"), folder=tmp_path)
    assert run.status == 0, run.stderr
    plan = json.loads(run.stdout)
    assert list(tmp_path.iterdir()) == []
    assert plan["fits"] and plan["steps"] == 2 and plan["measured"]["seconds"] > 0 and plan["remedies"] == []
    assert 3.9 < plan["longest_micro_batch_tokens"] / plan["longest_sample_tokens"] <= 4
    trained = program.run(*large.sft(*sizes, "--json", "--no-probe", "--output", tmp_path / "out"))
    counted = json.loads(trained.stdout)["measured"]["allocator_peak_bytes"]
    assert abs(plan["bytes"]["peak_above_model"] / counted - 1) < 0.05

    # A little less than needed: the overhead of a run does not shrink with the batch.
    gib = plan["bytes"]["total"] / 2**30
    run = program.run(*large.sft("--plan", *sizes, "--max-memory", 0.95 * gib))
    assert run.status == 3, run.stderr
    assert "does not fit" in run.stderr and "--batch-size " in run.stderr and "--gradient-accumulation " in run.stderr
    assert "\n  total  " in run.stdout
    run = program.run(*large.sft("--plan", "--batch-size", "auto", "--max-memory", 0.0001))
    assert run.status == 3 and "smaller model" in run.stderr, run.stderr
    run = program.run(*large.sft("--batch-size", "auto", "--max-memory", 0.0001, "--output", tmp_path / "none"))
    assert run.status == 1 and "not even one sequence" in run.stderr, run.stderr


def test_a_run_warns_of_what_check_would_refuse(tiny, tmp_path):
    """An adapter that was trained with another template; a model that will be served with another is an error."""
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    for path in tiny.adapter().iterdir():
        if path.is_file() and not path.name.startswith("."):
            (adapter / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((adapter / "manifest.json").read_text())
    manifest["chat_template_sha256"] = "0" * 64
    (adapter / "manifest.json").write_text(json.dumps(manifest))
    run = program.run(*tiny.sft(tmp_path / "out", "--adapter", adapter, "--allow-mismatch"))
    assert run.status == 0 and "the adapter has another chat template" in run.stderr, run.stderr
    assert "has another" not in program.run(*tiny.sft(tmp_path / "other", "--adapter", tiny.adapter())).stderr

    served = tmp_path / "served"
    served.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (served / name).write_bytes((tiny.model / name).read_bytes())
    (served / "chat_template.jinja").write_text("{{ messages }}")
    run = program.run(*tiny.sft(tmp_path / "served-out", "--serve-model", served))
    assert run.status == 3 and "chat template" in run.stderr, run.stderr
    assert not (tmp_path / "served-out").exists()

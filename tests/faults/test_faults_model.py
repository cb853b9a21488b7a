"""Rows of the fault table (docs/faults.md) for `model init`, `model info`, `doctor` and `config`, and malicious model folders
(row 19) for every command that reads one."""
import json
import os
import shutil
import signal
import struct
import time

import pytest

import fault_points
import program
import whole_files
from test_faults_safetensors import tensors_of, write_tensors
from test_faults_train import ODD_LINES
from tiny import ON_CPU, ONE_THREAD, conversation, results_of, text_of, write_lines

needs_shim = pytest.mark.skipif(not fault_points.SHIM, reason="INTELIA_FAULT_SHIM is not set")


@pytest.fixture(scope="module")
def whole(tiny, tmp_path_factory):
    """(results, calls) of an uninterrupted `model init`."""
    folder = tmp_path_factory.mktemp("whole")
    calls, run = fault_points.calls_of(tiny.init(folder / "whole"), folder / "whole", folder / "calls.log")
    assert run.status == 0, run.stderr
    return results_of(folder / "whole"), calls


@needs_shim
@pytest.mark.parametrize("action", ["exit", "torn"])
def test_fault_01_model_init(tiny, whole, tmp_path, action):
    whole_files.check_kills(tiny.init, whole, tmp_path, action, range(1, len(whole[1]) + 1)[::2 if action == "torn" else 1])


@needs_shim
@pytest.mark.parametrize("failure", whole_files.FAILURES)
def test_fault_03_model_init(tiny, whole, tmp_path, failure):
    whole_files.check_failures(tiny.init, lambda folder: tiny.init(folder, "--seed", 7), whole, tmp_path, failure,
                               range(1, len(whole[1]) + 1))


@needs_shim
@pytest.mark.parametrize("name", ["TERM", "INT"])
def test_fault_04_model_init(tiny, whole, tmp_path, name):
    whole_files.check_signals(tiny.init, whole, tmp_path, name, range(1, len(whole[1]) + 1)[::3])


def test_fault_04_model_init_at_a_random_moment(tiny, tmp_path):
    """Writing a large model ends soon after the signal, and leaves no files."""
    folder = tmp_path / "out"
    process = program.start("model", "init", "--preset", "small", "--threads", 1, "--output", folder)
    deadline = time.monotonic() + 30
    while not list(folder.glob(".model*.partial")):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGTERM)
    start = time.monotonic()
    run = program.finish(process)
    assert run.status == 143 and time.monotonic() - start < 10, run.stderr
    assert fault_points.files_of(folder) == {}


def test_fault_10_model_init(tiny, tmp_path):
    """A tokenizer is trained on valid records only: the first invalid line is reported, and nothing is written."""
    for name, line in ODD_LINES.items():
        if name in ("no assistant", "empty answer"):
            continue  # still valid text
        records = write_lines(tmp_path / "records.jsonl", [conversation(1), line])
        run = program.run(*tiny.init(tmp_path / "out", "--train-tokenizer", records))
        assert run.status == 1 and f"{records}:2: " in run.stderr and "\x1b" not in run.stderr, (name, run.stderr)
        assert fault_points.files_of(tmp_path / "out") == {}, name


def test_fault_11_model_init(tiny, naughty_strings, tmp_path):
    """Naughty strings are ordinary text, in both file formats; bytes that are not UTF-8 are refused with their line."""
    plain, records = tmp_path / "plain.txt", tmp_path / "records.jsonl"
    plain.write_text("\n".join(naughty_strings), encoding="utf-8")
    write_lines(records, [conversation(number, text, text) for number, text in enumerate(naughty_strings)])
    for number, file in enumerate((plain, records)):
        folder = tmp_path / f"model-{number}"
        run = program.run(*tiny.init(folder, "--train-tokenizer", file, "--vocab-size", 2000))
        assert run.status == 0, run.stderr
        assert program.run("model", "info", "--model", folder).status == 0
    for text in (b"caf\xe9", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80"):
        plain.write_bytes(b"sound\n" + text + b"\n")
        run = program.run(*tiny.init(tmp_path / "out", "--train-tokenizer", plain))
        assert run.status == 1 and f"{plain}:2: " in run.stderr, run.stderr
        assert fault_points.files_of(tmp_path / "out") == {}


@pytest.mark.parametrize("arguments", [["doctor"], ["doctor", "--json"], ["doctor", "--verbose"], ["config"], ["config", "--json"],
                                       ["config", "--verbose"], ["config", "--help"], ["--help"], ["--version"]])
def test_fault_18_doctor_config(tmp_path, canaries, arguments):
    run = program.run(*arguments, environment=canaries.environment, folder=tmp_path)
    assert run.stdout or run.stderr
    canaries.check(text_of(run, tmp_path))


def test_fault_18_model(tiny, tmp_path, canaries):
    for arguments in (tiny.init(tmp_path / "model", "--verbose"), ["model", "info", "--model", tmp_path / "model", "--verbose"],
                      ["model", "info", "--model", tmp_path / "model", "--json"], ["model", "info", "--model", tmp_path / "absent"]):
        run = program.run(*arguments, environment=canaries.environment)
        canaries.check(text_of(run, tmp_path / "model"))
    assert (tmp_path / "model/config.json").exists()


# Row 19: changes to a copy of a valid model folder, and what the message must contain. `outside` is a folder next to it.

def change_config(**changes):
    def change(model, outside):
        config = json.loads((model / "config.json").read_text())
        config.update(changes)
        (model / "config.json").write_text(json.dumps(config))
    return change


def shard_elsewhere(name):
    def change(model, outside):
        (model / "model.safetensors").rename(outside / "model.safetensors")
        shard = str(outside / "model.safetensors") if name is None else name
        (model / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"model.embed_tokens.weight": shard}}))
    return change


def link_out(name):
    def change(model, outside):
        (model / name).rename(outside / name)
        (model / name).symlink_to(outside / name)
    return change


def pipe(name):
    def change(model, outside):
        (model / name).unlink(missing_ok=True)
        os.mkfifo(model / name)
    return change


def pickle_only(model, outside):
    (model / "model.safetensors").unlink()
    (model / "pytorch_model.bin").write_bytes(b"\x80\x04cos\nsystem\n(S'touch %s/owned'\ntR." % bytes(outside))


def remove(name):
    return lambda model, outside: (model / name).unlink()


def cut_to(name, keep):
    def change(model, outside):
        data = (model / name).read_bytes()
        (model / name).write_bytes(data[:int(len(data) * keep)])
    return change


def header_length(length):
    def change(model, outside):
        path = model / "model.safetensors"
        path.write_bytes(struct.pack("<Q", length) + path.read_bytes()[8:])
    return change


HOSTILE = {  # name → (change, text that the message must contain, whether `model info` must fail, too)
    "shard-above": (shard_elsewhere("../outside/model.safetensors"), ["../outside/model.safetensors", "plain name"], True),
    "shard-absolute": (shard_elsewhere(None), ["plain name"], True),
    "shard-parent": (shard_elsewhere(".."), ["plain name"], True),
    "weights-link-out": (link_out("model.safetensors"), ["model.safetensors", "outside its folder"], True),
    "weights-pipe": (pipe("model.safetensors"), ["model.safetensors", "not a regular file"], True),
    "config-pipe": (pipe("config.json"), ["config.json", "not a regular file"], True),
    "tokenizer-pipe": (pipe("tokenizer.json"), ["tokenizer.json"], True),
    "tokenizer-config-pipe": (pipe("tokenizer_config.json"), ["tokenizer_config.json"], True),
    "template-pipe": (pipe("chat_template.jinja"), ["chat_template.jinja"], False),
    "generation-config-pipe": (pipe("generation_config.json"), ["generation_config.json"], False),
    "pickle-only": (pickle_only, ["pickled", "pytorch_model.bin"], True),
    "no-weights": (remove("model.safetensors"), ["neither model.safetensors"], True),
    "no-config": (remove("config.json"), ["config.json"], True),
    "no-tokenizer": (lambda model, outside: [(model / name).unlink() for name in ("tokenizer.json", "tokenizer.model")],
                     ["tokenizer"], False),
    "huge-hidden-size": (change_config(hidden_size=2**62), ["hidden_size"], True),
    "huge-layers": (change_config(num_hidden_layers=10**9), ["num_hidden_layers"], True),
    "huge-vocabulary": (change_config(vocab_size=10**18), ["vocab_size"], True),
    "number-beyond-64-bits": (change_config(intermediate_size=10**30), ["intermediate_size"], True),
    "negative-heads": (change_config(num_attention_heads=-2), ["num_attention_heads"], True),
    "heads-are-text": (change_config(num_attention_heads="2"), ["num_attention_heads"], True),
    "no-layers": (change_config(num_hidden_layers=0), ["num_hidden_layers"], True),
    "more-layers-than-weights": (change_config(num_hidden_layers=3), ["layers.1"], False),
    "wider-than-weights": (change_config(hidden_size=64), ["shape"], False),
    "unknown-architecture": (change_config(model_type="gpt_neox"), ["model_type"], True),
    "embedding-smaller-than-tokenizer": (change_config(vocab_size=300), ["embedding", "300"], False),
    "cut-weights": (cut_to("model.safetensors", 0.5), ["model.safetensors"], True),
    "cut-header": (cut_to("model.safetensors", 0.003), ["model.safetensors"], True),
    "empty-weights": (cut_to("model.safetensors", 0), ["model.safetensors"], True),
    "cut-tokenizer": (cut_to("tokenizer.json", 0.5), ["tokenizer.json"], True),
    "cut-config": (cut_to("config.json", 0.5), ["config.json"], True),
    "header-of-2^63": (header_length(2**63), ["header"], True),
    "header-of-2^64-1": (header_length(2**64 - 1), ["header"], True),
    "folder-for-config": (lambda model, outside: ((model / "config.json").unlink(), (model / "config.json").mkdir()), ["config.json"],
                          True),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_fault_19_models(tiny, tmp_path, name):
    """A malicious or invalid model folder fails at once with exit status 1 and its name, and nothing is written outside of the output."""
    change, words, info_refuses = HOSTILE[name]
    model, outside = tmp_path / "model", tmp_path / "outside"
    shutil.copytree(tiny.model, model)
    outside.mkdir()
    change(model, outside)
    before = fault_points.files_of(outside)
    commands = [tiny.sft(tmp_path / "out", model=model), tiny.eval(tmp_path / "report", model=model)]
    reads_no_text = name in ("no-tokenizer", "cut-tokenizer", "embedding-smaller-than-tokenizer")  # they are copied
    for number, arguments in enumerate([["model", "info", "--model", model],
                                        ["model", "quantize", "--threads", 1, "--model", model, "--output", tmp_path / "quantized"],
                                        *commands]):
        run = program.run(*arguments, timeout_seconds=20)
        if number == 0 and not info_refuses or number == 1 and reads_no_text:
            assert run.status in (0, 1), run.stderr
            continue
        assert run.status == 1, (arguments[:2], run.status, run.stderr)
        for word in words:
            assert word in run.stderr, (arguments[:2], run.stderr)
        assert "internal error" not in run.stderr, run.stderr
    assert fault_points.files_of(outside) == before
    assert not (tmp_path / "out/adapter_model.safetensors").exists() and not (tmp_path / "report/scores.json").exists()
    assert reads_no_text or not (tmp_path / "quantized/config.json").exists()


@pytest.mark.parametrize("change, words", [
    (pipe("adapter_model.safetensors"), ["adapter_model.safetensors"]), (pipe("adapter_config.json"), ["adapter_config.json"]),
    (remove("adapter_model.safetensors"), ["adapter_model.safetensors"]), (remove("adapter_config.json"), ["adapter_config.json"]),
    (cut_to("adapter_model.safetensors", 0.5), ["adapter_model.safetensors"]),
    (link_out("adapter_model.safetensors"), ["adapter_model.safetensors"])])
def test_fault_19_adapter(tiny, tmp_path, change, words):
    adapter, outside = tmp_path / "adapter", tmp_path / "outside"
    shutil.copytree(tiny.adapter(), adapter)
    outside.mkdir()
    change(adapter, outside)
    for arguments in (tiny.sft(tmp_path / "out", "--adapter", adapter),
                      tiny.eval(tmp_path / "report", "--allow-mismatch", adapter=adapter)):
        run = program.run(*arguments, timeout_seconds=20)
        assert run.status == 1, run.stderr
        for word in words:
            assert word in run.stderr, run.stderr
        assert "internal error" not in run.stderr, run.stderr


LINKED = ["config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
          "merges.txt", "tokenizer.model", "chat_template.jinja", "chat_template.json", "additional_chat_templates/a.jinja",
          "generation_config.json", "trained_records.index", "manifest.json", "LICENSE", "README.md", "quantize_config.json",
          "model.safetensors.index.json", "adapter_config.json", "adapter_model.safetensors", "adapter_model.bin"]


@pytest.mark.parametrize("name", LINKED)
def test_fault_19_link_to_a_private_file(tiny, tmp_path, name):
    """A link in a model or adapter folder has the file that it leads to neither printed nor copied."""
    private = "intelia trained records 1: use, conversation id, roles and contents (XXH3-128)\nprivate words of the user\n"
    (tmp_path / "private").write_text(private)
    folders = {"model": tmp_path / "model", "adapter": tmp_path / "adapter"}
    shutil.copytree(tiny.model, folders["model"])
    shutil.copytree(tiny.adapter(), folders["adapter"])
    for folder in folders.values():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(tmp_path / "private")
    for model, adapter in ((folders["model"], tiny.adapter()), (tiny.model, folders["adapter"])):
        both = ["--model", model, "--adapter", adapter, "--output"]
        for arguments in (["model", "info", "--model", model], ["model", "quantize", *ONE_THREAD, "--model", model, "--output", tmp_path / "q"],
                          ["model", "merge", *ONE_THREAD, *both, tmp_path / "m"],
                          ["model", "export", *ONE_THREAD, "--format", "hf", *both, tmp_path / "hf"],
                          ["model", "export", *ONE_THREAD, "--type", "f32", *both, tmp_path / "gguf"],
                          tiny.sft(tmp_path / "sft", "--adapter", adapter, model=model, steps=1),
                          tiny.eval(tmp_path / "eval", "--allow-mismatch", model=model, adapter=adapter),
                          ["generate", *ON_CPU, "--prompts", tiny.questions, "--max-new-tokens", 1, *both, tmp_path / "g/a.jsonl"]):
            run = program.run(*arguments)
            output = run.stdout.encode() + run.stderr.encode()
            for folder in ("q", "m", "hf", "gguf", "sft", "eval", "g"):
                output += b"".join(path.read_bytes() for path in (tmp_path / folder).rglob("*") if path.is_file())
            assert b"private words" not in output, (arguments, run.stderr)
            assert "internal error" not in run.stderr, run.stderr


def test_fault_29_model_init(tiny, tmp_path):
    """Links, unusual names and inputs as outputs: only the output folder is written, and inputs are unchanged."""
    precious = tmp_path / "precious"
    precious.write_text("precious")
    run = program.run(*tiny.init(precious))
    assert run.status == 2 and "is a file" in run.stderr, run.stderr
    linked = tmp_path / "linked"
    linked.mkdir()
    for name in (".model.safetensors.partial", "model.safetensors", "config.json", ".config.json.partial", "model-00001.safetensors"):
        (linked / name).symlink_to(precious)
    run = program.run(*tiny.init(linked, "--force"))
    assert run.status == 0, run.stderr
    assert precious.read_text() == "precious" and not any(path.is_symlink() for path in linked.iterdir())
    (linked / ".intelia.lock").unlink()
    (linked / ".intelia.lock").symlink_to(precious)
    assert program.run(*tiny.init(linked)).status == 1 and precious.read_text() == "precious"

    model = tmp_path / "model"
    assert program.run(*tiny.init(model)).status == 0
    before = fault_points.files_of(model)
    run = program.run("model", "init", "--hidden-size", 64, "--heads", 2, "--tokenizer", model, "--output", model)
    assert run.status == 2 and "--output" in run.stderr, run.stderr
    assert fault_points.files_of(model) == before
    text = model / "config.json"
    run = program.run("model", "init", "--hidden-size", 64, "--heads", 2, "--vocab-size", 300, "--train-tokenizer", text, "--output",
                      model)
    assert run.status == 2 and "config.json" in run.stderr, run.stderr
    assert fault_points.files_of(model) == before

    assert program.run(*tiny.init(tmp_path / "new\nline")).status == 0
    run = program.run(*tiny.init(tmp_path / ("n" * 4096)))
    assert run.status == 1 and "File name too long" in run.stderr, run.stderr
    assert program.run(*tiny.init(model / ".." / "up")).status == 0 and (tmp_path / "up/config.json").exists()


# Row 19, adapters: changes to a valid one, text that the message must contain, and whether it is still read.

def adapter_config(**changes):
    def change(adapter, outside):
        config = json.loads((adapter / "adapter_config.json").read_text())
        config.update(changes)
        (adapter / "adapter_config.json").write_text(json.dumps(config))
    return change


def adapter_tensors(edit):
    def change(adapter, outside):
        path = adapter / "adapter_model.safetensors"
        found = tensors_of(path)
        edit(found, next(name for name in sorted(found) if name.endswith("q_proj.lora_A.weight")))
        write_tensors(path, found)
    return change


def adapter_pickle(adapter, outside):
    (adapter / "adapter_model.safetensors").unlink()
    (adapter / "adapter_model.bin").write_bytes(b"\x80\x04cos\nsystem\n(S'touch %s/owned'\ntR." % bytes(outside))


ODD_ADAPTERS = {
    "unknown-keys": (adapter_config(quantum_config={"a": 1}, zeta=2), ['unknown key "quantum_config" is ignored', 'unknown key "zeta" is ignored'], True),
    "an-unknown-key-of-escapes": (adapter_config(**{"\x1b[31m": 1}), ["\\u001b[31m", "unknown key"], True),
    "10,000-unknown-keys": (adapter_config(**{f"k{number}": number for number in range(10_000)}), ['unknown key "k0" is ignored'], True),
    "r-text": (adapter_config(r="2"), ["r is \"2\"", "whole number"], False),
    "r-0": (adapter_config(r=0), ["r is 0", "whole number"], False),
    "r-negative": (adapter_config(r=-2), ["r is -2", "whole number"], False),
    "r-huge": (adapter_config(r=2**31), ["r is 2147483648", "whole number"], False),
    "r-beyond-64-bits": (adapter_config(r=10**30), ["r is 1e", "whole number"], False),
    "r-fraction": (adapter_config(r=2.5), ["r is 2.5", "whole number"], False),
    "r-of-another-adapter": (adapter_config(r=65536), ["lora_A.weight", "shape"], False),
    "no-r": (adapter_config(r=None), ["r is missing"], False),
    "alpha-text": (adapter_config(lora_alpha="4"), ["lora_alpha", "expected a number"], False),
    "alpha-1e300": (adapter_config(lora_alpha=1e300), ["lora_alpha", "expected a number"], False),
    "dropout-2": (adapter_config(lora_dropout=2), ["lora_dropout"], False),
    "rslora-text": (adapter_config(use_rslora="yes"), ["use_rslora", "true or false"], False),
    "base-a-number": (adapter_config(base_model_name_or_path=7), ["base_model_name_or_path", "expected a string"], False),
    "targets-a-number": (adapter_config(target_modules=7), ["target_modules"], False),
    "targets-empty": (adapter_config(target_modules=[]), ["target_modules"], False),
    "targets-unknown": (adapter_config(target_modules=["w_pack"]), ["w_pack"], False),
    "another-method": (adapter_config(peft_type="IA3"), ["peft_type", "IA3"], False),
    "a-list": (lambda adapter, outside: (adapter / "adapter_config.json").write_text("[]"), ["adapter_config.json", "not a JSON object"],
               False),
    "not-json": (lambda adapter, outside: (adapter / "adapter_config.json").write_text("{'r': 2}"), ["adapter_config.json", "not valid JSON"],
                 False),
    "deep": (lambda adapter, outside: (adapter / "adapter_config.json").write_text('{"r":' + "[" * 100_000), ["adapter_config.json", "deeper"],
             False),
    "huge-config": (lambda adapter, outside: (adapter / "adapter_config.json").write_text('{"r": 2, "x": "' + "x" * (17 << 20) + '"}'),
                    ["adapter_config.json"], False),
    "pickle": (adapter_pickle, ["adapter_model.bin", "pickled", "convert"], False),
    "tensor-missing": (adapter_tensors(lambda found, name: found.pop(name)), ["q_proj.lora_A.weight", "missing"], False),
    "tensor-extra": (adapter_tensors(lambda found, name: found.update({"base_model.model.lm_head.lora_A.weight": found[name]})),
                     ["1 of its tensors", "do not belong to the model"], False),
    "tensor-transposed": (adapter_tensors(lambda found, name: found.update({name: (found[name][0], found[name][1][::-1], found[name][2])})),
                          ["q_proj.lora_A.weight", "shape"], False),
    "tensor-of-integers": (adapter_tensors(lambda found, name: found.update({name: ("I32", *found[name][1:])})),
                           ["q_proj.lora_A.weight", "I32"], False),
    "tensor-empty": (adapter_tensors(lambda found, name: found.update({name: ("F32", [0, 32], b"")})), ["q_proj.lora_A.weight", "shape"],
                     False),
}


@pytest.mark.parametrize("name", ODD_ADAPTERS)
def test_fault_19_odd_adapter(tiny, tmp_path, name):
    """An inconsistent adapter is an error that names the key or tensor; unknown keys are a warning."""
    change, words, is_read = ODD_ADAPTERS[name]
    adapter, outside = tmp_path / "adapter", tmp_path / "outside"
    shutil.copytree(tiny.adapter(), adapter)
    outside.mkdir()
    change(adapter, outside)
    run = program.run(*tiny.sft(tmp_path / "out", "--adapter", adapter, steps=1))
    assert run.status == (0 if is_read else 1), (run.status, run.stderr)
    for word in words:
        assert word in run.stderr, run.stderr
    assert "internal error" not in run.stderr and "\x1b" not in run.stderr and len(run.stderr) < 6000, run.stderr
    assert not list(outside.iterdir())
    if not is_read:
        run = program.run(*tiny.eval(tmp_path / "report", adapter=adapter))
        assert run.status == 1 and all(word in run.stderr for word in words), run.stderr

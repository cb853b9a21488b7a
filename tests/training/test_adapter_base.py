"""An adapter belongs to the base weights, the method, the tokenizer and the chat template that it was trained with: what its manifest
says of them holds for every command that uses the adapter."""
import json
import shutil

import pytest

import program
from safetensors.numpy import load_file, save_file
from tiny import ON_CPU, ONE_THREAD


@pytest.fixture(scope="module")
def models(tiny, tmp_path_factory):
    """Another base of the same shape, and one with another chat template."""
    folder = tmp_path_factory.mktemp("models")
    run = program.run(*tiny.init(folder / "other", "--seed", 7))
    assert run.status == 0, run.stderr
    shutil.copytree(tiny.model, folder / "same")
    return folder


def commands(tiny, model, adapter, output):
    """Every command that uses an adapter, without --output where it writes nothing."""
    def train(method):
        more = ["--lora-dropout", 0] if method != "sft" else []
        data = tiny.train if method == "sft" else tiny.preferences(method)
        return ["train", method, *ON_CPU, "--train", data, "--max-steps", 1, "--batch-size", 2, *more, "--output", output / method]
    given = ["--model", model, "--adapter", adapter]
    return {
        "sft": [*train("sft"), *given], "dpo": [*train("dpo"), *given], "kto": [*train("kto"), *given],
        "dry-run": [*train("sft"), *given, "--dry-run"],
        "reference": [*train("dpo"), "--model", model, "--reference-adapter", adapter],
        "generate": ["generate", *ON_CPU, *given, "--prompts", tiny.questions, "--max-new-tokens", 1, "--output", output / "a.jsonl"],
        "chat": ["chat", *ON_CPU, *given, "--max-new-tokens", 1],
        "merge": ["model", "merge", *ONE_THREAD, *given, "--output", output / "merged"],
        "gguf": ["model", "export", *ONE_THREAD, *given, "--output", output / "gguf"],
        "gguf-adapter": ["model", "export", *ONE_THREAD, *given, "--adapter-only", "--output", output / "gguf-adapter"],
        "hf": ["model", "export", *ONE_THREAD, *given, "--format", "hf", "--output", output / "hf"],
        "eval": ["eval", "run", *ON_CPU, *given, "--validation", tiny.validation, "--min-conversations", 2, "--output", output / "eval"],
    }


@pytest.mark.parametrize("name", ["sft", "dpo", "kto", "dry-run", "reference", "generate", "chat", "merge", "gguf", "gguf-adapter", "hf", "eval"])
def test_an_adapter_of_another_base_is_refused(tiny, models, tmp_path, name):
    """With exit status 2, by name; --allow-mismatch makes it a warning. A copy of the base elsewhere is the same base."""
    words = "it was trained on other base weights"
    run = program.run(*commands(tiny, models / "other", tiny.adapter(), tmp_path)[name])
    assert run.status == 2 and words in run.stderr and "--allow-mismatch" in run.stderr, run.stderr
    assert not list(tmp_path.rglob("*.safetensors")) and not list(tmp_path.rglob("*.gguf"))
    run = program.run(*commands(tiny, models / "other", tiny.adapter(), tmp_path)[name], "--allow-mismatch")
    assert run.status in (0, 3, 4) and words in run.stderr, run.stderr
    run = program.run(*commands(tiny, models / "same", tiny.adapter(), tmp_path / "same")[name])
    assert run.status in (0, 3, 4) and "does not belong" not in run.stderr, run.stderr


@pytest.mark.parametrize("name", ["dpo", "kto", "sft", "generate", "eval"])
@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_the_base_is_read_as_the_adapter_was_trained(tiny, tmp_path, name, method):
    """Without --method, in NF4 or as stored; the other method is refused."""
    run = program.run(*tiny.sft(tmp_path / "start", "--method", method, steps=1))
    assert run.status == 0, run.stderr
    arguments = commands(tiny, tiny.model, tmp_path / "start", tmp_path)[name]
    run = program.run(*arguments, "--verbose")
    assert run.status in (0, 3, 4), run.stderr
    if name in ("sft", "dpo", "kto"):
        assert json.loads((tmp_path / name / "manifest.json").read_text())["options"]["method"] == method
    elif name == "eval":
        assert ("NF4" in (tmp_path / "eval/report.html").read_text()) == (method == "qlora")
    else:
        assert ("NF4" in run.stderr) == (method == "qlora"), run.stderr
    run = program.run(*arguments, "--method", "lora" if method == "qlora" else "qlora", "--force")
    assert run.status == 2 and f"it was trained with the base as of method {method}" in run.stderr, run.stderr


@pytest.mark.parametrize("name", ["sft", "dpo", "generate", "chat", "merge", "gguf", "eval"])
def test_a_manifest_that_says_nothing_is_named(tiny, tmp_path, name):
    """Of another program, or mutilated: a warning; with a method that does not exist: an error, in every command."""
    shutil.copytree(tiny.adapter(), tmp_path / "adapter")
    path = tmp_path / "adapter/manifest.json"
    manifest = json.loads(path.read_text())
    for number, content in enumerate(["null", "[]", '{"format":1}', '{"made by":"another program"}']):
        path.write_text(content)
        run = program.run(*commands(tiny, tiny.model, tmp_path / "adapter", tmp_path / str(number))[name])
        assert run.status in (0, 3, 4) and f"'{path}' is not of a training with intelia" in run.stderr, run.stderr
    for method in (5, "nonsense", "\u001b[31mX"):
        manifest["options"]["method"] = method
        path.write_text(json.dumps(manifest))
        run = program.run(*commands(tiny, tiny.model, tmp_path / "adapter", tmp_path / "other")[name])
        assert run.status == 1 and "expected qlora, lora or full" in run.stderr and "\x1b" not in run.stderr, run.stderr


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 3e38])
@pytest.mark.parametrize("command", ["merge", "hf", "gguf", "gguf-adapter"])
def test_weights_that_are_not_finite_are_not_written(tiny, tmp_path, value, command):
    """An adapter with NaN or an infinity, or one whose products overflow: exit status 1 with the tensor, and no model."""
    shutil.copytree(tiny.adapter(), tmp_path / "adapter")
    path = tmp_path / "adapter/adapter_model.safetensors"
    tensors = load_file(path)
    for name, tensor in tensors.items():
        tensor[...] = value if "q_proj" in name else tensor
    save_file(tensors, path)
    run = program.run(*commands(tiny, tiny.model, tmp_path / "adapter", tmp_path)[command], *(["--rows", 0] if command == "merge" else []))
    if command == "gguf-adapter" and value == 3e38:
        assert run.status == 0, run.stderr  # what is written is finite
        return
    assert run.status == 1 and "has NaN, an infinity or numbers too large" in run.stderr, run.stderr
    assert "q_proj" in run.stderr or "attn_q" in run.stderr, run.stderr
    assert not list(tmp_path.glob(f"{command}*/*.safetensors")) and not list(tmp_path.glob(f"{command}*/*.gguf"))

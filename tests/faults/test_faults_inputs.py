"""No command replaces one of its inputs, by whatever path its output leads there."""
import shutil

import pytest

import program
from fault_points import files_of
from tiny import ON_CPU, ONE_THREAD, conversation, write_lines


@pytest.fixture
def own(tiny, tmp_path):
    """The inputs of every command in one folder of their own: a model, an adapter, data."""
    for name, folder in (("model", tiny.model), ("adapter", tiny.adapter())):
        shutil.copytree(folder, tmp_path / name)
    for name, file in (("train", tiny.train), ("prompts", tiny.questions), ("pairs", tiny.preferences("dpo")),
                       ("rated", tiny.preferences("kto"))):
        shutil.copy(file, tmp_path / f"{name}.jsonl")
    (tmp_path / "intelia.toml").write_text("quiet = false\n")
    return tmp_path


def commands_into(folder, model="model", adapter="adapter"):
    """Every command that writes a folder."""
    train = ["--model", model, "--adapter", adapter, "--max-steps", 1, "--output", folder]
    return {
        "sft": ["train", "sft", *ON_CPU, "--train", "train.jsonl", *train],
        "dpo": ["train", "dpo", *ON_CPU, "--train", "pairs.jsonl", *train],
        "kto": ["train", "kto", *ON_CPU, "--train", "rated.jsonl", *train],
        "quantize": ["model", "quantize", *ONE_THREAD, "--model", model, "--output", folder],
        "merge": ["model", "merge", *ONE_THREAD, "--model", model, "--adapter", adapter, "--output", folder],
        "export": ["model", "export", *ONE_THREAD, "--model", model, "--adapter", adapter, "--output", folder],
        "init": ["model", "init", *ONE_THREAD, "--preset", "tiny", "--tokenizer", model, "--output", folder],
        "eval": ["eval", "run", *ON_CPU, "--model", model, "--adapter", adapter, "--validation", "train.jsonl", "--output", folder],
        "extract": ["extract", "--from", f"{model}/train.jsonl", "--output", folder],
    }


@pytest.mark.parametrize("name", list(commands_into("")))
@pytest.mark.parametrize("path", ["model", "model/missing/..", "./missing/../model/", "model/missing/../missing/.."])
def test_fault_29_output_folder_is_an_input(own, name, path):
    """As open(2), a path through a folder that does not exist leads nowhere; the folder is not made on the way."""
    shutil.copy(own / "train.jsonl", own / "model/train.jsonl")
    before = files_of(own)
    run = program.run(*commands_into(path)[name], "--force", folder=own)
    assert run.status == 2 and path.removesuffix("/") in run.stderr, run.stderr
    assert files_of(own) == before and not list(own.rglob("missing"))


@pytest.mark.parametrize("name", ["prompts.jsonl", "model/tokenizer.json", "model/model.safetensors", "model/manifest.json",
                                  "missing/../model/config.json", "adapter/adapter_config.json", "adapter/adapter_model.safetensors",
                                  "intelia.toml"])
def test_fault_29_generate_output_is_an_input(own, name):
    before = files_of(own)
    run = program.run("generate", *ON_CPU, "--model", "model", "--adapter", "adapter", "--prompts", "prompts.jsonl",
                      "--max-new-tokens", 2, "--output", name, "--force", folder=own)
    assert run.status == 2 and not (own / "missing").exists(), run.stderr
    assert files_of(own) == before


@pytest.mark.parametrize("prompts", ["a.rejected.jsonl", "a.manifest.json", ".a.jsonl.journal", ".a.jsonl.lock"])
def test_fault_29_generate_file_beside_the_output_is_an_input(own, prompts):
    (own / "prompts.jsonl").rename(own / prompts)
    before = files_of(own)
    run = program.run("generate", *ON_CPU, "--model", "model", "--prompts", prompts, "--max-new-tokens", 2, "--output", "a.jsonl",
                      "--force", folder=own)
    assert run.status == 2 and prompts in run.stderr, run.stderr
    assert files_of(own) == before


@pytest.mark.parametrize("name", ["train.jsonl", "model/tokenizer.json", "model/config.json", "intelia.toml"])
def test_fault_29_preview_output_is_an_input(own, name):
    before = files_of(own)
    run = program.run("dataset", "preview", "train.jsonl", "--model", "model", "--output", name, "--force", folder=own)
    assert run.status == 2 and name in run.stderr, run.stderr
    assert files_of(own) == before


def test_fault_29_extract_output_is_an_input(own):
    """A dataset under the name of an output, the configuration as state, and the file with the URL of the database."""
    write_lines(own / "rejected.jsonl", [conversation(1)])
    before = files_of(own)
    for arguments, secret in ((["--from", "rejected.jsonl", "--output", "."], ""),
                              (["--incremental", "--state", "intelia.toml", "--output", "out"], ""),
                              (["--incremental", "--state", "prompts.jsonl", "--output", "out"], "prompts.jsonl")):
        run = program.run("extract", *arguments, "--force", folder=own, environment={"DATABASE_URL_FILE": secret})
        assert run.status == 2 and "would be replaced" in run.stderr, run.stderr
        assert files_of(own) == before

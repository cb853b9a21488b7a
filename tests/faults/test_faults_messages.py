"""Row 19 of the fault table (docs/faults.md): names, values and patterns of any size, which messages quote only in part."""
import json
import shutil

import pytest

import program
from tiny import conversation, write_lines

HUGE = "h" * 50_000
MAX_BYTES = 2 * 4_300  # of a message and the one that ends the run


def split(pattern):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


TOKENIZERS = {
    "invalid pattern": lambda file: file.update(pre_tokenizer=split(HUGE + ")" + HUGE)),
    "unsupported pattern": lambda file: file.update(pre_tokenizer=split(HUGE + "\\K" + HUGE)),
    "decoder": lambda file: file.update(decoder={"type": HUGE}),
    "normalizer": lambda file: file.update(normalizer={"type": HUGE}),
    "character": lambda file: file.update(decoder={"type": "Metaspace", "replacement": HUGE, "add_prefix_space": True}),
    "model": lambda file: file["model"].update(type=HUGE),
    "merge": lambda file: file["model"]["merges"].append(f"{HUGE} {HUGE}"),
    "token": lambda file: file["model"]["vocab"].update({HUGE: 5}),
    "added token": lambda file: file["added_tokens"].append({"id": 5000, "content": HUGE, "special": True}),
    "post-processor": lambda file: file.update(post_processor={"type": HUGE}),
}
TEMPLATES = {
    "raised": "{{ raise_exception('x' * 5000000) }}",
    "filter": "{{ 'a' | " + "f" * 999 + " }}",
    "key": "{{ {}['x' * 5000000].y }}",
    "list": "{{ [1].index(['x'] * 100000) }}",
    "symbol": "{{ 1 '" + HUGE + "' }}",
    "format": "{{ '{" + HUGE + "}'.format(1) }}",
}


def model_with(tiny, folder, change):
    shutil.copytree(tiny.model, folder)
    change(folder)
    return folder


def check(run, *words, status=(1, 2)):
    assert run.status in status, run.stderr[:1000]
    assert 0 < len(run.stderr.encode()) <= MAX_BYTES, run.stderr[:1000]
    for word in words:
        assert word in run.stderr, run.stderr


@pytest.mark.parametrize("name", sorted(TOKENIZERS))
def test_fault_19_messages_tokenizer(tiny, tmp_path, name):
    def change(folder):
        file = json.loads((folder / "tokenizer.json").read_text())
        TOKENIZERS[name](file)
        (folder / "tokenizer.json").write_text(json.dumps(file))

    model = model_with(tiny, tmp_path / "model", change)
    (tmp_path / "text").write_text("a\n")
    run = program.run("tokenize", "--model", model, "--tokenizer-rules", "file", tmp_path / "text")
    check(run, f"{model / 'tokenizer.json'}: ", status=(1,))
    if name == "invalid pattern":
        check(run, "hhh)hhh", "at byte 50000")
        assert len(run.stderr) < 700
    if name == "unsupported pattern":
        check(run, "hhh\\Khhh", "at byte 50001")
        assert len(run.stderr) < 700


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_fault_19_messages_template(tiny, tmp_path, name):
    model = model_with(tiny, tmp_path / "model", lambda folder: (folder / "chat_template.jinja").write_text(TEMPLATES[name]))
    check(program.run("render", "--model", model, "--strict", tiny.train))


@pytest.mark.parametrize("line", [conversation(1) | {HUGE: 1}, {"messages": [{"role": HUGE, "content": "x"}]}, {"messages": HUGE}, HUGE,
                                  {"messages": [{"role": "user", "content": "x", HUGE: {HUGE: 1}}]}], ids=range(5))
def test_fault_19_messages_record(tiny, tmp_path, line):
    run = program.run("render", "--model", tiny.model, "--strict", write_lines(tmp_path / "data.jsonl", [line]))
    assert len(run.stderr.encode()) <= MAX_BYTES, run.stderr[:1000]


@pytest.mark.parametrize("text", [f"{HUGE} = 1", f"[train.sft]\n{HUGE} = 1", f"[{HUGE}]\nx = 1", f'[train.sft]\nseed = "{HUGE}"', f"x = {HUGE}",
                                  f'"{HUGE}'], ids=range(6))
def test_fault_19_messages_configuration(tiny, tmp_path, text):
    (tmp_path / "intelia.toml").write_text(text)
    check(program.run(*tiny.sft(tmp_path / "out", "--config", tmp_path / "intelia.toml")), "intelia.toml", status=(2,))


@pytest.mark.parametrize("arguments", [[HUGE], ["--" + HUGE], ["config", "--" + HUGE], ["config", HUGE], ["render", "--model", "/" + HUGE],
                                       ["model", "info", "--threads", HUGE, "x"]], ids=range(6))
def test_fault_19_messages_command_line(arguments):
    check(program.run(*arguments))


@pytest.mark.parametrize("name", ["model_type", "hidden_act", "torch_dtype"])
def test_fault_19_messages_model(tiny, tmp_path, name):
    def change(folder):
        config = json.loads((folder / "config.json").read_text())
        config[name] = HUGE
        (folder / "config.json").write_text(json.dumps(config))

    run = program.run("model", "info", model_with(tiny, tmp_path / "model", change))
    assert len(run.stderr.encode()) <= MAX_BYTES, run.stderr[:1000]

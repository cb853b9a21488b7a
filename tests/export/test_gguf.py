"""`model export` to GGUF against llama.cpp: its converter (equal keys and tensors), the gguf package, and xllamacpp, which answers."""
import json
import os
import pathlib
import sys

import numpy as np
import pytest
import torch
import transformers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import family_models  # noqa: E402
import llama_cpp  # noqa: E402
import program  # noqa: E402

IS_SLOW = os.environ.get("INTELIA_SLOW_TESTS") == "1"
FAMILIES = list(family_models.FAMILIES)
# Keys of the converter that describe the name of the folder, and one for models that compare two texts.
NOT_WRITTEN = {"general.basename", "general.finetune", "general.version", "tokenizer.ggml.add_sep_token"}
# Keys beyond the converter's, whose defaults in llama.cpp depend on the rest.
WRITTEN_ALWAYS = {"tokenizer.ggml.add_bos_token", "tokenizer.ggml.add_eos_token", "tokenizer.ggml.add_space_prefix",
                  "tokenizer.ggml.eot_token_id", "tokenizer.ggml.unknown_token_id"}
TEXTS = ["Les poules pondent moins quand il fait chaud.", "Hens drink 250 ml; and  twice that at 35 °C!", " espace devant",
         "def feed(hens):\n    return 120 * hens\n\n", "¿Cuánta agua? 日本語 🐔", "a", "It's 12345 hens' eggs"]


@pytest.fixture(scope="module")
def convert():
    converter = llama_cpp.Converter()
    yield converter
    converter.close()


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """name → (folder, name of the pre-tokenizer)"""
    root, made = tmp_path_factory.mktemp("models"), {}

    def get(name):
        if name not in made:
            made[name] = root / name, family_models.make_family(name, root / name)
        return made[name]

    return get


def export(folder, output, kind, *more, status=0):
    done = program.run("model", "export", "--model", folder, "--output", output, "--type", kind, *more)
    assert done.status == status, done.stderr
    return output / f"model-{kind}.gguf" if status == 0 else done


def check_equal(ours, theirs):
    """Keys with their types, and tensors with theirs, down to each byte."""
    keys, types, tensors = ours
    other_keys, other_types, other_tensors = theirs
    assert set(keys) - set(other_keys) <= WRITTEN_ALWAYS
    assert set(other_keys) - set(keys) <= NOT_WRITTEN
    for name in set(keys) & set(other_keys):
        assert keys[name] == other_keys[name] and types[name] == other_types[name], name
    assert set(tensors) == set(other_tensors)
    for name, (kind, shape, data) in tensors.items():
        other_kind, other_shape, other_data = other_tensors[name]
        assert (kind, shape) == (other_kind, other_shape), name
        if name.startswith("rope_f"):  # computed with powers, whose last bit may differ
            np.testing.assert_allclose(data, other_data, rtol=1e-6, err_msg=name)
        else:
            assert np.array_equal(data, other_data), name


@pytest.mark.parametrize("kind", ["f32", "f16", "bf16", "q8_0"])
@pytest.mark.parametrize("family", FAMILIES)
def test_equals_the_converter(models, convert, tmp_path, family, kind):
    folder, pre = models(family)
    ours = export(folder, tmp_path / "ours", kind)
    theirs = convert(folder, tmp_path / "theirs.gguf", kind, pre)
    check_equal(llama_cpp.read(ours), llama_cpp.read(theirs))


@pytest.mark.parametrize("family", FAMILIES)
def test_llama_cpp_answers_as_transformers(models, tmp_path, family):
    folder, _ = models(family)
    server = llama_cpp.Server(export(folder, tmp_path / "out", "f32"))
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    ids = [5 + 7 * i % 300 for i in range(24)]
    for chosen, logprobs in server.greedy(ids, 12):
        with torch.no_grad():
            expected = torch.log_softmax(model(torch.tensor([ids])).logits[0, -1].double(), -1)
        assert chosen == int(expected.argmax())
        assert max(abs(expected[id].item() - value) for id, value in logprobs.items()) < 1e-3
        ids.append(chosen)


@pytest.mark.parametrize("family", ["llama", "llama-3", "qwen2", "gemma2"])
def test_llama_cpp_tokenizes_and_renders_as_transformers(models, tmp_path, family):
    folder, _ = models(family)
    server = llama_cpp.Server(export(folder, tmp_path / "out", "q8_0"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        assert server.tokenize(text) == tokenizer.encode(text, add_special_tokens=False), text
        assert server.tokenize(text, adds_special=True) == tokenizer.encode(text), text
    messages = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    expected = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert server.template(messages) == expected
    assert (server.tokenize(expected, parses_special=True)
            == tokenizer.encode(expected, add_special_tokens=False))

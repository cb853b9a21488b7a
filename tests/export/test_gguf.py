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


@pytest.mark.parametrize("family, kind", [(family, kind) for family in FAMILIES for kind in ("f32", "f16", "bf16", "q8_0")
                                          if IS_SLOW or kind == "f16" or family == "llama-3"])
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
    ids, num_compared = [5 + 7 * i % 300 for i in range(24)], 0
    for _ in range(12):
        chosen, logprobs = server.next(ids)
        with torch.no_grad():
            expected = torch.log_softmax(model(torch.tensor([ids])).logits[0, -1].double(), -1)
        assert chosen == int(expected.argmax())
        for id, value in logprobs.items():
            assert abs(expected[id].item() - value) < 1e-3
        num_compared += len(logprobs)
        ids.append(chosen)
    assert num_compared >= 40


@pytest.mark.parametrize("family, specials", [("llama", None), ("phi3", ("<|user|>", "<|end|>"))])
def test_a_name_that_llama_cpp_takes_for_phi3(monkeypatch, tmp_path, family, specials):
    """By "phi3" in general.name it applies rules for Phi-3's tokens, and does not load a vocabulary without one of them."""
    if specials:
        pre, _, *rest = family_models.FAMILIES[family]
        monkeypatch.setitem(family_models.FAMILIES, family,
                            (pre, lambda folder: family_models.write_sentencepiece(folder, specials=specials), *rest))
    folder = tmp_path / "tiny-Phi3-phi3_chat"
    family_models.make_family(family, folder)
    file = export(folder, tmp_path / "out", "f32")
    assert llama_cpp.read(file)[0]["general.name"] == "Tiny Phi 3 Phi 3_Chat"
    # The same tokens as under a name that tells llama.cpp nothing.
    other = llama_cpp.Server(export(folder.rename(tmp_path / "tiny"), tmp_path / "other", "f32"))
    texts = "how warm </s> is", "<s> day"
    assert [llama_cpp.Server(file).tokenize(text, parses_special=True) for text in texts] == [
        other.tokenize(text, parses_special=True) for text in texts]


@pytest.mark.parametrize("family", ["llama", "llama-3", "qwen2", "gemma2"])
def test_llama_cpp_tokenizes_and_renders_as_transformers(models, tmp_path, family):
    folder, _ = models(family)
    server = llama_cpp.Server(export(folder, tmp_path / "out", "q8_0"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        if family == "llama":
            break  # a space at the start of a text only: see the next test
        assert server.tokenize(text) == tokenizer.encode(text, add_special_tokens=False), text
        assert server.tokenize(text, adds_special=True) == tokenizer.encode(text), text
    messages = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    expected = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    without_bos = expected.removeprefix(tokenizer.bos_token or "")
    assert server.template(messages) == without_bos  # llama.cpp adds BOS itself
    assert (server.tokenize(expected, parses_special=True)
            == tokenizer.encode(expected, add_special_tokens=False))


def test_a_space_at_the_start_of_a_text_only(models, tmp_path):
    """SentencePiece models whose texts get a space at the start but not behind control tokens: llama.cpp has both or neither.
    Conversations have the right tokens with neither; a model without a chat template gets both, for plain text."""
    folder, _ = models("llama")
    plain = tmp_path / "plain"
    plain.mkdir()
    for file in folder.iterdir():
        (plain / file.name).write_bytes(file.read_bytes())
    config = json.loads((plain / "tokenizer_config.json").read_text())
    del config["chat_template"]
    (plain / "tokenizer_config.json").write_text(json.dumps(config))
    (plain / "chat_template.jinja").unlink(missing_ok=True)
    chat_keys, _, _ = llama_cpp.read(export(folder, tmp_path / "chat", "f16"))
    plain_keys, _, _ = llama_cpp.read(export(plain, tmp_path / "text", "f16"))
    assert chat_keys["tokenizer.ggml.add_space_prefix"] is False
    assert plain_keys["tokenizer.ggml.add_space_prefix"] is True
    server = llama_cpp.Server(tmp_path / "text" / "model-f16.gguf")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        if not text.startswith(" "):  # where SentencePiece and llama.cpp put another one, and tokenizers does not
            assert server.tokenize(text) == tokenizer.encode(text, add_special_tokens=False), text


def test_quantized_types_have_llama_cpps_bytes_and_mixture(models, tmp_path):
    """q4_0 and q4_k_m: every block equal to llama.cpp's own quantizer, and the types that llama-quant.cpp gives each tensor."""
    folder, _ = models("llama")
    _, _, values = llama_cpp.read(export(folder, tmp_path / "f32", "f32"))
    for kind, file_type in (("q4_0", 2), ("q4_k_m", 15)):
        keys, _, tensors = llama_cpp.read(export(folder, tmp_path / kind, kind))
        assert keys["general.file_type"] == file_type
        for name, (tensor_type, shape, data) in tensors.items():
            original = values[name][2]
            if "norm" in name:
                expected = "F32"
            elif name == "output.weight":
                expected = "Q6_K"
            elif kind == "q4_k_m" and name in {f"blk.{layer}.{part}.weight" for layer in (2, 3) for part in ("attn_v", "ffn_down")}:
                expected = "Q6_K"  # of four layers the last, and every third
            else:
                expected = "Q4_0" if kind == "q4_0" else "Q4_K"
            assert tensor_type == expected, name
            if tensor_type == "F32":
                assert np.array_equal(data, original), name
                continue
            assert np.array_equal(data.reshape(-1), llama_cpp.quantized_by_llama_cpp(original, tensor_type).reshape(-1)), name
            error = np.abs(llama_cpp.dequantized((tensor_type, shape, data)) - original).mean() / np.abs(original).mean()
            assert error < (0.02 if tensor_type == "Q6_K" else 0.12), name


@pytest.mark.parametrize("kind, columns, expected", [
    ("q4_k_m", 96, {"token_embd.weight": "Q5_0", "output.weight": "Q8_0", "blk.0.attn_q.weight": "Q5_0", "blk.3.attn_v.weight": "Q8_0"}),
    ("q4_0", 96, {"token_embd.weight": "Q4_0", "output.weight": "Q8_0"}),
    ("q4_k_m", 80, {"token_embd.weight": "F16", "output.weight": "F16", "blk.0.attn_q.weight": "F16", "blk.0.ffn_down.weight": "Q5_0"}),
    ("q8_0", 80, {"token_embd.weight": "F16", "blk.0.ffn_down.weight": "Q8_0"}),
])
def test_rows_that_are_no_multiple_of_a_block_fall_back(tmp_path, kind, columns, expected):
    family_models.make_family("llama", tmp_path / "model", hidden_size=columns, intermediate_size=160)
    path = export(tmp_path / "model", tmp_path / "out", kind)
    _, _, tensors = llama_cpp.read(path)
    assert {name: tensors[name][0] for name in expected} == expected
    # As llama.cpp quantizes them.
    _, _, values = llama_cpp.read(export(tmp_path / "model", tmp_path / "f32", "f32"))
    for name, (tensor_type, _, data) in tensors.items():
        if tensor_type not in ("F32", "F16"):
            expected_bytes = llama_cpp.quantized_by_llama_cpp(values[name][2], tensor_type)
            assert np.array_equal(data.reshape(-1), expected_bytes.reshape(-1)), name
    assert llama_cpp.Server(path).next([1, 7, 9])[0] >= 0


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_auto_keeps_the_type_of_the_weights(convert, tmp_path, dtype):
    pre = family_models.make_family("qwen3", tmp_path / "model", dtype=dtype)
    kind = "bf16" if dtype == torch.bfloat16 else "f16"
    done = program.run("model", "export", "--model", tmp_path / "model", "--output", tmp_path / "out", "--json")
    assert json.loads(done.stdout)["file"] == f"model-{kind}.gguf", done.stderr
    check_equal(llama_cpp.read(tmp_path / "out" / f"model-{kind}.gguf"),
                llama_cpp.read(convert(tmp_path / "model", tmp_path / "theirs.gguf", kind, pre)))


PATTERNS = [
    ("llama-bpe", dict(pattern=family_models.LLAMA3, ignores_merges=True)),
    ("dbrx", dict(pattern=family_models.LLAMA3)),
    ("qwen2", dict(pattern=family_models.QWEN2)),
    ("gpt-2", dict(pattern=None, byte_level=True)),
    ("smollm", dict(pattern=None, byte_level=True, digits=True)),
]


def bpe_model(folder, tmp_path, pattern, byte_level=False, digits=False, **more):
    from tokenizers import pre_tokenizers

    steps = None
    if byte_level:
        whole = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
        steps = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), whole]) if digits else whole
    family_models.make_family("llama", folder)
    (folder / "tokenizer.model").unlink()
    size = family_models.write_bpe(folder, pattern, pre_tokenizer=steps, size=380, **more)
    assert size <= json.loads((folder / "config.json").read_text())["vocab_size"]
    return folder


@pytest.mark.parametrize("name, settings", PATTERNS)
def test_a_pre_tokenizer_is_recognized_by_what_it_does(tmp_path, name, settings):
    folder = bpe_model(tmp_path / "model", tmp_path, **settings)
    path = export(folder, tmp_path / "out", "q8_0")
    keys, _, _ = llama_cpp.read(path)
    assert keys["tokenizer.ggml.pre"] == name
    server, tokenizer = llama_cpp.Server(path), transformers.AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        assert server.tokenize(text) == tokenizer.encode(text, add_special_tokens=False), text


@pytest.mark.parametrize("settings, words", [
    (dict(pattern=r"\p{L}+|\p{N}+|[^\p{L}\p{N}]+"), "pre-tokenizer is none of"),
    (dict(pattern=family_models.QWEN2, ignores_merges=True), '"ignore_merges": true'),
])
def test_an_unknown_pre_tokenizer_is_refused(tmp_path, settings, words):
    folder = bpe_model(tmp_path / "model", tmp_path, **settings)
    done = export(folder, tmp_path / "out", "f16", status=1)
    assert words in done.stderr and not (tmp_path / "out" / "manifest.json").exists(), done.stderr


@pytest.mark.parametrize("family, changes, words", [
    ("qwen2", dict(rope_parameters={"rope_type": "llama3", "rope_theta": 1e4, "factor": 8.0, "low_freq_factor": 1.0,
                                    "high_freq_factor": 4.0, "original_max_position_embeddings": 128}), "llama3 rope scaling"),
    ("llama", dict(rope_parameters={"rope_type": "dynamic", "rope_theta": 1e4, "factor": 2.0}), "dynamic rope scaling"),
    ("gemma2", dict(query_pre_attn_scalar=128), "query_pre_attn_scalar"),
    ("qwen3", dict(attention_bias=True), "attention_bias"),
])
def test_what_llama_cpp_would_compute_differently_is_refused(tmp_path, family, changes, words):
    family_models.make_family(family, tmp_path / "model", **changes)
    done = export(tmp_path / "model", tmp_path / "out", "f16", status=1)
    assert words in done.stderr, done.stderr


def test_numbers_that_a_type_does_not_have_are_refused(models, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "model"
    family_models.make_family("llama", folder)
    weights = load_file(folder / "model.safetensors")
    weights["model.layers.1.mlp.up_proj.weight"][3, 5] = 1e6
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    done = export(folder, tmp_path / "f16", "f16", status=1)
    assert "up_proj" in done.stderr and "too large for f16" in done.stderr, done.stderr
    assert [path.name for path in (tmp_path / "f16").iterdir() if path.name != ".intelia.lock"] == []
    export(folder, tmp_path / "bf16", "bf16")


def test_the_modelfile_has_the_template_and_the_ends_of_answers(models, tmp_path):
    folder, _ = models("qwen2")
    export(folder, tmp_path / "out", "f16")
    text = (tmp_path / "out" / "Modelfile").read_text()
    assert "FROM ./model-f16.gguf\n" in text
    assert '{{ if eq $m.Role "user" }}<|im_start|>user\n{{ $m.Content }}<|im_end|>\n' in text
    assert text.endswith('PARAMETER stop "<|im_end|>"\n')


def test_a_template_that_is_not_simple_has_no_equivalent(models, tmp_path):
    folder, _ = models("qwen2")
    other = tmp_path / "model"
    other.mkdir()
    for file in folder.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    (other / "chat_template.jinja").write_text(
        "{% for m in messages %}{{ loop.index }}{{ m['role'] }}: {{ m['content'] }}<|im_end|>{% endfor %}")
    done = program.run("model", "export", "--model", other, "--output", tmp_path / "out", "--type", "f16")
    assert done.status == 0 and "the Modelfile has no TEMPLATE" in done.stderr, done.stderr
    assert "TEMPLATE \"\"\"" not in (tmp_path / "out" / "Modelfile").read_text()


def test_the_same_bytes_on_any_number_of_threads_and_a_rerun_replaces(models, tmp_path):
    folder, _ = models("llama-3")
    first = export(folder, tmp_path / "one", "q4_k_m", "--threads", "1")
    second = export(folder, tmp_path / "four", "q4_k_m", "--threads", "4")
    assert first.read_bytes() == second.read_bytes()
    export(folder, tmp_path / "one", "f16")
    assert not first.exists()  # the manifest says what is there
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert {output["path"] for output in manifest["outputs"]} == {"model-f16.gguf", "Modelfile"}


def test_a_dry_run_writes_nothing(models, tmp_path):
    folder, _ = models("llama")
    done = program.run("model", "export", "--model", folder, "--output", tmp_path / "out", "--type", "q8_0", "--dry-run", "--json")
    assert done.status == 0 and json.loads(done.stdout)["dry_run"] is True, done.stderr
    assert not (tmp_path / "out").exists()


def test_sentencepiece_that_is_only_in_tokenizer_json(models, tmp_path):
    """Its scores are those of the order of merges, with which llama.cpp makes the same tokens; the converter writes equal ones."""
    folder, _ = models("llama")
    converted = tmp_path / "converted"
    converted.mkdir()
    for file in folder.iterdir():
        (converted / file.name).write_bytes(file.read_bytes())
    transformers.AutoTokenizer.from_pretrained(folder).save_pretrained(converted)
    (converted / "tokenizer.model").unlink(missing_ok=True)
    assert (converted / "tokenizer.json").exists()
    keys, _, _ = llama_cpp.read(export(converted, tmp_path / "out", "f16"))
    assert keys["tokenizer.ggml.model"] == "llama"
    original, _, _ = llama_cpp.read(export(folder, tmp_path / "original", "f16"))
    assert keys["tokenizer.ggml.tokens"] == original["tokenizer.ggml.tokens"]
    servers = [llama_cpp.Server(tmp_path / name / "model-f16.gguf") for name in ("out", "original")]
    for text in TEXTS + family_models.TEXT[:5]:
        assert servers[0].tokenize(text) == servers[1].tokenize(text), text


def test_weights_in_nf4_are_dequantized(models, tmp_path):
    folder, _ = models("llama")
    for command in (["quantize", "--model", folder, "--output", tmp_path / "nf4"],
                    ["export", "--format", "hf", "--type", "f32", "--model", tmp_path / "nf4", "--output", tmp_path / "dense"]):
        done = program.run("model", *command)
        assert done.status == 0, done.stderr
    ours, dense = (llama_cpp.read(export(tmp_path / name, tmp_path / f"{name}-gguf", "q8_0")) for name in ("nf4", "dense"))
    for name, (kind, shape, data) in ours[2].items():
        assert np.array_equal(data, dense[2][name][2]), name


@pytest.mark.skipif(not IS_SLOW, reason="long form")
@pytest.mark.parametrize("vocabulary, pre", [("llama-3 as JSON", "llama-bpe"), ("llama-4 as JSON", "gpt-4o"), ("qwen-2", "qwen2"), ("qwen-3.5", "qwen35"),
                                             ("gpt-2", "gpt-2"), ("deepseek-v4", "deepseek-v3")])
def test_published_vocabularies(tmp_path, vocabulary, pre):
    """Vocabularies of 50 to 200 thousand tokens, as published or converted by transformers."""
    import vocabularies

    source = tmp_path / "source"
    try:
        peer = vocabularies.make_vocabulary(vocabulary, source)
    except vocabularies.Missing as missing:
        pytest.skip(str(missing))
    # transformers' conversion ignores merges where the published files do not; all tokens can be merged, so the ids are equal.
    file = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    file["model"]["ignore_merges"] = pre == "llama-bpe"
    (source / "tokenizer.json").write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    done = program.run("model", "init", "--hidden-size", "32", "--intermediate-size", "32", "--layers", "1", "--heads", "2", "--tokenizer", source,
                       "--output", tmp_path / "model", timeout_seconds=120)
    assert done.status == 0, done.stderr
    path = export(tmp_path / "model", tmp_path / "out", "f16")
    keys, _, _ = llama_cpp.read(path)
    assert keys["tokenizer.ggml.pre"] == pre
    server = llama_cpp.Server(path)
    texts = TEXTS + family_models.TEXT[:5]
    for text, ids in zip(texts, peer(texts)):
        assert server.tokenize(text) == ids, text

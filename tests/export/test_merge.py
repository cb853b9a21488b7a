"""`model merge`, `model export --adapter` and GGUF adapters against PEFT, transformers and llama.cpp."""
import json
import os
import pathlib
import shutil
import sys

import numpy as np
import peft
import pytest
import torch
import transformers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import family_models  # noqa: E402
import llama_cpp  # noqa: E402
import program  # noqa: E402

IDS = torch.tensor([[5 + 7 * i % 300 for i in range(32)]])


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    root, made = tmp_path_factory.mktemp("models"), {}

    def get(name, dtype=torch.float32):
        key = f"{name}-{dtype}".replace(".", "-")
        if key not in made:
            family_models.make_family(name, root / key, dtype=dtype)
            made[key] = root / key
        return made[key]

    return get


def load(folder, dtype=torch.float32):
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager")


def make_adapter(model_folder, folder, **config):
    """An adapter with random weights, saved by PEFT."""
    torch.manual_seed(7)
    settings = dict(r=8, lora_alpha=16, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"], task_type="CAUSAL_LM")
    model = peft.get_peft_model(load(model_folder), peft.LoraConfig(**{**settings, **config}))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_A" in name or "lora_B" in name:
                parameter.normal_(0, 0.05)
            elif "magnitude" in name:
                parameter.mul_(1 + 0.1 * torch.rand_like(parameter))
            elif "modules_to_save" in name:
                parameter.add_(0.02 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    return folder


def logits(model):
    with torch.no_grad():
        return model.eval()(IDS).logits[0].double()


def merge(model, adapter, output, *more, status=0):
    done = program.run("model", "merge", "--model", model, "--adapter", adapter, "--output", output, "--device", "cpu", "--json", *more)
    assert done.status == status, done.stderr
    return json.loads(done.stdout) if status == 0 else done


ADAPTERS = {
    "lora": ("llama", {}),
    "rslora": ("llama", dict(use_rslora=True)),
    "dora": ("llama", dict(use_dora=True)),
    "patterns": ("llama", dict(rank_pattern={"q_proj": 4, r"layers\.1\.self_attn\.v_proj": 2}, alpha_pattern={"k_proj": 3})),
    "all-linear": ("qwen3", dict(target_modules="all-linear")),
    "layers": ("qwen2", dict(layers_to_transform=[1, 3])),
    "fused": ("phi3", dict(target_modules=["qkv_proj", "gate_up_proj", "down_proj"])),
    "norms": ("gemma2", dict(modules_to_save=["norm"])),
    "head": ("llama", dict(modules_to_save=["embed_tokens", "lm_head"])),
    "tied": ("qwen2", dict(modules_to_save=["embed_tokens", "lm_head"], ensure_weight_tying=True)),
    "dora and rslora": ("llama-3", dict(use_dora=True, use_rslora=True, target_modules="all-linear")),
}


@pytest.mark.parametrize("kind", [kind for kind in ADAPTERS if os.environ.get("INTELIA_SLOW_TESTS") == "1" or kind not in ("rslora", "norms")])
def test_a_merged_folder_has_the_logits_of_peft(models, tmp_path, kind):
    family, config = ADAPTERS[kind]
    base = models(family)
    adapter = make_adapter(base, tmp_path / "adapter", **config)
    summary = merge(base, adapter, tmp_path / "merged")
    with_adapter = peft.PeftModel.from_pretrained(load(base), adapter)
    expected = logits(with_adapter)
    merged = logits(load(tmp_path / "merged"))
    assert float((merged - expected).abs().max()) < 2e-4
    assert float((logits(load(base)) - expected).abs().max()) > 0.1  # the adapter changes something
    assert float((merged - logits(with_adapter.merge_and_unload())).abs().max()) < 2e-4
    assert summary["merged_onto"] == "the float32 base"
    assert summary["divergence"]["max_logit_difference"] < 2e-4 and summary["divergence"]["kl_per_token"] < 1e-7


@pytest.mark.parametrize("trained", ["embed_tokens", "lm_head"])
def test_tied_embeddings_of_which_one_is_trained_are_not_tied_any_more(models, tmp_path, trained):
    """transformers would tie them again by config.json; the merged model has both, as the adapter had."""
    base = models("qwen2")
    adapter = make_adapter(base, tmp_path / "adapter", modules_to_save=[trained])
    merge(base, adapter, tmp_path / "merged")
    config = json.loads((tmp_path / "merged" / "config.json").read_text())
    assert config["tie_word_embeddings"] is False
    model = load(tmp_path / "merged")
    assert not torch.equal(model.lm_head.weight, model.model.embed_tokens.weight)
    expected = logits(peft.PeftModel.from_pretrained(load(base), adapter))
    assert float((logits(model) - expected).abs().max()) < 2e-4


def test_a_16_bit_base_stays_one_and_the_difference_is_measured(models, tmp_path):
    base = models("llama", torch.bfloat16)
    adapter = make_adapter(base, tmp_path / "adapter")
    summary = merge(base, adapter, tmp_path / "merged", "--rows", "3", "--max-length", "20")
    assert summary["merged_onto"] == "the bfloat16 base" and summary["divergence"]["tokens"] == 60
    assert load(tmp_path / "merged", "auto").dtype == torch.bfloat16
    # As PEFT rounds the sum to bfloat16, up to one more rounding of the difference.
    expected = peft.PeftModel.from_pretrained(load(base, torch.bfloat16), adapter).merge_and_unload().state_dict()
    for name, value in load(tmp_path / "merged", torch.bfloat16).state_dict().items():
        torch.testing.assert_close(value, expected[name], rtol=2 ** -7, atol=2e-3)
    # The measured figures are those of the two models.
    before = torch.log_softmax(logits(peft.PeftModel.from_pretrained(load(base), adapter)), -1)
    after = torch.log_softmax(logits(load(tmp_path / "merged")), -1)
    kl = float((before.exp() * (before - after)).sum(-1).mean())
    assert 0.2 < summary["divergence"]["kl_per_token"] / kl < 5
    manifest = json.loads((tmp_path / "merged" / "manifest.json").read_text())
    assert manifest["merge"]["base"] == "the bfloat16 base" and manifest["merge"]["divergence"] == summary["divergence"]


@pytest.mark.parametrize("is_configured", [False, True], ids=["files", "tokenizer_config"])
def test_licenses_and_templates_go_with_the_weights(models, tmp_path, is_configured):
    """What else is in the folder is named. An adapter with a tokenizer and no template gets those of the model."""
    model, adapter = tmp_path / "model", make_adapter(models("llama"), tmp_path / "adapter")
    shutil.copytree(models("llama"), model)
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    tokenizer.save_pretrained(adapter)
    for path in adapter.glob("*.jinja"):
        path.unlink()
    tokenizer.chat_template = {"default": "{{ messages }}", "tool_use": "{{ tools }}"}
    tokenizer.save_pretrained(model)
    if is_configured:
        shutil.rmtree(model / "additional_chat_templates")
        (model / "chat_template.jinja").unlink()
        config = json.loads((model / "tokenizer_config.json").read_text())
        config["chat_template"] = [{"name": name, "template": text} for name, text in tokenizer.chat_template.items()]
        (model / "tokenizer_config.json").write_text(json.dumps(config))
    (model / "LICENSE.txt").write_text("a license")
    (model / "processor_config.json").write_text("{}")
    for command in (["merge", "--adapter", adapter, "--device", "cpu"], ["export", "--format", "hf", "--adapter", adapter],
                    ["export", "--format", "hf"], ["quantize"]):
        output = tmp_path / "-".join(map(str, command)).replace("/", "")
        done = program.run("model", *command, "--model", model, "--output", output)
        assert done.status == 0, done.stderr
        assert transformers.AutoTokenizer.from_pretrained(output).chat_template == tokenizer.chat_template
        assert (output / "LICENSE.txt").read_text() == "a license"
        assert f"not copied from '{model}': processor_config.json\n" in done.stderr, done.stderr
        if command[0] == "export":
            assert "MB (as stored)" in done.stderr and "auto" not in done.stderr, done.stderr


def test_onto_the_dequantized_base(models, tmp_path):
    base = models("llama")
    adapter = make_adapter(base, tmp_path / "adapter")
    done = program.run("model", "quantize", "--model", base, "--output", tmp_path / "nf4")
    assert done.status == 0, done.stderr
    stored = merge(tmp_path / "nf4", adapter, tmp_path / "of-nf4", "--type", "f32")
    quantized = merge(base, adapter, tmp_path / "of-dense", "--onto", "nf4")
    assert stored["merged_onto"] == "the dequantized NF4 base (the folder stores NF4)"
    assert quantized["merged_onto"] == "the dequantized NF4 base (quantized from the folder's weights)"
    of_nf4, of_dense = load(tmp_path / "of-nf4").state_dict(), load(tmp_path / "of-dense").state_dict()
    for name, value in of_nf4.items():  # the scales' mean may differ in its last bit
        torch.testing.assert_close(value, of_dense[name], rtol=1e-5, atol=1e-6)
    for summary in (stored, quantized):  # the reference is the NF4 base
        assert summary["divergence"]["reference"].startswith("NF4") or summary is stored
        assert summary["divergence"]["max_logit_difference"] < 1e-3
    # The values of NF4, not those of the dense base.
    name = "model.layers.0.mlp.up_proj.weight"
    assert len(torch.unique(of_dense[name][0, :64])) <= 16
    assert not torch.equal(of_dense[name], load(base).state_dict()[name])
    failed = merge(tmp_path / "nf4", adapter, tmp_path / "no", "--onto", "16bit", status=2)
    assert "--onto" in failed.stderr or "16-bit" in failed.stderr, failed.stderr


def test_auto_follows_the_manifest_of_the_adapter(models, tmp_path):
    """An adapter trained by QLoRA is merged onto what it was trained on; the other base is measured against it."""
    base = models("llama")
    data = tmp_path / "train.jsonl"
    data.write_text("".join(json.dumps({"text": text}) + "\n" for text in family_models.TEXT))
    done = program.run("train", "sft", "--model", base, "--train", data, "--method", "qlora", "--output", tmp_path / "adapter", "--max-steps", "2",
                       "--batch-size", "2", "--learning-rate", "1e-3", "--device", "cpu", "--threads", "1", timeout_seconds=300)
    assert done.status == 0, done.stderr
    auto = merge(base, tmp_path / "adapter", tmp_path / "auto", "--data", data)
    dense = merge(base, tmp_path / "adapter", tmp_path / "dense", "--onto", "16bit", "--data", data)
    assert "dequantized NF4" in auto["merged_onto"] and dense["merged_onto"] == "the float32 base"
    assert auto["divergence"]["rows"] == f"the first 8 records of '{data}'"
    assert auto["divergence"]["kl_per_token"] < 1e-6 < dense["divergence"]["kl_per_token"]
    # The records that the adapter was trained on stay known.
    assert (tmp_path / "auto" / "trained_records.index").exists()
    lineage = program.run("lineage", tmp_path / "auto")
    assert lineage.status == 0 and "train.jsonl" in lineage.stdout, lineage.stdout + lineage.stderr


def test_export_with_an_adapter_equals_merging_first(models, tmp_path):
    base = models("llama")
    adapter = make_adapter(base, tmp_path / "adapter", use_dora=True, modules_to_save=["lm_head"])
    merge(base, adapter, tmp_path / "merged", "--rows", "0")
    for folder, more in ((base, ["--adapter", adapter]), (tmp_path / "merged", [])):
        done = program.run("model", "export", "--model", folder, *more, "--type", "q8_0", "--output", tmp_path / f"{folder.name}-gguf")
        assert done.status == 0, done.stderr
    ours, merged = (llama_cpp.read(tmp_path / f"{folder.name}-gguf" / "model-q8_0.gguf") for folder in (base, tmp_path / "merged"))
    assert set(ours[2]) == set(merged[2])
    for name, (kind, shape, data) in ours[2].items():
        assert np.array_equal(data, merged[2][name][2]), name
    done = program.run("model", "export", "--format", "hf", "--model", base, "--adapter", adapter, "--output", tmp_path / "hf")
    assert done.status == 0, done.stderr
    assert (tmp_path / "hf" / "model.safetensors").read_bytes() == (tmp_path / "merged" / "model.safetensors").read_bytes()


def test_export_to_a_folder_dequantizes_and_shards(models, tmp_path):
    base = models("llama")
    done = program.run("model", "quantize", "--model", base, "--output", tmp_path / "nf4")
    assert done.status == 0, done.stderr
    done = program.run("model", "export", "--format", "hf", "--model", tmp_path / "nf4", "--output", tmp_path / "dense", "--type", "f32",
                       "--max-file-gigabytes", "0.003")
    assert done.status == 0, done.stderr
    assert len(list((tmp_path / "dense").glob("model-*-of-*.safetensors"))) > 1
    assert "quantization_config" not in json.loads((tmp_path / "dense" / "config.json").read_text())
    import bitsandbytes

    quantized = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "nf4", dtype=torch.float32)
    dense = load(tmp_path / "dense")
    for ours, theirs in zip(dense.model.layers, quantized.model.layers):
        for part in ("self_attn.q_proj", "mlp.down_proj"):
            weight = theirs.get_submodule(part).weight
            expected = bitsandbytes.functional.dequantize_4bit(weight.data, weight.quant_state)
            torch.testing.assert_close(ours.get_submodule(part).weight, expected.float(), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("family, config", [("llama", {}), ("qwen3", dict(target_modules="all-linear")), ("llama-3", dict(use_rslora=True)),
                                            ("llama", dict(rank_pattern={"q_proj": 4}, alpha_pattern={"k_proj": 3}))])
def test_a_gguf_adapter(models, tmp_path, family, config):
    base = models(family)
    adapter = make_adapter(base, tmp_path / "adapter", **config)
    done = program.run("model", "export", "--model", base, "--adapter", adapter, "--adapter-only", "--output", tmp_path / "out")
    assert done.status == 0, done.stderr
    ours = llama_cpp.read(tmp_path / "out" / "adapter-f32.gguf")
    if not config.get("use_rslora") and not config.get("alpha_pattern"):
        theirs = llama_cpp.read(llama_cpp.convert_adapter(adapter, base, tmp_path / "theirs.gguf"))
        assert set(ours[2]) == set(theirs[2])
        for name, (kind, shape, data) in ours[2].items():
            assert (kind, shape) == theirs[2][name][:2] and np.array_equal(data, theirs[2][name][2]), name
        for key in ("general.architecture", "general.type", "adapter.type", "adapter.lora.alpha"):
            assert ours[0][key] == theirs[0][key] and ours[1][key] == theirs[1][key], key
    done = program.run("model", "export", "--model", base, "--type", "f32", "--output", tmp_path / "base")
    assert done.status == 0, done.stderr
    server = llama_cpp.Server(tmp_path / "base" / "model-f32.gguf", adapter=tmp_path / "out" / "adapter-f32.gguf")
    model = peft.PeftModel.from_pretrained(load(base), adapter).eval()
    ids = IDS[0].tolist()
    for _ in range(4):
        chosen, logprobs = server.next(ids)
        with torch.no_grad():
            expected = torch.log_softmax(model(torch.tensor([ids])).logits[0, -1].double(), -1)
        assert chosen == int(expected.argmax())
        assert all(abs(expected[id].item() - value) < 1e-3 for id, value in logprobs.items())
        ids.append(chosen)


@pytest.mark.parametrize("config, words", [(dict(use_dora=True), "DoRA"), (dict(modules_to_save=["lm_head"]), "modules_to_save")])
def test_what_a_gguf_adapter_cannot_have(models, tmp_path, config, words):
    base = models("llama")
    adapter = make_adapter(base, tmp_path / "adapter", **config)
    done = program.run("model", "export", "--model", base, "--adapter", adapter, "--adapter-only", "--output", tmp_path / "out")
    assert done.status == 1 and words in done.stderr, done.stderr


def test_adapters_that_do_not_fit_are_refused(models, tmp_path):
    base = models("llama")
    adapter = make_adapter(base, tmp_path / "adapter")
    other = merge(models("qwen3"), adapter, tmp_path / "out", status=1)
    assert "does not fit the model" in other.stderr, other.stderr
    config = json.loads((adapter / "adapter_config.json").read_text())
    shutil.copytree(adapter, tmp_path / "pissa")
    (tmp_path / "pissa" / "adapter_config.json").write_text(json.dumps({**config, "init_lora_weights": "pissa"}))
    refused = merge(base, tmp_path / "pissa", tmp_path / "out", status=2)
    assert "pissa" in refused.stderr and "convert it" in refused.stderr, refused.stderr
    assert not (tmp_path / "out").exists()


def test_an_interrupted_merge_is_repeated_whole(models, tmp_path):
    base = models("llama")
    adapter = make_adapter(base, tmp_path / "adapter")
    merge(base, adapter, tmp_path / "whole")
    process = program.start("model", "merge", "--model", base, "--adapter", adapter, "--output", tmp_path / "merged", "--device", "cpu", "--rows",
                            "4000", "--max-length", "500")
    program.wait_for(lambda: (tmp_path / "merged" / "config.json").exists())
    process.terminate()
    stopped = program.finish(process)
    assert stopped.status == 143, stopped.stderr
    assert not (tmp_path / "merged" / "manifest.json").exists()
    merge(base, adapter, tmp_path / "merged")
    for name in ("model.safetensors", "config.json", "tokenizer.model"):
        assert (tmp_path / "merged" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()

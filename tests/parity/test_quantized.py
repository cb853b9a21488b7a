"""Folders in bitsandbytes' serialized NF4: intelia reads those of transformers, transformers reads those of intelia, with equal bytes.

Compared with transformers 5.23 and bitsandbytes 0.50.2 on the CPU, one torch thread (the offset is torch's mean, whose last bits
depend on the number of threads). Layer widths are multiples of 64: the CPU kernel of bitsandbytes dequantizes others wrongly
(test_model.py). Differences of logits are relative to the logits' scale, as there.

Fails without the offset of the scales, with tensors sorted by name only, with --method full allowed, and (memory) when the pages
of tensors that were read stay resident.
"""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("bitsandbytes")
from safetensors import safe_open  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from test_model import TOLERANCE, difference, llama_3_1, make_model, mistral, our_logits, peer_logits, token_ids  # noqa: E402

torch.set_num_threads(1)
PROGRAM = pathlib.Path(os.environ.get("INTELIA_BUILD", pathlib.Path(__file__).parents[2] / "build/release")) / "bin/intelia"
SIZES = dict(hidden_size=192, intermediate_size=320)


def intelia(*arguments, status=0):
    run = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert run.returncode == status, run.stderr
    return run


def quantize(model, output, *options):
    intelia("model", "quantize", "--model", model, "--output", output, "--quiet", "--threads", 2, *options)
    return output


def loaded(folder, **more):
    """The logits of transformers for the folder, in fp32."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, device_map={"": "cpu"}, attn_implementation="eager", **more)
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False  # that path rounds the scales of blocks to bf16 first
            module.compute_dtype = torch.float32       # whatever the folder asks for
    return model.eval()


def quantized_by_peer(folder, output, is_nested, **more):
    quantization = transformers.BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=is_nested,
        bnb_4bit_compute_dtype=torch.float32, **more)
    loaded(folder, quantization_config=quantization).save_pretrained(output)
    return output


def dense(folder, dtype=torch.float32, make=llama_3_1, **more):
    make_model(make(**{**SIZES, **more})).to(dtype).save_pretrained(folder)
    return folder


def names_of(folder):
    with safe_open(folder / "model.safetensors", "pt") as file:
        return set(file.keys())


def check_logits(engine_probe, folder, tmp_path, **request):
    """The logits of intelia for the folder equal those of transformers, computed in fp32."""
    ids = token_ids()
    peer = loaded(folder)
    for parameter in peer.parameters():  # transformers uses the type of a folder's dense tensors, whatever dtype says
        if parameter.dtype in (torch.bfloat16, torch.float16):
            parameter.data = parameter.data.float()
    theirs = peer_logits(peer, ids)
    ours = our_logits(engine_probe, folder, tmp_path, ids, **{"method": "qlora", **request})
    found = difference(ours, theirs)
    print(f"{folder.name}: {found:.1e}")
    assert found < TOLERANCE
    return ours


@pytest.mark.parametrize("is_nested", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_folder_of_transformers(engine_probe, tmp_path, is_nested, dtype):
    theirs = quantized_by_peer(dense(tmp_path / "dense", dtype), tmp_path / "theirs", is_nested)
    ours = check_logits(engine_probe, theirs, tmp_path)
    # LoRA on such a folder uses the same values.
    ids = token_ids()
    assert difference(our_logits(engine_probe, theirs, tmp_path, ids, method="lora"), ours) == 0
    # What must be detected: another number in one part of one weight.
    tensors = load_file(theirs / "model.safetensors")
    name = "model.layers.1.mlp.up_proj.weight"
    parts = [name, name + ".absmax"] + ([name + ".nested_absmax", name + ".nested_quant_map"] if is_nested else [])
    for part in parts:
        broken = shutil.copytree(theirs, tmp_path / part)
        changed = tensors[part].flatten().roll(1) if part.endswith("map") or tensors[part].dtype == torch.uint8 else tensors[part] * 1.5
        save_file({**tensors, part: changed.view(tensors[part].shape)}, broken / "model.safetensors", metadata={"format": "pt"})
        assert difference(our_logits(engine_probe, broken, tmp_path, ids, method="qlora"), ours) > 10 * TOLERANCE, part


@pytest.mark.parametrize("make, more", [(mistral, {}), (llama_3_1, {"tie_word_embeddings": True})])
def test_folders_of_other_models(engine_probe, tmp_path, make, more):
    check_logits(engine_probe, quantized_by_peer(dense(tmp_path / "dense", make=make, **more), tmp_path / "theirs", True), tmp_path)


@pytest.mark.parametrize("skipped", [["lm_head", "down_proj"], ["model.layers.1.self_attn", "lm_head"], ["q_proj"]])
def test_skipped_modules(engine_probe, tmp_path, skipped):
    """Dense layers stay dense, and a quantized head is read (transformers' default leaves the head)."""
    theirs = quantized_by_peer(dense(tmp_path / "dense"), tmp_path / "theirs", True, llm_int8_skip_modules=skipped)
    is_stored = {name.removesuffix(".quant_map") for name in names_of(theirs) if name.endswith(".weight.quant_map")}
    assert ("lm_head.weight" in is_stored) == ("lm_head" not in skipped)
    assert ("model.layers.1.self_attn.q_proj.weight" in is_stored) == (skipped == ["lm_head", "down_proj"])
    check_logits(engine_probe, theirs, tmp_path)


@pytest.mark.parametrize("is_nested", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_quantize_writes_the_peers_bytes(tmp_path, is_nested, dtype):
    """The whole weight file with its header; the configuration except for the type of computation."""
    source = dense(tmp_path / "dense", dtype)
    theirs = quantized_by_peer(source, tmp_path / "theirs", is_nested)
    ours = quantize(source, tmp_path / "ours", *([] if is_nested else ["--no-double-quant"]))
    their_tensors, our_tensors = load_file(theirs / "model.safetensors"), load_file(ours / "model.safetensors")
    assert our_tensors.keys() == their_tensors.keys()
    for name, tensor in their_tensors.items():
        assert our_tensors[name].dtype == tensor.dtype and our_tensors[name].shape == tensor.shape, name
        assert torch.equal(our_tensors[name], tensor), name
    assert (ours / "model.safetensors").read_bytes() == (theirs / "model.safetensors").read_bytes()
    configs = [json.loads((folder / "config.json").read_text()) for folder in (ours, theirs)]
    assert configs[0]["quantization_config"].pop("bnb_4bit_compute_dtype") == str(dtype).split(".")[1]
    configs[1]["quantization_config"].pop("bnb_4bit_compute_dtype")
    assert configs[0] == configs[1]


@pytest.mark.parametrize("options", [[], ["--no-double-quant"], ["--max-file-gigabytes", "2e-4"]])
def test_quantized_folder_loads_in_transformers(engine_probe, tmp_path, options):
    source = dense(tmp_path / "dense", torch.bfloat16)
    ours = quantize(source, tmp_path / "ours", *options)
    assert (len(list(ours.glob("model-*.safetensors"))) > 2) == (options[:1] == ["--max-file-gigabytes"])
    logits = check_logits(engine_probe, ours, tmp_path)
    if "--no-double-quant" not in options:  # then they equal those that qlora computes from the dense folder
        assert difference(our_logits(engine_probe, source, tmp_path, token_ids(), method="qlora"), logits) == 0


def test_parts_of_shards_are_those_of_one_file(tmp_path):
    source = dense(tmp_path / "dense")
    whole = load_file(quantize(source, tmp_path / "whole") / "model.safetensors")
    sharded = quantize(source, tmp_path / "sharded", "--max-file-gigabytes", "2e-4")
    found = {}
    for file in sharded.glob("model-*.safetensors"):
        found.update(load_file(file))
        assert file.stat().st_size < 3e5
    assert found.keys() == whole.keys() and all(torch.equal(found[name], whole[name]) for name in whole)
    index = json.loads((sharded / "model.safetensors.index.json").read_text())
    assert index["weight_map"].keys() == whole.keys()
    # Run again with larger files: no shards remain.
    quantize(source, sharded)
    assert sorted(path.name for path in sharded.glob("model*")) == ["model.safetensors"]


def test_training_stands_on_the_stored_values(engine_probe, tmp_path):
    """The adapter of a prequantized folder, by qlora or lora, is byte for byte the one that qlora trains on the dense folder."""
    source = dense(tmp_path / "dense")
    stored = quantize(source, tmp_path / "stored")
    rows = [{"ids": token_ids(30, seed), "is_target": [1] * 30} for seed in range(8)]
    adapters = []
    for number, (model, method) in enumerate([(source, "qlora"), (stored, "qlora"), (stored, "lora"), (source, "lora")]):
        output = tmp_path / f"adapter-{number}"
        output.mkdir()
        engine_probe(do="train", model=model, method=method, output=output, samples=rows, max_steps=3, learning_rate=1e-2, lora_r=4)
        adapters.append((output / "adapter_model.safetensors").read_bytes())
    assert adapters[0] == adapters[1] == adapters[2] != adapters[3]
    with pytest.raises(RuntimeError, match="ended with 2: .*method: full.*NF4"):
        engine_probe(do="train", model=stored, method="full", output=tmp_path / "adapter-0", samples=rows, max_steps=1)


def test_memory_does_not_grow_with_the_model(tmp_path):
    """Sixteen layers (100 MB of weights) need little more memory than two: one tensor is in memory at a time."""
    peaks = []
    for layers in (2, 16):
        model = tmp_path / f"model-{layers}"
        intelia("model", "init", "--preset", "small", "--layers", layers, "--dtype", "bfloat16", "--output", model, "--quiet")
        script = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
                  "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        run = subprocess.run([sys.executable, "-c", script, PROGRAM, "model", "quantize", "--model", model, "--output",
                              tmp_path / f"out-{layers}", "--quiet", "--threads", "1"], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        peaks.append(int(run.stdout) * 1024)
    print(peaks)
    assert peaks[1] - peaks[0] < 30e6, peaks

"""The forward pass against transformers, peft and bitsandbytes, on random weights that are large enough to matter.

Linear layers and embeddings have standard deviation 0.1, norms are around 1: with the usual 0.02 attention is nearly
uniform and a wrong rotary position or head would change the logits by less than rounding does. A difference is the
largest absolute one over the largest absolute logit ("relative to the logits' scale"); TOLERANCE bounds it.
"""

import json
import shutil

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
peft = pytest.importorskip("peft")

torch.set_num_threads(1)
TOLERANCE = 1e-4
LENGTH = 96  # beyond LLAMA3_ROPE's original 32 positions and three times Mistral's window

LLAMA3_ROPE = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 32}
COMMON = dict(vocab_size=173, hidden_size=96, intermediate_size=160, num_hidden_layers=3, max_position_embeddings=256,
              rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2, attn_implementation="eager")


YARN = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 32}


def longrope(size, original=32):
    """As in Phi-3; LENGTH is beyond `original`, so that the long factors count."""
    random = np.random.default_rng(2)
    return {"rope_type": "longrope", "rope_theta": 10000.0, "short_factor": random.uniform(1, 2, size // 2).tolist(),
            "long_factor": random.uniform(1, 8, size // 2).tolist(), "original_max_position_embeddings": original}


def llama_2(**more):
    return transformers.LlamaConfig(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 6,
                                       "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}, **more})


def llama_3_1(**more):
    return transformers.LlamaConfig(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 2,
                                       "rope_parameters": LLAMA3_ROPE, **more})


def codellama(**more):
    return llama_2(**{"rope_parameters": {"rope_type": "default", "rope_theta": 1e6}, **more})


DYNAMIC = {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 4.0}


def mistral(**more):
    return transformers.MistralConfig(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 3, "sliding_window": 31,
                                         "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}, **more})


def qwen2(**more):
    return transformers.Qwen2Config(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 2, "rope_parameters": YARN, **more})


def qwen3(**more):
    return transformers.Qwen3Config(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 24,
                                       "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}, **more})


def phi3(**more):
    return transformers.Phi3Config(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 2, "pad_token_id": 0,
                                      "original_max_position_embeddings": 32, "rope_parameters": longrope(16), **more})


def gemma2(**more):
    return transformers.Gemma2Config(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 24,
                                        "query_pre_attn_scalar": 40, "attn_logit_softcapping": 2.0, "final_logit_softcapping": 3.0,
                                        "sliding_window": 31, "pad_token_id": 0,
                                        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}, **more})


CONFIGS = {
    "llama-2": llama_2,
    "llama-3.1": llama_3_1,
    "llama-3.1, tied": lambda **more: llama_3_1(tie_word_embeddings=True, **more),
    "llama-3.1, head size of its own": lambda **more: llama_3_1(head_dim=24, **more),
    "llama-2, linear rope and biases": lambda **more: llama_2(
        attention_bias=True, mlp_bias=True, rope_parameters={"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}, **more),
    "llama-2, dynamic rope": lambda **more: llama_2(**{"max_position_embeddings": 40, "rope_parameters": DYNAMIC, **more}),
    "codellama": codellama,
    "mistral": mistral,
    "qwen2": qwen2,
    "qwen2, tied, windows from layer 1 on": lambda **more: qwen2(
        tie_word_embeddings=True, use_sliding_window=True, sliding_window=31, max_window_layers=1, **more),
    "qwen3": qwen3,
    "qwen3, dynamic rope": lambda **more: qwen3(**{"max_position_embeddings": 40, "rope_parameters": DYNAMIC, **more}),
    "qwen3, biases": lambda **more: qwen3(attention_bias=True, **more),
    "phi3": phi3,
    "phi3, within the original length": lambda **more: phi3(
        original_max_position_embeddings=128, rope_parameters=longrope(16, 128), sliding_window=31, **more),
    "phi3, part of each head rotated": lambda **more: phi3(rope_parameters={**longrope(8), "partial_rotary_factor": 0.5}, **more),
    "gemma2": gemma2,
}

# Features of a family that must affect the logits: changes to config.json that the file for transformers does not have.
OWN_PARTS = {
    "llama-2, dynamic rope": {"original length": {"max_position_embeddings": 48},
                              "factor": {"rope_parameters": {**DYNAMIC, "factor": 3.0}}},
    "codellama": {"theta": {"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}}},
    "qwen2": {"yarn": {"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}},
              "attention factor": {"rope_parameters": {**YARN, "attention_factor": 1.0}}},
    "qwen2, tied, windows from layer 1 on": {"window": {"use_sliding_window": False, "layer_types": None}},
    "qwen3": {"theta": {"rope_parameters": {"rope_type": "default", "rope_theta": 20000.0}}},
    "phi3": {"long factors": {"original_max_position_embeddings": 128}},
    "phi3, within the original length": {"window": {"sliding_window": None}},
    "phi3, part of each head rotated": {"attention factor": {
        "rope_parameters": {**longrope(8), "partial_rotary_factor": 0.5, "attention_factor": 1.0}}},
    "gemma2": {"score cap": {"attn_logit_softcapping": None}, "logit cap": {"final_logit_softcapping": None},
               "scale": {"query_pre_attn_scalar": 24}, "window": {"sliding_window": None}, "activation": {"hidden_activation": "silu"},
               "windowed layers": {"layer_types": ["full_attention", "sliding_attention", "full_attention"]}},
}


def make_model(config, seed=5):
    torch.manual_seed(seed)
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(1.0 if "norm" in name and config.model_type != "gemma2" else 0.0, 0.1)
    return model


def token_ids(length=LENGTH, seed=7, vocabulary=COMMON["vocab_size"]):
    return np.random.default_rng(seed).integers(3, vocabulary, length).tolist()


def peer_logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].float().numpy()


def our_logits(engine_probe, folder, tmp_path, ids, **request):
    out = tmp_path / "logits.bin"
    answer = engine_probe(do="logits", model=folder, ids=ids, out=out, threads=2, **request)
    return np.fromfile(out, np.float32).reshape(len(ids), answer["vocabulary_size"])


def difference(ours, theirs):
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def altered(folder, copy, change):
    """A copy of a model folder whose config.json is changed."""
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text())
    change(config)
    (copy / "config.json").write_text(json.dumps(config))
    return copy


def permute_heads(folder, copy):
    """A copy of a model folder in which query heads are assigned to key/value heads in another way."""
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text())
    num_heads, num_groups = config["num_attention_heads"], config["num_key_value_heads"]
    tensors = load_file(copy / "model.safetensors")
    # Head h belongs to group h // (heads / groups); here it is put where h % groups would have it.
    order = torch.arange(num_heads).view(num_groups, -1).T.flatten()
    for name in tensors:
        if name.endswith("q_proj.weight"):
            tensors[name] = tensors[name].unflatten(0, (num_heads, -1))[order].flatten(0, 1).contiguous()
        if name.endswith("o_proj.weight"):
            tensors[name] = tensors[name].unflatten(1, (num_heads, -1))[:, order].flatten(1, 2).contiguous()
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    return copy


def without_rope_scaling(config):
    config["rope_parameters"] = {"rope_type": "default", "rope_theta": 10000.0}


def with_large_epsilon(config):
    config["rms_norm_eps"] *= 1000


def without_window(config):
    config["sliding_window"] = None


@pytest.mark.parametrize("name", CONFIGS)
def test_logits(engine_probe, tmp_path, name):
    model = make_model(CONFIGS[name]())
    folder = tmp_path / "model"
    model.save_pretrained(folder)
    ids = token_ids()
    theirs = peer_logits(model, ids)
    found = difference(our_logits(engine_probe, folder, tmp_path, ids), theirs)
    print(f"{name}: {found:.1e}")
    assert found < TOLERANCE

    # What must be detected: an error in each part of the computation.
    wrong = {"eps": altered(folder, tmp_path / "eps", with_large_epsilon)}
    if "rope" in name or "3.1" in name:
        wrong["rope scaling"] = altered(folder, tmp_path / "rope", without_rope_scaling)
    if model.config.num_attention_heads != model.config.num_key_value_heads and "phi3" not in name:
        wrong["grouping"] = permute_heads(folder, tmp_path / "grouping")
    if name == "mistral":
        wrong["window"] = altered(folder, tmp_path / "window", without_window)
    for part, changes in OWN_PARTS.get(name, {}).items():
        wrong[part] = altered(folder, tmp_path / part, lambda config, changes=changes: config.update(changes))
    for part, broken in wrong.items():
        found = difference(our_logits(engine_probe, broken, tmp_path, ids), theirs)
        print(f"  with another {part}: {found:.1e}")
        assert found > 10 * TOLERANCE, part


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("shard", ["5GB", "100KB"])
def test_weight_files(engine_probe, tmp_path, dtype, shard):
    """16-bit files, whole and sharded: computed in fp32, the results equal those of transformers in fp32."""
    make_model(llama_3_1()).to(dtype).save_pretrained(tmp_path / "model", max_shard_size=shard)
    assert (len(list((tmp_path / "model").glob("*.safetensors"))) > 1) == (shard == "100KB")
    peer = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "model", dtype=torch.float32, attn_implementation="eager")
    ids = token_ids()
    assert difference(our_logits(engine_probe, tmp_path / "model", tmp_path, ids), peer_logits(peer, ids)) < TOLERANCE


def two_rows():
    return [{"ids": token_ids(LENGTH, 1), "is_target": [int(i % 3 != 1) for i in range(LENGTH)]},
            {"ids": token_ids(20, 2), "is_target": [1] * 20}]


def summed_loss(model, rows):
    total = 0.0
    for row in rows:
        labels = torch.tensor([i if t else -100 for i, t in zip(row["ids"], row["is_target"])])
        logits = model(torch.tensor([row["ids"]])).logits[0].double()
        total = total + torch.nn.functional.cross_entropy(logits[:-1], labels[1:], reduction="sum")
    return total


@pytest.mark.parametrize("name", CONFIGS)
def test_every_gradient(gradient_probe, tmp_path, name):
    """The loss of two sequences of unequal lengths and its gradient with respect to every weight."""
    model = make_model(CONFIGS[name]())
    model.save_pretrained(tmp_path / "model")
    rows = two_rows()
    answer = gradient_probe(model=tmp_path / "model", method="full", samples=rows, out=tmp_path / "gradients.safetensors")
    ours = load_file(tmp_path / "gradients.safetensors")
    total = summed_loss(model, rows)
    total.backward()
    assert abs(answer["loss"] - total.item()) < TOLERANCE * total.item()
    theirs = {name: parameter.grad for name, parameter in model.named_parameters()}
    assert ours.keys() == theirs.keys()
    for name, gradient in theirs.items():
        assert difference(ours[name].numpy(), gradient.numpy()) < TOLERANCE, name


def root_mean_square(values):
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


@pytest.mark.parametrize("name", ["llama-3.1", "mistral", "qwen2", "qwen3", "phi3", "gemma2", "codellama"])
def test_bf16_computation(engine_probe, gradient_probe, tmp_path, name):
    """In bf16 both round in other places; the error of intelia relative to fp32 must be at most 1.5 times that of transformers
    in bf16. Gradients of all weights count equally, relative to their scale."""
    model = make_model(CONFIGS[name]()).to(torch.bfloat16)
    model.save_pretrained(tmp_path / "model")
    ids, rows = token_ids(), two_rows()

    def logits_and_gradients():
        model.zero_grad()
        summed_loss(model, rows).backward()
        return peer_logits(model, ids), {name: parameter.grad.float().numpy() for name, parameter in model.named_parameters()}

    their_logits, their_gradients = logits_and_gradients()
    model.float()
    logits, gradients = logits_and_gradients()
    our = our_logits(engine_probe, tmp_path / "model", tmp_path, ids, precision="bf16")
    found, allowed = root_mean_square(our - logits), root_mean_square(their_logits - logits)
    print(f"{name}, logits: rms {found:.2e}, transformers' {allowed:.2e}")
    assert 0 < found < 1.5 * allowed

    gradient_probe(model=tmp_path / "model", method="full", precision="bf16", samples=rows, out=tmp_path / "gradients")
    our_gradients = load_file(tmp_path / "gradients")

    def distance(found):
        return root_mean_square([root_mean_square(found[name] - exact) / root_mean_square(exact)
                                 for name, exact in gradients.items()])

    found, allowed = distance({name: gradient.numpy() for name, gradient in our_gradients.items()}), distance(their_gradients)
    print(f"{name}, gradients: rms {found:.2e}, transformers' {allowed:.2e}")
    assert 0 < found < 1.5 * allowed


@pytest.mark.parametrize("name", ["llama-2", "llama-3.1", "llama-2, dynamic rope", "mistral", "qwen2", "qwen3",
                                  "phi3, part of each head rotated", "gemma2"])
def test_greedy_generation(engine_probe, tmp_path, name):
    """Three prompts of unequal lengths in one batch: each has the result of transformers for it alone."""
    model = make_model(CONFIGS[name]())
    model.save_pretrained(tmp_path / "model")
    prompts = [token_ids(length, seed) for length, seed in [(5, 1), (50, 2), (23, 3)]]
    answer = engine_probe(do="generate", model=tmp_path / "model", prompts=prompts, max_new_tokens=24, stop_ids=[2])
    for prompt, ours in zip(prompts, answer["generated"]):
        with torch.no_grad():
            theirs = model.generate(torch.tensor([prompt]), max_new_tokens=24, do_sample=False, eos_token_id=2, pad_token_id=0,
                                    use_cache=False)[0, len(prompt):].tolist()
        assert ours["ids"] == [i for i in theirs if i != 2]
        assert ours["is_truncated"] == (2 not in theirs)
    # A stop id ends a sequence where it is generated, and is not part of it.
    stop = answer["generated"][0]["ids"][7]
    stopped = engine_probe(do="generate", model=tmp_path / "model", prompts=prompts, max_new_tokens=24, stop_ids=[2, stop])
    for before, after in zip(answer["generated"], stopped["generated"]):
        is_said = stop in before["ids"]
        assert after["ids"] == (before["ids"][:before["ids"].index(stop)] if is_said else before["ids"])
        assert after["is_truncated"] == (before["is_truncated"] and not is_said)


def test_sampled_generation_follows_its_seed(engine_probe, tmp_path):
    make_model(llama_2()).save_pretrained(tmp_path / "model")
    ask = lambda prompts, seed: [one["ids"] for one in engine_probe(
        do="generate", model=tmp_path / "model", prompts=prompts, max_new_tokens=16, temperature=1.0, seed=seed)["generated"]]
    prompts = [token_ids(6, 1), token_ids(9, 2)]
    assert ask(prompts, 3) == ask(prompts, 3) != ask(prompts, 4)
    assert ask(prompts, 3) == ask(prompts[:1], 3) + ask(prompts[1:], 3)  # whatever else is in the batch


def test_scores(engine_probe, tmp_path):
    """Losses of samples scored together are those of transformers for each alone."""
    model = make_model(llama_3_1())
    model.save_pretrained(tmp_path / "model")
    samples = []
    for length in (4, 40, 17):
        ids = token_ids(length, length)
        samples.append({"ids": ids, "is_target": [int(i % 3 != 0) for i in range(length)]})
    answer = engine_probe(do="score", model=tmp_path / "model", samples=samples)
    for sample, ours in zip(samples, answer["scores"]):
        labels = [i if t else -100 for i, t in zip(sample["ids"], sample["is_target"])]
        logits = torch.from_numpy(peer_logits(model, sample["ids"])).double()
        theirs = torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(labels[1:]), reduction="sum").item()
        assert ours["num_targets"] == sum(sample["is_target"][1:])
        assert abs(ours["loss_sum"] - theirs) < TOLERANCE * theirs


def lora_config(**more):
    return peft.LoraConfig(**{**dict(r=4, lora_alpha=10, lora_dropout=0.0, task_type="CAUSAL_LM",
                                     target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]),
                              **more})


ADAPTERS = {
    "plain": {},
    "rslora": {"use_rslora": True},
    "dora": {"use_dora": True},
    "dora and rslora": {"use_dora": True, "use_rslora": True},
    "patterns": {"rank_pattern": {r"layers\.[12]\.mlp\.up_proj": 3, "q_proj": 7}, "alpha_pattern": {"down_proj": 3.5}},
    "all-linear": {"target_modules": "all-linear"},
    "a pattern of targets": {"target_modules": r".*\.(1|2)\..*(q|v|down)_proj"},
    "some layers": {"target_modules": ["q_proj", "up_proj"], "layers_to_transform": [0, 2], "layers_pattern": "layers"},
    "one layer, with exclusions": {"layers_to_transform": 1, "exclude_modules": ["q_proj", "mlp.up_proj"]},
    "modules to save": {"modules_to_save": ["embed_tokens", "lm_head"]},
    "pissa": {"init_lora_weights": "pissa"},
    "olora": {"init_lora_weights": "olora"},
}


TIED_AND_NORMS = {
    "norms": ("qwen3", {"modules_to_save": ["norm"]}),
    "some norms": ("gemma2", {"modules_to_save": ["input_layernorm", "model.norm"]}),
    "tied: embedding": ("llama-3.1, tied", {"modules_to_save": ["embed_tokens"]}),
    "tied: head": ("llama-3.1, tied", {"modules_to_save": ["lm_head"]}),
    "tied: both apart": ("llama-3.1, tied", {"modules_to_save": ["embed_tokens", "lm_head"]}),
    "tied: both as one": ("llama-3.1, tied", {"modules_to_save": ["embed_tokens"], "ensure_weight_tying": True}),
    "tied: both as one, by the head": ("llama-3.1, tied", {"modules_to_save": ["lm_head", "norm"], "ensure_weight_tying": True}),
    "not tied, though asked for": ("llama-3.1", {"modules_to_save": ["embed_tokens"], "ensure_weight_tying": True}),
}


def moved(tuned):
    """A PEFT model whose adapter is not in its initial state."""
    torch.manual_seed(3)
    with torch.no_grad():
        for name, parameter in tuned.named_parameters():
            if "lora_B" in name or "lora_A" in name or "modules_to_save" in name:
                parameter.add_(torch.randn_like(parameter), alpha=0.05)
            if "magnitude" in name:
                parameter.mul_(1 + 0.2 * torch.rand_like(parameter))
    return tuned


@pytest.mark.parametrize("family", ["qwen2", "phi3", "gemma2"])
def test_adapter_on_every_linear_layer(engine_probe, gradient_probe, tmp_path, family):
    """Family-specific layers: biases, joint projections, output norms; logits and the adapter's gradients."""
    base = make_model(CONFIGS[family]())
    base.save_pretrained(tmp_path / "model")
    tuned = moved(peft.get_peft_model(base, lora_config(target_modules="all-linear"))).eval()
    tuned.save_pretrained(tmp_path / "adapter")
    ids = token_ids()
    assert difference(our_logits(engine_probe, tmp_path / "model", tmp_path, ids, adapter=tmp_path / "adapter"),
                      peer_logits(tuned, ids)) < TOLERANCE
    check_adapter_gradients(gradient_probe, tmp_path, tuned)


def check_adapter_gradients(gradient_probe, tmp_path, tuned):
    rows = two_rows()
    gradient_probe(model=tmp_path / "model", method="lora", adapter=tmp_path / "adapter", samples=rows, out=tmp_path / "gradients")
    summed_loss(tuned, rows).backward()
    theirs = {}
    for name, parameter in tuned.named_parameters():
        if parameter.requires_grad:
            name = name.replace(".modules_to_save.default", "").replace(".default", "")
            theirs[name.replace("lora_magnitude_vector.weight", "lora_magnitude_vector")] = parameter.grad
    ours = load_file(tmp_path / "gradients")
    assert ours.keys() == theirs.keys()
    for name, gradient in theirs.items():
        assert difference(ours[name].numpy(), gradient.numpy()) < TOLERANCE, name


@pytest.mark.parametrize("kind", [*ADAPTERS, *TIED_AND_NORMS])
def test_adapter_of_peft(engine_probe, gradient_probe, tmp_path, kind):
    family, settings = TIED_AND_NORMS.get(kind) or ("llama-3.1", ADAPTERS[kind])
    base = make_model(CONFIGS[family]())
    base.save_pretrained(tmp_path / "model")
    ids = token_ids()
    bare = peer_logits(base, ids)
    tuned = moved(peft.get_peft_model(base, lora_config(**settings))).eval()
    tuned.save_pretrained(tmp_path / "adapter")
    theirs = peer_logits(tuned, ids)
    assert difference(bare, theirs) > 100 * TOLERANCE
    check_adapter_gradients(gradient_probe, tmp_path, tuned)
    request = dict(adapter=tmp_path / "adapter")
    assert difference(our_logits(engine_probe, tmp_path / "model", tmp_path, ids, **request), theirs) < TOLERANCE
    assert difference(our_logits(engine_probe, tmp_path / "model", tmp_path, ids, use_adapter=False, **request), bare) < TOLERANCE


# What a file may name although the model lacks it: PEFT ignores it, and vLLM too.
NAMES_OF_OTHERS = {
    "targets": {"target_modules": ["q_proj", "v_proj", "down_proj", "c_attn", "w_pack"]},
    "patterns": {"target_modules": ["q_proj", "down_proj"], "rank_pattern": {"c_attn": 2, "up_proj": 3}, "alpha_pattern": {"w_pack": 5}},
    "modules to save": {"target_modules": ["q_proj", "c_attn"], "modules_to_save": ["lm_head", "score", "v_head"]},
}


@pytest.mark.parametrize("kind", NAMES_OF_OTHERS)
def test_adapter_names_what_the_model_lacks(engine_probe, tmp_path, kind):
    base = make_model(llama_3_1())
    base.save_pretrained(tmp_path / "model")
    ids = token_ids()
    bare = peer_logits(base, ids)
    tuned = moved(peft.get_peft_model(base, lora_config(**NAMES_OF_OTHERS[kind]))).eval()
    tuned.save_pretrained(tmp_path / "adapter")
    theirs = peer_logits(tuned, ids)
    assert difference(bare, theirs) > 100 * TOLERANCE
    answer = engine_probe(do="logits", model=tmp_path / "model", adapter=tmp_path / "adapter", ids=ids, out=tmp_path / "logits.bin")
    assert difference(np.fromfile(tmp_path / "logits.bin", np.float32).reshape(len(ids), -1), theirs) < TOLERANCE
    for name in ("c_attn", "w_pack") if kind != "modules to save" else ("c_attn",):
        assert any(f"'{name}' matches no layer of the model" in warning for warning in answer["warnings"]), name


TRAINED = {
    "plain": {},
    "rslora, gaussian": {"lora_rslora": True, "lora_init": "gaussian"},
    "dora": {"lora_dora": True},
    "patterns": {"rank_pattern": ["q_proj=7"], "alpha_pattern": ["down_proj=3.5"]},
    "modules to save": {"modules_to_save": ["embed_tokens", "lm_head"]},
    "pissa": {"lora_init": "pissa"},
    "olora, rslora": {"lora_init": "olora", "lora_rslora": True},
}


@pytest.mark.parametrize("kind", [*TRAINED, *TIED_AND_NORMS])
def test_adapter_trained_here_loads_in_peft(engine_probe, tmp_path, kind):
    family, settings = TIED_AND_NORMS.get(kind) or ("llama-3.1", TRAINED[kind])
    base = make_model(CONFIGS[family]())
    base.save_pretrained(tmp_path / "model")
    (tmp_path / "adapter").mkdir()
    rows = [{"ids": token_ids(30, seed), "is_target": [1] * 30} for seed in range(8)]
    engine_probe(do="train", model=tmp_path / "model", method="lora", output=tmp_path / "adapter", samples=rows, max_steps=4,
                 learning_rate=1e-2, lora_r=4, lora_alpha=10, lora_targets=["q_proj", "v_proj", "down_proj"], threads=2, **settings)
    for name, tensor in load_file(tmp_path / "adapter" / "adapter_model.safetensors").items():
        assert "lora_" in name or not torch.equal(tensor, base.get_parameter(name.removeprefix("base_model.model."))), name
    ids = token_ids()
    bare = peer_logits(base, ids)
    tuned = peft.PeftModel.from_pretrained(base, tmp_path / "adapter").eval()
    theirs = peer_logits(tuned, ids)
    assert difference(bare, theirs) > 100 * TOLERANCE
    ours = our_logits(engine_probe, tmp_path / "model", tmp_path, ids, adapter=tmp_path / "adapter")
    assert difference(ours, theirs) < TOLERANCE


def test_nf4_logits(engine_probe, tmp_path):
    """4-bit weights as quantized by bitsandbytes: the stored values are equal, so the logits are as close as in fp32."""
    pytest.importorskip("bitsandbytes")
    make_model(llama_3_1(hidden_size=192, intermediate_size=256)).save_pretrained(tmp_path / "model")
    ids = token_ids()
    quantization = transformers.BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
                                                   bnb_4bit_compute_dtype=torch.float32)
    peer = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path / "model", quantization_config=quantization, dtype=torch.float32, device_map={"": "cpu"}, attn_implementation="eager")
    for module in peer.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False  # that path rounds the scales of blocks to bf16 first
    check_nf4(engine_probe, tmp_path, ids, peer_logits(peer, ids))


def test_nf4_logits_of_rows_that_blocks_do_not_divide(engine_probe, tmp_path):
    """Rows of 96 and 160 values: blocks of 64 cross rows.

    Here bitsandbytes 0.50.2 stores the right codes, but its CPU kernel dequantizes them with the wrong scales (the error
    of a random 96 x 96 matrix is 0.24 instead of 0.09), so each weight is quantized as one flat row.
    """
    functional = pytest.importorskip("bitsandbytes.functional")
    model = make_model(llama_3_1())
    model.save_pretrained(tmp_path / "model")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("_proj.weight"):
                stored = functional.quantize_4bit(parameter.reshape(1, -1), quant_type="nf4", compress_statistics=True)
                parameter.copy_(functional.dequantize_4bit(*stored).view_as(parameter))
    ids = token_ids()
    check_nf4(engine_probe, tmp_path, ids, peer_logits(model, ids))


def check_nf4(engine_probe, tmp_path, ids, theirs):
    found = difference(our_logits(engine_probe, tmp_path / "model", tmp_path, ids, method="qlora"), theirs)
    whole = difference(our_logits(engine_probe, tmp_path / "model", tmp_path, ids), theirs)
    print(f"NF4: {found:.1e}; unquantized: {whole:.1e}")
    assert found < TOLERANCE
    assert whole > 10 * TOLERANCE  # quantization has a visible effect

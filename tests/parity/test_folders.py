"""Model folders as they are published, not as transformers would save them: transformers' from_pretrained on generated folders.

Each folder is a random family with a random combination of: tied embeddings or not by config.json, an output layer that is absent,
equal to the embedding or different, names without the prefix "model.", tensors that no part of the model takes, and rotary
parameters under any of their keys. Compared are the logits and the tensors that transformers reports as unexpected. What
transformers initializes at random (missing tensors) is an error here.
"""

import json
import re

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from test_model import TOLERANCE, difference, gemma2, llama_2, make_model, mistral, our_logits, peer_logits, phi3, qwen2, qwen3, token_ids

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SIZES = dict(num_hidden_layers=2, hidden_size=48, intermediate_size=64, vocab_size=61, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64)
FAMILIES = {"llama": llama_2, "mistral": mistral, "qwen2": qwen2, "qwen3": qwen3, "phi3": phi3, "gemma2": gemma2}
EMBEDDING, HEAD = "model.embed_tokens.weight", "lm_head.weight"


def base_folder(folder, family, **more):
    sizes = {**SIZES, **more}
    if family == "phi3":
        sizes["rope_parameters"] = {"rope_type": "default", "rope_theta": 10000.0}
    make_model(FAMILIES[family](**sizes)).save_pretrained(folder)
    return folder


def change_config(folder, **changes):
    config = json.loads((folder / "config.json").read_text())
    config.update(changes)
    (folder / "config.json").write_text(json.dumps({key: value for key, value in config.items() if value != "absent"}))


def unexpected_tensors(random):
    """Tensors that the configuration has no place for."""
    kinds = {"biases": [f"model.layers.{i}.self_attn.{p}_proj.bias" for i in range(2) for p in ("o", "gate")],
             "layers": [f"model.layers.{i}.mlp.down_proj.weight" for i in (2, 3)],
             "frequencies": [f"model.layers.{i}.self_attn.rotary_emb.inv_freq" for i in range(2)],
             "others": ["model.vision.proj.weight", "score.weight"]}
    chosen = [kind for kind in kinds if random.random() < 0.4]
    return [name for kind in chosen for name in kinds[kind]]


def random_folder(folder, random):
    family = random.choice(list(FAMILIES))
    base_folder(folder, family, tie_word_embeddings=False)
    tensors = load_file(folder / "model.safetensors")
    says_tied = bool(random.random() < 0.7)
    head = random.choice(["absent", "equal", "different", "equal in another type"])
    if head == "absent":
        del tensors[HEAD]
    elif head == "equal":
        tensors[HEAD] = tensors[EMBEDDING].clone()
    elif head == "equal in another type":
        tensors[EMBEDDING] = tensors[EMBEDDING].bfloat16()
        tensors[HEAD] = tensors[EMBEDDING].float()
    if head != "absent" and random.random() < 0.3:
        del tensors[EMBEDDING]
    for name in unexpected_tensors(random):
        tensors[name] = torch.ones(3)
    if random.random() < 0.3:
        tensors = {name.removeprefix("model."): tensor for name, tensor in tensors.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    change_config(folder, tie_word_embeddings=says_tied)
    return folder


def loaded(folder):
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager",
                                                             output_loading_info=True)


def patterns(names):
    """As warnings name them: numbers between dots as '*', with counts."""
    counts = {}
    for name in names:
        pattern = re.sub(r"(^|\.)\d+", r"\1*", name)
        counts[pattern] = counts.get(pattern, 0) + 1
    return counts


def named_in(warnings):
    text = next((w for w in warnings if "are not part of the model" in w), "")
    return {name: int(count) for name, count in re.findall(r"([\w.*]+) \((\d+)\)", text)}


@pytest.mark.parametrize("seed", range(40))
def test_generated_folders(engine_probe, tmp_path, seed):
    random = np.random.default_rng(seed)
    folder = random_folder(tmp_path / "model", random)
    try:
        model, info = loaded(folder)
    except Exception as error:  # a tensor of another shape
        with pytest.raises(RuntimeError):
            our_logits(engine_probe, folder, tmp_path, [3, 4, 5])
        print(f"both refuse: {str(error)[:80]}")
        return
    ids = token_ids(40, vocabulary=SIZES["vocab_size"])
    if info["missing_keys"]:
        with pytest.raises(RuntimeError, match="no tensor"):
            our_logits(engine_probe, folder, tmp_path, ids)
        return
    out = tmp_path / "logits.bin"
    answer = engine_probe(do="logits", model=folder, ids=ids, out=out, threads=1)
    ours = np.fromfile(out, np.float32).reshape(len(ids), -1)
    assert difference(ours, peer_logits(model.eval(), ids)) < TOLERANCE
    assert named_in(answer["warnings"]) == patterns(info["unexpected_keys"])
    is_untied = model.config.tie_word_embeddings and model.lm_head.weight is not model.model.embed_tokens.weight
    assert any("they are not tied" in warning for warning in answer["warnings"]) == is_untied


def rope_object(random, kind):
    rope = {"rope_type": kind}
    if random.random() < 0.5:
        rope = {"type": kind}
    if kind != "default":
        rope["factor"] = float(random.choice([2.0, 4.0]))
    if kind == "llama3":
        rope.update(low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)
    if kind == "yarn" and random.random() < 0.5:
        rope["original_max_position_embeddings"] = 16
    if random.random() < 0.5:
        rope["rope_theta"] = float(random.choice([500.0, 10000.0]))
    return rope


@pytest.mark.parametrize("seed", range(40))
def test_generated_rotary_parameters(engine_probe, tmp_path, seed):
    """Every combination of rope_parameters, rope_scaling, rope_theta and original_max_position_embeddings at either place."""
    random = np.random.default_rng(1000 + seed)
    family = random.choice(["llama", "qwen2", "qwen3", "mistral"])
    folder = base_folder(tmp_path / "model", family)
    kinds = ["default", "linear", "llama3", "yarn", "dynamic"]
    pick = lambda: [rope_object(random, random.choice(kinds)), rope_object(random, random.choice(kinds)), {}, None,
                    "absent"][random.integers(5)]
    change_config(folder, rope_parameters=pick(), rope_scaling=pick(),
                  rope_theta=[1000.0, 20000.0, "absent"][random.integers(3)],
                  original_max_position_embeddings=["absent", "absent", 32][random.integers(3)])
    ids = token_ids(60, vocabulary=SIZES["vocab_size"])
    model, _ = loaded(folder)
    config = json.loads((folder / "config.json").read_text())
    print({key: config.get(key) for key in ("rope_parameters", "rope_scaling", "rope_theta", "original_max_position_embeddings")})
    assert difference(our_logits(engine_probe, folder, tmp_path, ids), peer_logits(model.eval(), ids)) < TOLERANCE

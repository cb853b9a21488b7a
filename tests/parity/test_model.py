"""The forward pass against transformers, peft and bitsandbytes, on random weights that are large enough to matter.

Linear layers and embeddings have standard deviation 0.1, norms are around 1: with the usual 0.02 attention is nearly
uniform and a wrong rotary position or head would change the logits by less than rounding does. A difference is the
largest absolute one over the largest absolute logit ("relative to the logits' scale"); TOLERANCE bounds it.
"""

import json
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

torch.set_num_threads(1)
TOLERANCE = 1e-4
LENGTH = 96  # beyond LLAMA3_ROPE's original 32 positions and three times Mistral's window

LLAMA3_ROPE = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 32}
COMMON = dict(vocab_size=173, hidden_size=96, intermediate_size=160, num_hidden_layers=3, max_position_embeddings=256,
              rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2, attn_implementation="eager")


def llama_2(**more):
    return transformers.LlamaConfig(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 6,
                                       "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}, **more})


def llama_3_1(**more):
    return transformers.LlamaConfig(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 2,
                                       "rope_parameters": LLAMA3_ROPE, **more})


def mistral(**more):
    return transformers.MistralConfig(**{**COMMON, "num_attention_heads": 6, "num_key_value_heads": 3, "sliding_window": 31,
                                         "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}, **more})


CONFIGS = {
    "llama-2": llama_2,
    "llama-3.1": llama_3_1,
    "llama-3.1, tied": lambda **more: llama_3_1(tie_word_embeddings=True, **more),
    "llama-3.1, head size of its own": lambda **more: llama_3_1(head_dim=24, **more),
    "llama-2, linear rope and biases": lambda **more: llama_2(
        attention_bias=True, mlp_bias=True, rope_parameters={"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}, **more),
    "mistral": mistral,
}


def make_model(config, seed=5):
    torch.manual_seed(seed)
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(1.0 if "norm" in name else 0.0, 0.1)
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


@pytest.mark.parametrize("name", CONFIGS)
def test_logits(engine_probe, tmp_path, name):
    model = make_model(CONFIGS[name]())
    model.save_pretrained(tmp_path / "model")
    ids = token_ids()
    found = difference(our_logits(engine_probe, tmp_path / "model", tmp_path, ids), peer_logits(model, ids))
    print(f"{name}: {found:.1e}")
    assert found < TOLERANCE

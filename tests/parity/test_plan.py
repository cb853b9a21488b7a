"""The memory that a plan predicts against that of a run, for every model family and every kind of adapter: the plan runs the
training's own code on meta tensors, and an operation that behaves differently there is detected here.

Fails with (relative error): the plan's passes without a graph (0.72 too little), without capped scores in attention (gemma2: 0.52),
without gradients of earlier micro-batches (sgd: 0.43), with the first micro-batch instead of the largest (llama-2: 0.053).
"""
import pytest

from test_model import CONFIGS, make_model

SAMPLES = [{"ids": [(7 * at + number) % 170 for at in range(length)], "is_target": [int(at % 3 > 0) for at in range(length)]}
           for number, length in enumerate((150, 90, 30, 120, 64, 201))]


def check(engine_probe, folder, output, **settings):
    request = dict(model=folder, samples=SAMPLES, batch_size=2, gradient_accumulation=2, epochs=1, lora_dropout=0.05, **settings)
    planned = engine_probe(do="plan", **request)["peak_bytes"]
    counted = engine_probe(do="train", output=output, probes=False, **request)["allocator_peak_bytes"]
    print(planned, counted, planned / counted)
    assert abs(planned / counted - 1) < 0.05


@pytest.mark.parametrize("method", ["qlora", "full"])
@pytest.mark.parametrize("name", CONFIGS)
def test_families(engine_probe, tmp_path, name, method):
    make_model(CONFIGS[name]()).save_pretrained(tmp_path / "model")
    (tmp_path / "out").mkdir()
    check(engine_probe, tmp_path / "model", tmp_path / "out", method=method)


def test_attention_in_chunks(engine_probe, tmp_path):
    """Capped scores of a sequence that is long enough for them to be computed in parts."""
    make_model(CONFIGS["gemma2"](max_position_embeddings=2048, num_attention_heads=12)).save_pretrained(tmp_path / "model")
    (tmp_path / "out").mkdir()
    samples = [dict(ids=[at % 170 for at in range(1500)], is_target=[0] * 1400 + [1] * 100)]
    request = dict(model=tmp_path / "model", samples=samples, batch_size=1,
                   gradient_accumulation=1, epochs=1, method="lora")
    planned = engine_probe(do="plan", **request)["peak_bytes"]
    counted = engine_probe(do="train", output=tmp_path / "out", probes=False, **request)["allocator_peak_bytes"]
    assert abs(planned / counted - 1) < 0.05


@pytest.mark.parametrize("settings", [{"lora_dora": True}, {"lora_rslora": True}, {"lora_init": "pissa"}, {"lora_init": "olora"},
                                      {"modules_to_save": ["lm_head", "embed_tokens", "norm"]},
                                      {"precision": "bf16", "lora_dora": True},
                                      {"lora_targets": ["all-linear"]}], ids=str)
def test_adapters(engine_probe, tmp_path, settings):
    make_model(CONFIGS["qwen3"]()).save_pretrained(tmp_path / "model")
    (tmp_path / "out").mkdir()
    check(engine_probe, tmp_path / "model", tmp_path / "out", method="lora", **settings)


@pytest.mark.parametrize("optimizer", ["adamw-8bit", "adafactor", "sgd"])
def test_optimizers(engine_probe, tmp_path, optimizer):
    """Short samples only, so that most of the memory is parameters and states."""
    make_model(CONFIGS["qwen3"](vocab_size=4000)).save_pretrained(tmp_path / "model")
    (tmp_path / "out").mkdir()
    request = dict(model=tmp_path / "model", samples=[dict(ids=[1, 2, 3], is_target=[0, 1, 1])] * 4, batch_size=1, method="full",
                   gradient_accumulation=2, epochs=1, optimizer=optimizer)
    planned = engine_probe(do="plan", **request)["peak_bytes"]
    counted = engine_probe(do="train", output=tmp_path / "out", probes=False, **request)["allocator_peak_bytes"]
    assert abs(planned / counted - 1) < 0.05

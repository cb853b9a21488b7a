"""The optimizers, LoRA+, the schedules and the loss scale of fp16 against the packages that define them, step by step.

optimizer_probe runs those of intelia on given gradients and writes parameters and states after every step. AdamW, Adafactor
and SGD run the same operations of torch and must have the same bits. 8-bit AdamW is a separate implementation (lib/kernels):
its codes, scales and parameters must have the bits of bitsandbytes, too.

The tests were verified to fail after these changes: AdamW's beta1 0.9001, biases that decay;
8-bit AdamW's average without the fused product, codes by plain nearest value; Adafactor's exponent 0.801, no clipping of its
updates; SGD's decay decoupled, its momentum rounded to bf16 first, its rate 1e-4 off; LoRA+ without the vectors, or none; the
scale's growth after 1,999 steps, its fall to a quarter; wsd's decay one step early, cosine without its minimum; an adapter
left in fp32; batch means not weighted by rows, batches of 4; improvement without its threshold, patience one too long.
"""

import json
import subprocess

import numpy as np
import pytest

from conftest import BUILD

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
bitsandbytes = pytest.importorskip("bitsandbytes")
peft = pytest.importorskip("peft")
from peft.optimizers import create_loraplus_optimizer  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

import test_sft  # noqa: E402

torch.set_num_threads(1)

UPDATES, STEPS = 12, 20  # of an optimizer, of a training run
# Names as in an adapter and a model. 4,096 elements have 8-bit states, 4,095 do not; the second matrix ends in a short block; bias
# and norm do not decay; the last is an embedding.
SHAPES = {
    "layers.0.q_proj.lora_A.weight": (8, 512),
    "layers.0.q_proj.lora_B.weight": (70, 61),
    "layers.0.v_proj.lora_B.weight": (45, 91),
    "layers.0.q_proj.bias": (70,),
    "layers.0.input_layernorm.weight": (5000,),
    "embed_tokens.weight": (90, 64),
}


def parameters_and_gradients(dtype):
    """Gradients of very different sizes, some of them zero: whole tensors, whole blocks, single elements."""
    generator = torch.Generator().manual_seed(5)
    tensors = {name: (torch.randn(shape, generator=generator) * 0.1).to(dtype) for name, shape in SHAPES.items()}
    gradients = []
    for update in range(UPDATES):
        of_update = {}
        for name, shape in SHAPES.items():
            size = 10.0 ** torch.randint(-7, 1, shape, generator=generator).float()
            gradient = torch.randn(shape, generator=generator) * size
            flat = gradient.view(-1)
            flat[3::17] = 0
            if update < 2:
                flat[:300] = 0
            if update == 4:
                flat.zero_()
            of_update[name] = gradient.to(dtype)
        gradients.append(of_update)
    rates = [1e-2 * (1 - 0.07 * update) for update in range(UPDATES)]
    rates[0] = 0.0  # the first step of a warm-up
    return tensors, gradients, rates


def run_ours(folder, kind, tensors, gradients, rates, **settings):
    """Parameters and states after every step, by name."""
    stored = dict(tensors)
    for update, of_update in enumerate(gradients):
        stored.update({f"{update}-{name}": gradient for name, gradient in of_update.items()})
    save_file(stored, folder / "in.safetensors")
    request = {"kind": kind, "in": str(folder / "in.safetensors"), "out": str(folder / "out.safetensors"), "rates": rates, **settings}
    result = subprocess.run([BUILD / "bin" / "optimizer_probe"], input=json.dumps(request), text=True, capture_output=True)
    assert result.returncode == 0, result.stderr
    results = load_file(folder / "out.safetensors")
    return [{name.split("-", 1)[1]: tensor for name, tensor in results.items() if name.startswith(f"{update}-")}
            for update in range(UPDATES)]


def run_peer(make, tensors, gradients, rates, weight_decay, states_of):
    """The same from an optimizer with the interface of torch; `make` gets transformers' two groups, with decay and without."""
    parameters = {name: torch.nn.Parameter(tensor.clone()) for name, tensor in tensors.items()}
    decays = {name: not name.endswith(".bias") and "norm" not in name for name in parameters}
    groups = [{"params": [parameters[name] for name in parameters if decays[name] == wanted], "weight_decay": decay}
              for wanted, decay in ((True, weight_decay), (False, 0.0))]
    optimizer = make(groups, parameters)
    results = []
    for of_update, rate in zip(gradients, rates):
        for group in optimizer.param_groups:
            group["lr"] = rate
        for name, parameter in parameters.items():
            parameter.grad = of_update[name].clone()
        optimizer.step()
        of_update = {name: parameter.detach().clone() for name, parameter in parameters.items()}
        for name, parameter in parameters.items():
            for state, tensor in states_of(optimizer.state[parameter]).items():
                of_update[f"{name}.{state}"] = tensor.detach().clone()
        results.append(of_update)
    return results


def assert_same_bits(ours, theirs):
    for update, (mine, other) in enumerate(zip(ours, theirs)):
        assert mine.keys() == other.keys()
        for name in other:
            assert mine[name].dtype == other[name].dtype, name
            same = mine[name].reshape(-1) == other[name].reshape(-1)
            assert same.all(), f"update {update}, {name}: {(~same).sum()} of {same.numel()} differ"


def check_moved(results, tensors):
    for name, tensor in tensors.items():
        assert (results[-1][name] != tensor).any(), name


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adamw(tmp_path, dtype, weight_decay):
    tensors, gradients, rates = parameters_and_gradients(dtype)
    ours = run_ours(tmp_path, "adamw", tensors, gradients, rates, weight_decay=weight_decay)
    theirs = run_peer(lambda groups, _: torch.optim.AdamW(groups, lr=1.0, fused=True), tensors, gradients, rates, weight_decay,
                      lambda state: {key: state[key] for key in ("exp_avg", "exp_avg_sq")})
    check_moved(theirs, tensors)
    assert_same_bits(ours, theirs)


def states_8bit(state):
    states = {"exp_avg": state["state1"], "exp_avg_sq": state["state2"]}
    if state["state1"].dtype == torch.uint8:
        states.update({"exp_avg.absmax": state["absmax1"], "exp_avg_sq.absmax": state["absmax2"]})
    return states


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adamw_8bit(tmp_path, monkeypatch, dtype, weight_decay):
    """bitsandbytes' AdamW8bit, which runs on the CPU; as under transformers' Trainer the embedding keeps 32 bits."""
    tensors, gradients, rates = parameters_and_gradients(dtype)
    ours = run_ours(tmp_path, "adamw-8bit", tensors, gradients, rates, weight_decay=weight_decay)

    def make(groups, parameters):
        manager = bitsandbytes.optim.GlobalOptimManager.get_instance()
        manager.initialize()  # it identifies tensors by id(), which may be those of tensors of an earlier test
        manager.override_config(parameters["embed_tokens.weight"], "optim_bits", 32)
        return bitsandbytes.optim.AdamW8bit(groups, lr=1.0)

    def run():
        return run_peer(make, tensors, gradients, rates, weight_decay, states_8bit)

    theirs = run()
    assert sum(tensor.dtype == torch.uint8 for tensor in theirs[0].values()) == 6
    check_moved(theirs, tensors)
    for update, (mine, other) in enumerate(zip(ours, theirs)):
        for name in other:
            if "exp_avg" in name:
                assert (mine[name].reshape(-1) == other[name].reshape(-1)).all(), f"update {update}, {name}"
            else:
                last_bits = 2 * (update + 1) * torch.finfo(dtype).eps
                np.testing.assert_allclose(mine[name].float(), other[name].float(), rtol=last_bits, atol=1e-8)
    # torch's square root (MKL's) misses the nearest number by one bit now and then, ours does not: with a peer that has
    # the nearest one too, parameters have the same bits as well.
    monkeypatch.setattr(torch.Tensor, "sqrt", lambda tensor: torch.from_numpy(np.sqrt(tensor.numpy())))
    assert_same_bits(ours, run())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adafactor(tmp_path, dtype, weight_decay):
    tensors, gradients, rates = parameters_and_gradients(dtype)
    ours = run_ours(tmp_path, "adafactor", tensors, gradients, rates, weight_decay=weight_decay)
    theirs = run_peer(lambda groups, _: transformers.Adafactor(groups, lr=1.0, scale_parameter=False, relative_step=False),
                      tensors, gradients, rates, weight_decay,
                      lambda state: {key: tensor for key, tensor in state.items() if key.startswith("exp_avg_sq")})
    check_moved(theirs, tensors)
    assert_same_bits(ours, theirs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_sgd(tmp_path, dtype, momentum, weight_decay):
    tensors, gradients, rates = parameters_and_gradients(dtype)
    ours = run_ours(tmp_path, "sgd", tensors, gradients, rates, momentum=momentum, weight_decay=weight_decay)
    theirs = run_peer(lambda groups, _: torch.optim.SGD(groups, lr=1.0, momentum=momentum), tensors, gradients, rates, weight_decay,
                      lambda state: {"momentum_buffer": state["momentum_buffer"]} if state.get("momentum_buffer") is not None else {})
    check_moved(theirs, tensors)
    assert_same_bits(ours, theirs)


def test_loraplus(tmp_path):
    """The rate and decay of every tensor of a DoRA adapter (its magnitudes are vectors) are those of peft's groups."""
    config = transformers.LlamaConfig(vocab_size=50, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
                                      num_attention_heads=4, num_key_value_heads=2)
    torch.manual_seed(3)
    lora = peft.LoraConfig(r=4, target_modules=["q_proj", "down_proj"], use_dora=True, task_type="CAUSAL_LM")
    model = peft.get_peft_model(transformers.LlamaForCausalLM(config), lora)
    parameters = {name.replace(".default", ""): parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert {parameter.ndim for parameter in parameters.values()} == {1, 2}
    tensors = {name: parameter.detach().clone() for name, parameter in parameters.items()}
    gradients = [{name: torch.randn_like(tensor) for name, tensor in tensors.items()} for _ in range(UPDATES)]
    rate, ratio, decay = 1e-3, 16.0, 0.1
    optimizer = create_loraplus_optimizer(
        model, torch.optim.AdamW, lr=rate, loraplus_lr_ratio=ratio, loraplus_weight_decay=decay, fused=True)
    optimizer.param_groups = [group for group in optimizer.param_groups if group["params"]]
    theirs = []
    for of_update in gradients:
        for name, parameter in parameters.items():
            parameter.grad = of_update[name].clone()
        optimizer.step()
        theirs.append({name: parameter.detach().clone() for name, parameter in parameters.items()})
    ours = run_ours(tmp_path, "adamw", tensors, gradients, [rate] * UPDATES, weight_decay=decay, loraplus_ratio=ratio)
    assert_same_bits([{name: step[name] for name in parameters} for step in ours], theirs)


def test_loss_scale():
    """Overflows at the start, in the middle, twice in a row; growth after 2,000 finite steps, and at the limit of fp32."""
    overflows = {0, 1, 700, 2650, 2651, 7000}
    finite = [update not in overflows for update in range(9000)] + [False] * 20 + [True] * 2000
    growing = [True] * (2000 * 115)
    for sequence in (finite, growing):
        scaler = torch.amp.GradScaler("cpu")
        scaler.scale(torch.ones(1))  # makes its tensors
        theirs = []
        for is_finite in sequence:
            torch._amp_update_scale_(scaler._scale, scaler._growth_tracker, torch.tensor([0.0 if is_finite else 1.0]),
                                     scaler.get_growth_factor(), scaler.get_backoff_factor(), scaler.get_growth_interval())
            theirs.append(scaler._scale.item())
        result = subprocess.run([BUILD / "bin" / "optimizer_probe"], text=True, capture_output=True, check=True,
                                input=json.dumps({"do": "loss_scale", "finite": sequence}))
        assert len(set(theirs)) > 10
        assert json.loads(result.stdout)["scales"] == theirs


SCHEDULES = [
    ("linear", {}, "linear", {}),
    ("cosine", {}, "cosine", {}),
    ("constant", {}, "constant_with_warmup", {}),
    ("cosine", {"minimum_ratio": 0.15}, "cosine_with_min_lr", {"min_lr_rate": 0.15}),
    ("wsd", {"decay": 0.2}, "warmup_stable_decay", {"num_decay_steps": 8}),
    ("wsd", {"decay": 9, "minimum_ratio": 0.1}, "warmup_stable_decay", {"num_decay_steps": 9, "min_lr_ratio": 0.1}),
    ("wsd", {"decay": 9, "stable": 11, "decay_shape": "linear", "minimum_ratio": 0.1}, "warmup_stable_decay",
     {"num_decay_steps": 9, "num_stable_steps": 11, "decay_type": "linear", "min_lr_ratio": 0.1}),
    ("wsd", {"decay": 12, "decay_shape": "1-sqrt"}, "warmup_stable_decay", {"num_decay_steps": 12, "decay_type": "1-sqrt"}),
]


@pytest.mark.parametrize("name, settings, peer_name, peer_settings", SCHEDULES)
@pytest.mark.parametrize("warmup", [0, 0.11, 7])
def test_schedule(engine_probe, name, settings, peer_name, peer_settings, warmup):
    """The factor of every step of a run is that of transformers."""
    total = 40
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    steps = transformers.TrainingArguments(output_dir="unused", warmup_steps=warmup, report_to=[]).get_warmup_steps(total)
    peer = transformers.get_scheduler(peer_name, optimizer, steps, total, dict(peer_settings))
    factors = []
    for _ in range(total + 1):
        factors.append(peer.get_last_lr()[0])
        optimizer.step()
        peer.step()
    ours = engine_probe(do="schedule", scheduler=name, warmup=warmup, total=total, **settings)["factors"]
    np.testing.assert_allclose(ours, factors, rtol=0, atol=1e-12)


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A model, an adapter on it, and rows, as in test_sft."""
    folder = tmp_path_factory.mktemp("optimizers")
    test_sft.make_model(folder / "model")
    test_sft.make_adapter(folder / "model", folder / "adapter")
    return folder, test_sft.make_rows()


def train_ours(engine_probe, start, output, rows=None, **settings):
    folder, all_rows = start
    output.mkdir()
    request = {"model": folder / "model", "adapter": folder / "adapter", "method": "qlora", "precision": "fp32", "threads": 2,
               "output": output, "lora_dropout": 0, "max_steps": STEPS, "batch_size": test_sft.BATCH,
               "gradient_accumulation": test_sft.ACCUMULATION, "learning_rate": test_sft.LEARNING_RATE, "scheduler": "linear",
               "warmup": 0, "eval_every": 0, "save_every": 0, "log_every": 1, "shuffle": False, "samples": rows or all_rows}
    summary = engine_probe(do="train", **{**request, **settings})
    return summary, [json.loads(line) for line in (output / "metrics.jsonl").read_text().splitlines()]


# For each a rate and settings with which the loss changes, and its name in transformers' Trainer.
KINDS = {"adamw-8bit": (1e-2, {}, "adamw_bnb_8bit", None), "adafactor": (1e-2, {}, "adafactor", None),
         "sgd": (0.3, {"momentum": 0.9}, "sgd", "momentum=0.9")}


@pytest.mark.parametrize("kind", KINDS)
def test_training_with(kind, engine_probe, start, tmp_path):
    """Twenty steps of QLoRA against TRL with the same optimizer, as test_sft with AdamW."""
    rate, settings, name, arguments = KINDS[kind]
    train_ours(engine_probe, start, tmp_path / "ours", optimizer=kind, learning_rate=rate, **settings)
    ours = test_sft.outcome(tmp_path / "ours")
    theirs = test_sft.train_with_peer(start[0], test_sft.pretokenized(start[1]), test_sft.make_tokenizer(), learning_rate=rate,
                                      max_steps=STEPS, optim=name, optim_args=arguments)
    found = test_sft.differences(ours, theirs)
    print(f"{kind}: loss {found[0]:.1e}, gradient norm {found[1]:.1e}, A and B {found[2]:.1e}; loss {ours[0][0]:.3f} -> {ours[0][-1]:.3f}")
    assert ours[0][0] - min(ours[0]) > 0.5
    assert max(found) < test_sft.TOLERANCE


def test_bf16_adapter(engine_probe, start, tmp_path):
    """`--adapter-dtype bf16` against TRL's QLoRA, which rounds adapters to bf16; 8 bits make a relative step of 4e-3.

    PEFT rounds the adapter's input and output to bf16, too, intelia only what is stored, so losses and gradient norms agree to
    bf16's rounding and no better. At a rate of 5e-5 most changes of A are lost in rounding: the same ones in both.
    """
    def frozen(tensors):
        """Elements of all A that have not changed."""
        began = load_file(start[0] / "adapter" / "adapter_model.safetensors")
        return np.concatenate([(tensors[name] == began[name].bfloat16().float().numpy()).ravel() for name in began if "lora_A" in name])

    def compare(kind, rate):
        output = tmp_path / f"{kind}-{rate}"
        train_ours(engine_probe, start, output, adapter_type=kind, learning_rate=rate)
        stored = load_file(output / "adapter_model.safetensors")
        assert {tensor.dtype for tensor in stored.values()} == {torch.float32 if kind == "fp32" else torch.bfloat16}
        return test_sft.outcome(output)

    def peer(rate):
        return test_sft.train_with_peer(start[0], test_sft.pretokenized(start[1]), test_sft.make_tokenizer(), learning_rate=rate,
                                        max_steps=STEPS, adapter_dtype=torch.bfloat16)

    loss, norm, _ = test_sft.differences(compare("bf16", 1e-2), peer(1e-2))
    ours, single, theirs = compare("bf16", 5e-5), compare("fp32", 5e-5), peer(5e-5)
    share, agreement, of_fp32 = frozen(theirs[2]).mean(), (frozen(ours[2]) == frozen(theirs[2])).mean(), frozen(single[2]).mean()
    print(f"loss {loss:.1e}, gradient norm {norm:.1e}; frozen {share:.3f}, the same {agreement:.3f}, in fp32 {of_fp32:.3f}")
    assert loss < 4e-3 and norm < 8e-3
    assert share > 0.3 and agreement > 0.97 and of_fp32 < 0.01


def test_evaluation_loss(engine_probe, start, tmp_path):
    """`--compat trl` averages the means of batches of 8 rows as transformers' Trainer does; without it, it is the mean over targets.

    Without quantization: without gradients, bitsandbytes multiplies 4-bit weights in bf16 on the CPU.
    """
    folder, rows = start
    validation = [dict(row) for row in rows]
    for row in validation[:5]:  # unequal numbers of targets, so that the two differ
        row["is_target"] = [0] * (len(row["ids"]) - 1) + [1]
    losses = {}
    for compat in ("none", "trl"):
        _, lines = train_ours(engine_probe, start, tmp_path / compat, method="lora", max_steps=1, learning_rate=0.0, validation=validation,
                              compat=compat)
        losses[compat] = lines[-1]["eval_loss"]
    trainer = test_sft.peer_trainer(folder, test_sft.pretokenized(rows), test_sft.make_tokenizer(),
                                    eval_dataset=test_sft.pretokenized(validation), quantizes=False)
    theirs = trainer.evaluate()["eval_loss"]
    print(losses, theirs)
    assert abs(losses["trl"] - theirs) < 1e-5 * theirs
    assert abs(losses["none"] - theirs) > 1e-3 * theirs


def stop_of(losses, patience, threshold):
    """The evaluation after which transformers' callback stops, or the last; the Trainer updates its best after calling it."""
    callback = transformers.EarlyStoppingCallback(patience, threshold)
    state, control = transformers.TrainerState(), transformers.TrainerControl()
    arguments = transformers.TrainingArguments(output_dir="unused", metric_for_best_model="loss", greater_is_better=False, report_to=[])
    for evaluation, loss in enumerate(losses, 1):
        callback.on_evaluate(arguments, state, control, {"eval_loss": loss})
        if control.should_training_stop:
            return evaluation
        if state.best_metric is None or loss < state.best_metric:
            state.best_metric = loss
    return len(losses)


def test_early_stopping(engine_probe, start, tmp_path):
    """Stops after the evaluation at which transformers' callback does, with and without a threshold, and reports it."""
    rows = start[1]
    settings = {"max_steps": 24, "eval_every": 1, "learning_rate": 0.05, "scheduler": "constant", "validation": rows[12:], "rows": rows[:6]}
    _, lines = train_ours(engine_probe, start, tmp_path / "whole", **settings)
    losses = [line["eval_loss"] for line in lines]
    stops = set()
    for patience, threshold in ((1, 0), (2, 0), (3, 0), (2, 0.05), (3, 0.3), (24, 0)):
        expected = stop_of(losses, patience, threshold)
        stops.add(expected)
        summary, lines = train_ours(engine_probe, start, tmp_path / f"{patience}-{threshold}", early_stopping=patience,
                                    early_stopping_threshold=threshold, **settings)
        assert summary["steps"] == expected
        assert summary["is_stopped_early"] == (expected < 24)
        assert [line["eval_loss"] for line in lines] == losses[:expected]
    assert len(stops) >= 4, (stops, losses)


@pytest.mark.parametrize("num_samples", [5, 47, 3000])
def test_order_by_length(num_samples):
    """With --group-by-length the order of each epoch is that of transformers' sampler; fails with an unstable sort."""
    from transformers.trainer_pt_utils import get_length_grouped_indices

    lengths = np.random.default_rng(3).integers(5, 60, num_samples).tolist()
    request = {"do": "order", "lengths": lengths, "batch_size": 3, "gradient_accumulation": 2, "seed": 11, "group_by_length": True, "epochs": 3}
    result = subprocess.run([BUILD / "bin" / "optimizer_probe"], text=True, capture_output=True, check=True, input=json.dumps(request))
    for epoch, ours in enumerate(json.loads(result.stdout)["epochs"]):
        assert ours == get_length_grouped_indices(lengths, 6, generator=torch.Generator().manual_seed(11 + epoch))

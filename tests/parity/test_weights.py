"""Weighted targets against a plain PyTorch computation: the weighted cross-entropy of the logits of transformers.

The tests were verified to fail after these changes: gradient or loss of the head not weighted, a step divided by the number of
its targets, scores whose loss or weight is not weighted, cached tokens without their weights.
"""

import json
import os
import subprocess

import numpy as np
import pytest

from conftest import BUILD

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
peft = pytest.importorskip("peft")
from safetensors.torch import load_file  # noqa: E402

import test_sft  # noqa: E402

torch.set_num_threads(1)
TOLERANCE = 1e-4
UPDATES, LEARNING_RATE = 6, 0.5
LAYOUTS = {"unpacked": {"batch_size": 4}, "packed": {"batch_size": 2, "packing": True, "max_length": 64}}


def make_rows():
    """Rows of test_sft with a weight for each target; every third row has none, so that its targets have weight 1."""
    random = np.random.default_rng(14)
    rows = test_sft.make_rows()
    for row in rows[::3] + rows[1::3]:
        row["weights"] = (random.choice([0.1, 0.5, 0.75, 1.0], len(row["ids"])) * row["is_target"]).tolist()
    return rows


def weights_of(row):
    """The weight of each token except the first, as a target."""
    return torch.tensor(row.get("weights", row["is_target"]), dtype=torch.float32)[1:]


def loss_sum(model, rows):
    total = torch.zeros(())
    for row in rows:
        ids = torch.tensor([row["ids"]])
        losses = torch.nn.functional.cross_entropy(model(ids).logits[0, :-1], ids[0, 1:], reduction="none")
        total = total + (losses * weights_of(row)).sum()
    return total


def weight_sum(rows):
    return sum(weights_of(row).sum().item() for row in rows)


def peer_of(folder):
    base = transformers.AutoModelForCausalLM.from_pretrained(folder / "model", dtype=torch.float32, attn_implementation="eager")
    return peft.PeftModel.from_pretrained(base, folder / "adapter", is_trainable=True).eval()


def trained(model):
    return {name.replace(".default.", "."): parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def difference(ours, theirs):
    return max(((ours[name] - theirs[name]).norm() / theirs[name].norm()).item() for name in theirs)


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    test_sft.make_model(folder / "model")
    model = transformers.AutoModelForCausalLM.from_pretrained(folder / "model", dtype=torch.float32)
    torch.manual_seed(12)
    config = peft.LoraConfig(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    tuned = peft.get_peft_model(model, config)
    with torch.no_grad():
        for name, parameter in trained(tuned).items():
            if "lora_B" in name:
                parameter.normal_(0, 0.05)
    tuned.save_pretrained(folder / "adapter")
    return folder, make_rows()


def train(engine_probe, folder, output, rows, **settings):
    """Plain gradient descent; every step takes all rows."""
    output.mkdir()
    engine_probe(do="train", **{**dict(
        model=folder / "model", adapter=folder / "adapter", method="lora", precision="fp32", threads=2, output=output,
        samples=rows, validation=rows, lora_dropout=0, max_steps=UPDATES, gradient_accumulation=1000, optimizer="sgd",
        learning_rate=LEARNING_RATE, scheduler="constant", max_grad_norm=0, eval_every=1, save_every=0, shuffle=False), **settings})
    lines = [json.loads(line) for line in (output / "metrics.jsonl").read_text().splitlines()]
    return lines, load_file(output / "adapter_model.safetensors")


def test_gradient(gradient_probe, start, tmp_path):
    folder, rows = start
    answer = gradient_probe(model=folder / "model", adapter=folder / "adapter", method="lora", samples=rows[:7],
                            out=tmp_path / "gradients")
    model = peer_of(folder)
    loss = loss_sum(model, rows[:7])
    loss.backward()
    assert abs(answer["loss"] - loss.item()) < 1e-6 * loss.item()
    assert difference(load_file(tmp_path / "gradients"), {name: one.grad for name, one in trained(model).items()}) < TOLERANCE


def test_scores(engine_probe, start):
    folder, rows = start
    scores = engine_probe(do="score", model=folder / "model", adapter=folder / "adapter", samples=rows)["scores"]
    model = peer_of(folder)
    with torch.no_grad():
        for row, score in zip(rows, scores):
            assert abs(score["loss_sum"] - loss_sum(model, [row]).item()) < 1e-5 * score["loss_sum"]
            assert abs(score["weight"] - weight_sum([row])) < 1e-6 * score["weight"]
            assert score["num_targets"] == sum(row["is_target"][1:])


def test_training(engine_probe, start, tmp_path):
    """Losses and gradient norms of steps, losses of evaluations, and the adapter at the end, packed and unpacked."""
    folder, rows = start
    ours = {layout: train(engine_probe, folder, tmp_path / layout, rows, **settings) for layout, settings in LAYOUTS.items()}
    bare = [{"ids": row["ids"], "is_target": row["is_target"]} for row in rows]
    without = train(engine_probe, folder, tmp_path / "without", bare, **LAYOUTS["unpacked"])

    model = peer_of(folder)
    optimizer = torch.optim.SGD(trained(model).values(), lr=LEARNING_RATE)
    divisor, losses, norms = weight_sum(rows), [], []
    for _ in range(UPDATES):
        loss = loss_sum(model, rows) / divisor
        loss.backward()
        losses.append(loss.item())
        norms.append(torch.stack([one.grad.norm() for one in trained(model).values()]).norm().item())
        optimizer.step()
        optimizer.zero_grad()
    with torch.no_grad():
        evaluations = losses[1:] + [loss_sum(model, rows).item() / divisor]
    theirs = {name: one.detach() for name, one in trained(model).items()}

    def relative(outcome):
        lines, adapter = outcome
        found = [max(abs(line[key] - peer) / peer for line, peer in zip(lines, peers, strict=True))
                 for key, peers in (("loss", losses), ("grad_norm", norms), ("eval_loss", evaluations))]
        return [*found, difference(adapter, theirs)]

    for layout, outcome in ours.items():
        print(layout, [f"{one:.1e}" for one in relative(outcome)])
        assert max(relative(outcome)) < TOLERANCE
    assert losses[-1] < losses[0] - 0.01
    print("without weights", [f"{one:.1e}" for one in relative(without)])
    assert min(relative(without)) > 10 * TOLERANCE


def test_only_the_ratio_of_weights_counts(engine_probe, start, tmp_path):
    """Halving every weight is exact, so everything has the same bits as with weights of 1, which has the same bits as
    without weights."""
    folder, rows = start
    outcomes = []
    for weight in (None, 1.0, 0.5):
        same = [{"ids": row["ids"], "is_target": row["is_target"],
                 **({} if weight is None else {"weights": [weight * one for one in row["is_target"]]})} for row in rows]
        lines, adapter = train(engine_probe, folder, tmp_path / str(weight), same, batch_size=3, gradient_accumulation=2,
                               optimizer="adamw", learning_rate=1e-2, max_grad_norm=1.0)
        outcomes.append(([{**line, "measured": None} for line in lines],
                         {name: one.numpy().tobytes() for name, one in adapter.items()}))
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_the_program_on_conversations(tmp_path):
    """From text: the loss of the first step and of the validation data, for conversations whose answers have weights."""
    program = BUILD / "bin" / "intelia"
    documents = sorted((test_sft.ROOT / "data" / "sample" / "documents").glob("*/*.md"))
    subprocess.run([program, "model", "init", "--hidden-size", "32", "--intermediate-size", "64", "--layers", "2", "--heads", "4",
                    "--kv-heads", "2", "--vocab-size", "600", "--max-positions", "1024", "--standard-deviation", "0.1",
                    "--train-tokenizer", ",".join(map(str, documents)), "--output", tmp_path / "model", "--quiet"], check=True)
    random = np.random.default_rng(15)
    conversations = []
    for line in (test_sft.ROOT / "data" / "sample" / "questions.jsonl").read_text(encoding="utf-8").splitlines()[:12]:
        question = json.loads(line)
        turns = []
        for sentence in question["reference"].split(". ")[:3]:
            answer = {"role": "assistant", "content": sentence}
            weight = random.choice([None, 0, 0.125, 0.3, 1])
            turns += [{"role": "user", "content": question["question"]},
                      answer if weight is None else {**answer, "weight": weight}]
        turns[1].pop("weight", None)  # something is trained
        conversations.append({"messages": turns})
    data = tmp_path / "data.jsonl"
    data.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in conversations), encoding="utf-8")
    lines = []
    for run in ("first", "second"):  # which uses the tokens cached by the first
        subprocess.run([program, "train", "sft", "--model", tmp_path / "model", "--train", data, "--validation", data, "--output",
                        tmp_path / run, "--method", "lora", "--precision", "fp32", "--device", "cpu", "--max-steps", "1",
                        "--batch-size", "3", "--gradient-accumulation", "100", "--learning-rate", "1e-9", "--lora-dropout", "0",
                        "--quiet"], check=True, env={**os.environ, "INTELIA_CACHE_DIR": str(tmp_path)})
        lines += [json.loads(line) for line in (tmp_path / run / "metrics.jsonl").read_text().splitlines()]
    assert len(list((tmp_path / "tokens").glob("*.tokens"))) == 1
    assert {**lines[0], "measured": None} == {**lines[1], "measured": None}

    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "model")
    model = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "model", dtype=torch.float32).eval()
    rows = []
    for one in conversations:
        encoded = tokenizer.apply_chat_template(one["messages"], return_dict=True, return_assistant_tokens_mask=True)
        mask = np.array(encoded["assistant_masks"])
        turn = np.cumsum(np.diff(mask, prepend=0) == 1) - 1  # which answer a masked token is of
        weights = np.array([message.get("weight", 1) for message in one["messages"] if message["role"] == "assistant"])
        assert turn.max() + 1 == len(weights)
        rows.append({"ids": list(encoded["input_ids"]), "is_target": mask.tolist(), "weights": (weights[turn] * mask).tolist()})
    with torch.no_grad():
        expected = loss_sum(model, rows).item() / weight_sum(rows)
        unweighted = [{"ids": row["ids"], "is_target": row["is_target"]} for row in rows]
        assert abs(loss_sum(model, unweighted).item() / weight_sum(unweighted) - expected) > 100 * TOLERANCE
    assert abs(lines[0]["loss"] - expected) < TOLERANCE * expected
    assert abs(lines[0]["eval_loss"] - expected) < TOLERANCE * expected

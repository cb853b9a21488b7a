"""Thirty optimizer steps of every preference loss by TRL and by `intelia train dpo` and `train kto`.

Both read one file of preferences with the tokenizer and the template of one model folder, start from one adapter of PEFT, and
draw the pairs in the order of the same seed, independently. Compared with TOLERANCE, all relative: loss, rewards,
log-probabilities and gradient norm of every step, and the final A and B. Rewards are compared relative to the largest one.

The goldens were made by TRL (`INTELIA_UPDATE_GOLDENS=1`, with the slow test): the fast test compares intelia with them, the slow
one TRL with both. test_comparison_can_fail alters one term at a time and must fail.
"""

import copy
import hashlib
import json
import os
import pathlib
import subprocess

import numpy as np
import pytest

from conftest import BUILD

ROOT = pathlib.Path(__file__).parents[2]
GOLDENS = pathlib.Path(__file__).parent / "goldens" / "preference.json"
IS_LIVE = os.environ.get("INTELIA_LIVE_TRL") == "1"
TOLERANCE = 1e-3
STEPS, BATCH, ACCUMULATION, LEARNING_RATE, MAX_LENGTH = 30, 3, 2, 3e-3, 160

# name → options of intelia, settings of TRL
DPO = {
    "sigmoid": ({}, {}),
    "robust": ({"label-smoothing": 0.1}, {"label_smoothing": 0.1}),
    "hinge": ({"beta": 0.02}, {"beta": 0.02}),
    "ipo": ({}, {}),
    "sigmoid_norm": ({"beta": 2}, {"beta": 2.0}),
    "exo_pair": ({"label-smoothing": 1e-3}, {"label_smoothing": 1e-3}),
    "nca_pair": ({}, {}),
    "bco_pair": ({}, {}),
    "sppo_hard": ({}, {}),
    "aot": ({"label-smoothing": 0.1}, {"label_smoothing": 0.1}),
    "aot_unpaired": ({}, {}),
    "apo_zero": ({}, {}),
    "apo_down": ({}, {}),
    "discopop": ({"learning-rate": 1e-3}, {"learning_rate": 1e-3}),  # its modulation is nearly a step function: rounding grows
    "sft": ({}, {}),
    "mixture": ({"loss": "sigmoid,sft", "loss-weights": "1,0.2"}, {"loss_type": ["sigmoid", "sft"], "loss_weights": [1.0, 0.2]}),
    "forward_kl": ({"loss": "sigmoid", "f-divergence": "forward_kl"}, {"loss_type": ["sigmoid"], "f_divergence_type": "forward_kl"}),
    "js_divergence": ({"loss": "ipo", "f-divergence": "js_divergence"}, {"loss_type": ["ipo"], "f_divergence_type": "js_divergence"}),
    "alpha_divergence": ({"loss": "hinge", "f-divergence": "alpha_divergence", "alpha-divergence": 0.3},
                         {"loss_type": ["hinge"], "f_divergence_type": "alpha_divergence", "f_alpha_divergence_coef": 0.3}),
    "ld_alpha": ({"loss": "sigmoid", "ld-alpha": 0.4}, {"loss_type": ["sigmoid"], "ld_alpha": 0.4}),
    "weighting": ({"loss": "sigmoid", "use-weighting": True}, {"loss_type": ["sigmoid"], "use_weighting": True}),
    "precomputed": ({"loss": "sigmoid", "precompute-reference": True}, {"loss_type": ["sigmoid"], "precompute_ref_log_probs": True}),
}
KTO = {
    "kto": ({}, {}),
    "apo_zero_unpaired": ({}, {}),
    "kto_weights": ({"loss": "kto", "desirable-weight": 1.5, "undesirable-weight": 0.5},
                    {"loss_type": "kto", "desirable_weight": 1.5, "undesirable_weight": 0.5}),
}
# TRL has these in trl.experimental only.
EXPERIMENTAL = {"simpo": {"beta": 2, "simpo-gamma": 0.5}, "orpo": {}}
COMPARED = ["loss", "grad_norm", "rewards/chosen", "rewards/rejected", "rewards/margins", "logps/chosen", "logps/rejected",
            "logits/chosen", "logits/rejected", "entropy"]


def records():
    """Preferences of unequal lengths from the sample questions: right answers, and those to other questions. Some are longer
    than MAX_LENGTH, and the prompt of one leaves no room for its answers."""
    lines = (ROOT / "data" / "sample" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    pairs = []
    for number, question in enumerate(questions[:25]):
        other = questions[(number * 7 + 3) % len(questions)]
        prompt = [{"role": "user", "content": question["question"]}]
        if number % 5 == 0:
            prompt = [{"role": "user", "content": "Bonjour"}, {"role": "assistant", "content": "Oui ?"}, *prompt]
        sentences, others = question["reference"].split(". "), other["reference"].split(". ")
        pairs.append({"prompt": prompt, "chosen": [{"role": "assistant", "content": sentences[0]}],
                      "rejected": [{"role": "assistant", "content": others[-1] if number % 3 else others[0]}]})
    pairs[11]["prompt"] = [{"role": "user", "content": "question " * 80}]
    return pairs


def rated(pairs):
    return [{"prompt": pair["prompt"], "completion": pair["chosen" if good else "rejected"], "label": good}
            for number, pair in enumerate(pairs) for good in ([True, False] if number % 4 else [True])]


def write_lines(path, lines):
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


class Start:
    """A model folder, an adapter and the data."""

    def __init__(self, folder):
        self.folder = folder
        self.model, self.adapter = folder / "model", folder / "adapter"
        documents = sorted((ROOT / "data" / "sample" / "documents").glob("*/*.md"))
        subprocess.run([BUILD / "bin" / "intelia", "model", "init", "--hidden-size", "64", "--intermediate-size", "128", "--layers",
                        "2", "--heads", "4", "--kv-heads", "2", "--vocab-size", "900", "--max-positions", "512",
                        "--standard-deviation", "0.1", "--train-tokenizer", ",".join(map(str, documents)), "--output", self.model,
                        "--quiet"], check=True)
        self.pairs, self.answers = records(), rated(records())
        self.pairs_file = write_lines(folder / "pairs.jsonl", self.pairs)
        self.answers_file = write_lines(folder / "answers.jsonl", self.answers)
        self.make_adapter()

    def make_adapter(self):
        """A small adapter whose A and B are fixed numbers, so that it is the same everywhere."""
        from safetensors.numpy import save_file
        import transformers
        config = transformers.AutoConfig.from_pretrained(self.model)
        size, kv_size = config.hidden_size, config.hidden_size // 2
        random, tensors = np.random.default_rng(21), {}
        for layer in range(config.num_hidden_layers):
            for name, out in {"q_proj": size, "k_proj": kv_size, "v_proj": kv_size, "o_proj": size}.items():
                path = f"base_model.model.model.layers.{layer}.self_attn.{name}"
                tensors[f"{path}.lora_A.weight"] = random.uniform(-1 / 8, 1 / 8, (8, size)).astype(np.float32)
                tensors[f"{path}.lora_B.weight"] = random.normal(0, 0.02, (out, 8)).astype(np.float32)
        self.adapter.mkdir()
        save_file(tensors, self.adapter / "adapter_model.safetensors", metadata={"format": "pt"})
        (self.adapter / "adapter_config.json").write_text(json.dumps({
            "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 8, "lora_alpha": 16, "lora_dropout": 0.0, "bias": "none",
            "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"], "base_model_name_or_path": str(self.model)}))

    def sha256(self):
        hash_ = hashlib.sha256()
        for path in (self.model / "model.safetensors", self.model / "tokenizer.json", self.adapter / "adapter_model.safetensors",
                     self.pairs_file, self.answers_file):
            hash_.update(path.read_bytes())
        return hash_.hexdigest()


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    return Start(tmp_path_factory.mktemp("preference"))


def train_ours(start, output, command, data, **options):
    """The lines of metrics.jsonl by name, and the adapter."""
    from safetensors.numpy import load_file
    options = {"method": "lora", "precision": "fp32", "device": "cpu", "threads": 1, "compat": "trl", "max-steps": STEPS,
               "batch-size": BATCH, "gradient-accumulation": ACCUMULATION, "learning-rate": LEARNING_RATE, "warmup": 5,
               "log-every": 1, "max-length": MAX_LENGTH, "max-rejected": 0.2, "save-every": 0, **options}
    words = [word for name, value in options.items() for word in ([f"--{name}"] if value is True else [f"--{name}", str(value)])]
    run = subprocess.run([BUILD / "bin" / "intelia", "train", command, "--model", start.model, "--adapter", start.adapter, "--train",
                          data, "--output", output, *words], capture_output=True, text=True,
                         env={**os.environ, "INTELIA_CACHE_DIR": str(start.folder / "cache")})
    assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in (output / "metrics.jsonl").read_text().splitlines()]
    return ({name: [line.get(name) for line in lines] for name in COMPARED if name in lines[-1] or name in lines[0]},
            load_file(output / "adapter_model.safetensors"))


def ours_for(start, output, name, **altered):
    if name in KTO:
        return train_ours(start, output, "kto", start.answers_file, **{"loss": name, **KTO[name][0], **altered})
    options = EXPERIMENTAL.get(name) if name in EXPERIMENTAL else DPO[name][0]
    return train_ours(start, output, "dpo", start.pairs_file, **{"loss": name, **options, **altered})


def train_theirs(start, name):
    """The same by TRL."""
    import datasets
    import peft
    import torch
    import transformers
    import trl
    torch.set_num_threads(1)
    base = transformers.AutoModelForCausalLM.from_pretrained(start.model, dtype=torch.float32, attn_implementation="eager")
    model = peft.PeftModel.from_pretrained(base, start.adapter, is_trainable=True)
    tokenizer = transformers.AutoTokenizer.from_pretrained(start.model)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    settings = {"output_dir": str(start.folder / "peer"), "per_device_train_batch_size": BATCH,
                "gradient_accumulation_steps": ACCUMULATION, "max_steps": STEPS, "learning_rate": LEARNING_RATE, "warmup_steps": 5,
                "lr_scheduler_type": "linear", "weight_decay": 0.0, "max_grad_norm": 1.0, "logging_steps": 1, "save_strategy": "no",
                "report_to": [], "max_length": MAX_LENGTH, "bf16": False, "fp16": False, "use_cpu": True,
                "gradient_checkpointing": False, "disable_tqdm": True, "seed": 42}
    if name in KTO:
        config, trainer_class, table = trl.KTOConfig, trl.KTOTrainer, start.answers
        settings.update({"loss_type": name, **KTO[name][1]})
    elif name == "simpo":
        from trl.experimental.cpo import CPOConfig as config, CPOTrainer as trainer_class
        table = start.pairs
        settings.update({"loss_type": "simpo", "cpo_alpha": 0.0, "beta": 2.0, "simpo_gamma": 0.5})
    elif name == "orpo":
        from trl.experimental.orpo import ORPOConfig as config, ORPOTrainer as trainer_class
        table = start.pairs
    else:
        config, trainer_class, table = trl.DPOConfig, trl.DPOTrainer, start.pairs
        settings.update({"loss_type": [name], **DPO[name][1]})
    if name in EXPERIMENTAL:  # these trainers truncate by their own rules: they get what both can take whole
        table = short_pairs(start, tokenizer)
    trainer = trainer_class(model=model, args=config(**settings), train_dataset=datasets.Dataset.from_list(table),
                            processing_class=tokenizer)
    trainer.train()
    lines = [entry for entry in trainer.state.log_history if "loss" in entry]
    adapter = {key.replace(".default.", "."): value.detach().numpy()
               for key, value in trainer.model.named_parameters() if ".default." in key}
    return {key: [line.get(key) for line in lines] for key in COMPARED if key in lines[-1] or key in lines[0]}, adapter


def short_pairs(start, tokenizer):
    def length(pair, answer):
        return len(tokenizer.apply_chat_template(pair["prompt"] + pair[answer], tokenize=True, return_dict=True)["input_ids"])
    return [pair for pair in start.pairs if max(length(pair, "chosen"), length(pair, "rejected")) <= MAX_LENGTH]


def difference(ours, theirs):
    """Relative to the largest value of each metric, by metric; of the adapter in norm, where the peer's is at hand."""
    found = {}
    for name, values in theirs[0].items():
        assert name in ours[0], name
        pairs = [(a, b) for a, b in zip(ours[0][name], values, strict=True) if b is not None]
        largest = max(abs(b) for _, b in pairs)
        found[name] = max(abs(a - b) for a, b in pairs) / max(largest, 1e-6)
    if theirs[1] is not None:
        assert ours[1].keys() == theirs[1].keys()
        found["adapter"] = max(np.linalg.norm(ours[1][key] - theirs[1][key]) / np.linalg.norm(theirs[1][key]) for key in theirs[1])
    return found


def goldens():
    return json.loads(GOLDENS.read_text())


@pytest.mark.parametrize("name", [*DPO, *KTO])
def test_thirty_steps_agree_with_goldens(name, start, tmp_path):
    golden = goldens()
    assert golden["start_sha256"] == start.sha256(), "make the goldens again: model or data have changed"
    ours = ours_for(start, tmp_path / "ours", name)
    found = difference(ours, (golden["metrics"][name], None))
    print(name, {key: f"{value:.1e}" for key, value in found.items()})
    assert len(ours[0]["loss"]) == STEPS
    assert max(found.values()) < TOLERANCE
    norms = {key: float(np.linalg.norm(value)) for key, value in ours[1].items()}
    assert max(abs(norms[key] - value) / value for key, value in golden["adapter_norms"][name].items()) < TOLERANCE


@pytest.mark.parametrize("name, altered", [("sigmoid", {"beta": 0.11}), ("robust", {"label-smoothing": 0.12}),
                                           ("ld_alpha", {"ld-alpha": 0.5}), ("sigmoid", {"reference": "base"}),
                                           ("sigmoid", {"max-length": 150}), ("kto_weights", {"desirable-weight": 1.6})])
def test_comparison_can_fail(name, altered, start, tmp_path):
    found = difference(ours_for(start, tmp_path / "ours", name, **altered), (goldens()["metrics"][name], None))
    assert max(found.values()) > TOLERANCE


@pytest.mark.skipif(not IS_LIVE, reason="the live peer runs in the slow suite")
@pytest.mark.parametrize("name", [*DPO, *KTO, *EXPERIMENTAL])
def test_thirty_steps_agree_with_the_live_peer(name, start, tmp_path):
    theirs = train_theirs(start, name)
    if os.environ.get("INTELIA_UPDATE_GOLDENS") == "1" and name not in EXPERIMENTAL:
        golden = goldens() if GOLDENS.exists() else {"metrics": {}, "adapter_norms": {}}
        golden["start_sha256"] = start.sha256()
        golden["metrics"][name] = theirs[0]
        golden["adapter_norms"][name] = {key: float(np.linalg.norm(value)) for key, value in sorted(theirs[1].items())}
        GOLDENS.parent.mkdir(exist_ok=True)
        GOLDENS.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
    if name in EXPERIMENTAL:
        import transformers
        start_file, start.pairs_file = start.pairs_file, write_lines(
            tmp_path / "short.jsonl", short_pairs(start, transformers.AutoTokenizer.from_pretrained(start.model)))
    ours = ours_for(start, tmp_path / "ours", name)
    if name in EXPERIMENTAL:
        start.pairs_file = start_file
        # Their logits are means over other positions, their log-probabilities means over tokens.
        theirs = ({key: value for key, value in theirs[0].items() if not key.startswith(("logits/", "logps/"))}, theirs[1])
    found = difference(ours, theirs)
    print(name, {key: f"{value:.1e}" for key, value in found.items()})
    assert theirs[0]["loss"][-1] < theirs[0]["loss"][0]
    assert max(found.values()) < TOLERANCE


@pytest.mark.skipif(not IS_LIVE, reason="the live peer runs in the slow suite")
@pytest.mark.parametrize("rows", [9, 16])
def test_kto_evaluation_agrees_with_the_live_peer(rows, start, tmp_path):
    """The KL term's groups of BATCH answers are those of the whole held-out file, whose batches have 8 rows."""
    import datasets
    import peft
    import torch
    import transformers
    import trl
    held_out = start.answers[-rows:]
    output = tmp_path / "ours"
    train_ours(start, output, "kto", start.answers_file,
               **{"max-steps": 4, "eval-every": 4, "validation": write_lines(tmp_path / "held-out.jsonl", held_out)})
    ours = json.loads((output / "metrics.jsonl").read_text().splitlines()[-1])
    torch.set_num_threads(1)
    base = transformers.AutoModelForCausalLM.from_pretrained(start.model, dtype=torch.float32, attn_implementation="eager")
    tokenizer = transformers.AutoTokenizer.from_pretrained(start.model)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    trainer = trl.KTOTrainer(
        model=peft.PeftModel.from_pretrained(base, start.adapter, is_trainable=True), processing_class=tokenizer,
        train_dataset=datasets.Dataset.from_list(start.answers), eval_dataset=datasets.Dataset.from_list(held_out),
        args=trl.KTOConfig(output_dir=str(tmp_path / "peer"), per_device_train_batch_size=BATCH, max_steps=4, warmup_steps=5,
                           gradient_accumulation_steps=ACCUMULATION, learning_rate=LEARNING_RATE, eval_strategy="steps",
                           eval_steps=4, save_strategy="no", report_to=[], max_length=MAX_LENGTH, bf16=False, use_cpu=True,
                           gradient_checkpointing=False, disable_tqdm=True, seed=42))
    trainer.train()
    theirs = next(entry for entry in trainer.state.log_history if "eval_loss" in entry)
    for name in ("eval_loss", "eval_kl", "eval_rewards/chosen", "eval_rewards/rejected", "eval_logps/chosen", "eval_num_tokens"):
        assert ours[name] == pytest.approx(theirs[name], rel=TOLERANCE), name
    assert theirs["eval_kl"] > 0


def merged(start, folder):
    """The same data on the base that the adapter is merged onto, with a new adapter that changes nothing yet."""
    from safetensors.numpy import load_file, save_file
    subprocess.run([BUILD / "bin" / "intelia", "model", "merge", "--model", start.model, "--adapter", start.adapter, "--output", folder / "merged",
                    "--device", "cpu", "--quiet"], check=True)
    tensors = load_file(start.adapter / "adapter_model.safetensors")
    (folder / "new").mkdir()
    save_file({name: np.zeros_like(value) if "lora_B" in name else value for name, value in tensors.items()},
              folder / "new" / "adapter_model.safetensors", metadata={"format": "pt"})
    (folder / "new" / "adapter_config.json").write_text((start.adapter / "adapter_config.json").read_text())
    result = copy.copy(start)
    result.model, result.adapter = folder / "merged", folder / "new"
    return result


def test_a_merged_base_begins_as_the_base_with_its_adapter(start, tmp_path):
    ours, before = (ours_for(one, tmp_path / name, "sigmoid", **{"max-steps": 1})[0]
                    for name, one in (("ours", merged(start, tmp_path)), ("before", start)))
    assert ours["loss"][0] == pytest.approx(np.log(2), abs=1e-6)
    for name in ("logps/chosen", "logps/rejected"):
        assert ours[name][0] == pytest.approx(before[name][0], rel=1e-5), name


@pytest.mark.skipif(not IS_LIVE, reason="the live peer runs in the slow suite")
def test_thirty_steps_on_a_merged_base_agree_with_the_live_peer(start, tmp_path):
    on_merged = merged(start, tmp_path)
    found = difference(ours_for(on_merged, tmp_path / "ours", "sigmoid"), train_theirs(on_merged, "sigmoid"))
    print({key: f"{value:.1e}" for key, value in found.items()})
    assert max(found.values()) < TOLERANCE

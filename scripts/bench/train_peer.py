#!/usr/bin/env python3
"""The reference implementation for `train sft`: the same training with TRL + PEFT + bitsandbytes, one JSON line of results on stdout.

usage: train_peer.py --model DIR --data CONVERSATIONS.jsonl --output DIR [--steps 20 --batch-size 4 --gradient-accumulation 4
                     --learning-rate 2e-5 --precision fp32|bf16 --device cpu|cuda --threads N --max-length N --padding-free | --packing LENGTH
                     --checkpointing --process-start SECONDS]
       train_peer.py --matrix-rate --device cpu|cuda --threads N

The conversations are tokenized with the model folder's own tokenizer and template ({% generation %} marks the targets), which
tests/parity shows to be the tokens of `train sft`. The adapter is r 16, alpha 32, dropout 0.05 on q, k, v, o, as in `train sft`.
--process-start is the time (seconds since 1970) from which the start of the first step is counted. --matrix-rate measures matrix
products instead, with the same threads: floating-point operations per second in fp32 and bf16.
"""
import argparse
import json
import os
import resource
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

RANK, ALPHA, DROPOUT = 16, 32, 0.05


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--data")
    parser.add_argument("--output")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--gradient-accumulation", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=2e-5)
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--threads", type=int, default=0, help="0: as torch chooses")
    parser.add_argument("--max-length", type=int, default=0, help="longer ones are truncated; 0: none is")
    parser.add_argument("--padding-free", action="store_true")
    parser.add_argument("--packing", type=int, default=0, metavar="LENGTH", help="rows of LENGTH tokens; 0: none")
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--process-start", type=float, default=time.time())
    parser.add_argument("--matrix-rate", action="store_true")
    return parser.parse_args()


def matrix_rate(torch, device: str) -> dict:
    """Floating-point operations per second of square matrix products, the best of several sizes, by type."""
    rates = {}
    for name, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        rates[name] = 0.0
        for size in (1024, 2048) if device == "cpu" else (4096, 8192):
            a, b = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
            for _ in range(2):
                a @ b
            done, begin = 0, time.perf_counter()
            while time.perf_counter() - begin < 1:
                a @ b
                if device == "cuda":
                    torch.cuda.synchronize()
                done += 1
            rates[name] = max(rates[name], 2 * size**3 * done / (time.perf_counter() - begin))
    return rates


def operations(config: dict, is_target: list[int]) -> int:
    """Floating-point operations that one sequence needs; see scripts/bench/train."""
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    head = config.get("head_dim") or hidden // heads
    queries, keys = heads * head, config["num_key_value_heads"] * head
    tokens = len(is_target)
    asked = [place - 1 for place in range(1, tokens) if is_target[place]]  # where a target is predicted
    total = 4 * len(asked) * config["vocab_size"] * hidden
    for layer in range(config["num_hidden_layers"]):
        is_first, is_last = layer == 0, layer == config["num_hidden_layers"] - 1
        places = asked if is_last else range(tokens)  # the last block is needed where a target is predicted
        for rows, inner, outer, needs_input_gradient in (
            (len(places), hidden, queries, not is_first), (tokens, hidden, keys, not is_first),
            (tokens, hidden, keys, not is_first), (len(places), queries, hidden, True),
        ):  # q, k, v, o with their adapters
            total += rows * (2 * inner * outer * (1 + needs_input_gradient) +
                             2 * RANK * (inner + outer) * 2 + 2 * RANK * (outer + inner * needs_input_gradient))
        total += 4 * len(places) * 3 * hidden * config["intermediate_size"]
        total += 12 * queries * sum(place + 1 for place in places)
    return total


def main() -> None:
    options = parse()
    import torch

    if options.threads > 0:
        torch.set_num_threads(options.threads)
    if options.matrix_rate:
        print(json.dumps(matrix_rate(torch, options.device)))
        return
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    rows = []
    with open(options.data, encoding="utf-8") as lines:
        for line in lines:
            encoded = tokenizer.apply_chat_template(
                json.loads(line)["messages"], tokenize=True, return_dict=True, return_assistant_tokens_mask=True
            )
            ids, mask = encoded["input_ids"], encoded["assistant_masks"]
            rows.append({"input_ids": ids, "labels": [i if m else -100 for i, m in zip(ids, mask)]})
    quantization = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )
    model = AutoModelForCausalLM.from_pretrained(
        options.model, quantization_config=quantization, dtype=dtype, device_map={"": options.device}
    )
    marks = {}

    class Clock(TrainerCallback):
        """Times whole optimizer steps; the first two (allocation, kernel compilation) are excluded from the rate, as for intelia."""

        def on_step_begin(self, args, state, control, **kwargs):
            marks.setdefault("first_step", time.time())

        def on_step_end(self, args, state, control, **kwargs):
            if options.device == "cuda":
                torch.cuda.synchronize()
            if state.global_step == 2:
                marks["warm"], marks["tokens"] = time.perf_counter(), 0
            marks["end"] = time.perf_counter()

    class CountingTrainer(SFTTrainer):
        """Counts the real tokens of each micro-batch."""

        def training_step(self, model, inputs, *more, **named):
            mask = inputs.get("attention_mask")
            marks["tokens"] = marks.get("tokens", 0) + int(inputs["input_ids"].numel() if mask is None else mask.sum())
            return super().training_step(model, inputs, *more, **named)

    config = SFTConfig(
        output_dir=options.output,
        per_device_train_batch_size=options.batch_size,
        gradient_accumulation_steps=options.gradient_accumulation,
        max_steps=options.steps,
        learning_rate=options.learning_rate,
        lr_scheduler_type="linear",
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        max_length=options.packing or options.max_length or None,
        packing=options.packing > 0,
        bf16=options.precision == "bf16",
        use_cpu=options.device == "cpu",
        gradient_checkpointing=options.checkpointing,
        padding_free=options.padding_free,
        disable_tqdm=True,
        seed=42,
    )
    trainer = CountingTrainer(
        model=model,
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=LoraConfig(
            r=RANK, lora_alpha=ALPHA, lora_dropout=DROPOUT, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"], task_type="CAUSAL_LM"
        ),
        callbacks=[Clock()],
    )
    trainer.train()
    peak = torch.cuda.max_memory_allocated() if options.device == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    lengths = [len(row["input_ids"]) for row in rows]
    shape = json.loads(open(os.path.join(options.model, "config.json"), encoding="utf-8").read())
    print(json.dumps({
        "tokens_per_second": marks["tokens"] / (marks["end"] - marks["warm"]),
        "seconds_to_first_step": marks["first_step"] - options.process_start,
        "peak_bytes": peak,
        "first_loss": losses[0],
        "last_loss": losses[-1],
        "operations_a_token": sum(operations(shape, [label != -100 for label in row["labels"]]) for row in rows) / sum(lengths),
        "tokens_a_sample": sum(lengths) / len(lengths),
        "longest_sample": max(lengths),
        "torch": torch.__version__,
    }))


if __name__ == "__main__":
    main()

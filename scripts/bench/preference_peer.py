#!/usr/bin/env python3
"""The reference implementation for `train dpo`: the same training with TRL + PEFT + bitsandbytes, one JSON line of results on stdout.

usage: preference_peer.py --model DIR --data PAIRS.jsonl --output DIR --steps N --batch-size N --precision fp32|bf16
                          [--device cpu|cuda] [--threads N]

The adapter is r 16, alpha 32 on q, k, v, o, without dropout; TRL pads, without gradient checkpointing, with the reference computed in
every step by the base with the adapter disabled, as `train dpo` does.
"""
import argparse
import json
import os
import resource
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("model", "data", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--precision", choices=["fp32", "bf16"], required=True)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--threads", type=int, default=0, help="0: as torch chooses")
    options = parser.parse_args()
    import torch

    if options.threads > 0:
        torch.set_num_threads(options.threads)
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, TrainerCallback
    from trl import DPOConfig, DPOTrainer

    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    quantization = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
                                      bnb_4bit_compute_dtype=dtype)
    model = AutoModelForCausalLM.from_pretrained(options.model, quantization_config=quantization, dtype=dtype, device_map={"": options.device})
    marks = {}

    class Clock(TrainerCallback):
        """Times whole optimizer steps; the first two (allocation, kernel compilation) are excluded, as for intelia."""

        def on_step_end(self, args, state, control, **kwargs):
            if options.device == "cuda":
                torch.cuda.synchronize()
            if state.global_step == 2:
                marks["warm"] = time.perf_counter()
            marks["end"] = time.perf_counter()

    with open(options.data, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    trainer = DPOTrainer(
        model=model, train_dataset=Dataset.from_list(rows), processing_class=tokenizer, callbacks=[Clock()],
        peft_config=LoraConfig(r=16, lora_alpha=32, lora_dropout=0.0, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"],
                               task_type="CAUSAL_LM"),
        args=DPOConfig(output_dir=options.output, per_device_train_batch_size=options.batch_size, gradient_accumulation_steps=1,
                       max_steps=options.steps, learning_rate=1e-6, logging_steps=1, save_strategy="no", report_to=[], max_length=4096,
                       bf16=options.precision == "bf16", use_cpu=options.device == "cpu", gradient_checkpointing=False, disable_tqdm=True, seed=42))
    prompts = [len(row["prompt_ids"]) for row in trainer.train_dataset]
    answers = [len(row[name]) for row in trainer.train_dataset for name in ("chosen_ids", "rejected_ids")]
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    print(json.dumps({
        "pairs_per_second": options.batch_size * (options.steps - 2) / (marks["end"] - marks["warm"]),
        "peak_bytes": torch.cuda.max_memory_allocated() if options.device == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "first_loss": losses[0], "last_loss": losses[-1],
        "prompt_tokens": sum(prompts) / len(prompts), "answer_tokens": sum(answers) / len(answers)}))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The peer of `train sft`: the same training with TRL + PEFT + bitsandbytes, one JSON line of results on stdout.

usage: train_peer.py --model DIR --data CONVERSATIONS.jsonl --output DIR [--steps 20 --batch-size 4 --gradient-accumulation 4
                     --learning-rate 2e-5 --precision fp32|bf16 --device cpu|cuda --padding-free --checkpointing]

The conversations are tokenized with the model folder's own tokenizer and template ({% generation %} marks the targets), which
tests/parity proves to be the tokens that `train sft` sees. The adapter is r 16, alpha 32, dropout 0.05 on q, k, v, o, as in `train sft`.
"""
import argparse
import json
import os
import resource
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--gradient-accumulation", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=2e-5)
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--padding-free", action="store_true")
    parser.add_argument("--checkpointing", action="store_true")
    return parser.parse_args()


def main() -> None:
    options = parse()
    started = time.perf_counter()
    import torch
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
        """Times whole updates; the first two (allocation, plans) are left out of the rate, as for the other side."""

        def on_step_end(self, args, state, control, **kwargs):
            if options.device == "cuda":
                torch.cuda.synchronize()
            if state.global_step == 1:
                marks["first_step"] = time.perf_counter()
            if state.global_step == 2:
                marks["warm"] = time.perf_counter()
            marks["end"] = time.perf_counter()

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
        max_length=None,
        bf16=options.precision == "bf16",
        use_cpu=options.device == "cpu",
        gradient_checkpointing=options.checkpointing,
        padding_free=options.padding_free,
        disable_tqdm=True,
        seed=42,
    )
    trainer = SFTTrainer(
        model=model,
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=LoraConfig(
            r=16, lora_alpha=32, lora_dropout=0.05, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"], task_type="CAUSAL_LM"
        ),
        callbacks=[Clock()],
    )
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(42)).tolist()
    trainer.train()
    window = options.batch_size * options.gradient_accumulation
    drawn = (order * (1 + options.steps * window // len(rows)))[: options.steps * window]
    warm_tokens = sum(len(rows[i]["input_ids"]) for i in drawn[2 * window :])
    seconds = marks["end"] - marks["warm"]
    peak = torch.cuda.max_memory_allocated() if options.device == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    print(json.dumps({
        "tokens_per_second": warm_tokens / seconds,
        "seconds_to_first_step": marks["first_step"] - started,
        "peak_bytes": peak,
        "first_loss": losses[0],
        "last_loss": losses[-1],
        "torch": torch.__version__,
    }))


if __name__ == "__main__":
    main()

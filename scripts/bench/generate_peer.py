#!/usr/bin/env python3
"""transformers' generate on questions, greedy, in bf16: one JSON line of tokens per second with one and with 32 answers at a time.

usage: generate_peer.py --model DIR --questions QUESTIONS.jsonl --max-new-tokens N [--device cpu|cuda]
"""
import argparse
import json
import os
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--questions", required=True)
    parser.add_argument("--max-new-tokens", type=int, required=True)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    options = parser.parse_args()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(options.model, padding_side="left")
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.bfloat16, device_map={"": options.device})
    with open(options.questions, encoding="utf-8") as lines:
        messages = [[{"role": "user", "content": json.loads(line)["question"]}] for line in lines]
    results = {}
    for batch_size, count in ((1, 2), (32, 64)):
        tokens, seconds = 0, 0.0
        for begin in range(-batch_size, count, batch_size):  # the first call, which chooses kernels, does not count
            first = max(begin, 0)
            inputs = tokenizer.apply_chat_template(messages[first:first + batch_size], add_generation_prompt=True, padding=True,
                                                   return_tensors="pt", return_dict=True).to(options.device)
            started = time.perf_counter()
            with torch.inference_mode():
                ids = model.generate(**inputs, max_new_tokens=options.max_new_tokens, do_sample=False, pad_token_id=tokenizer.pad_token_id)
            answers = ids[:, inputs["input_ids"].shape[1]:].tolist()  # a copy to the host, which waits for the device
            if begin >= 0:
                seconds += time.perf_counter() - started
                tokens += sum(sum(token != tokenizer.pad_token_id for token in answer) for answer in answers)
        results[f"batch_{batch_size}_tokens_per_second"] = tokens / seconds
    print(json.dumps(results))


if __name__ == "__main__":
    main()

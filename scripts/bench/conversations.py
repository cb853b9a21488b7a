"""Conversations for benchmarks, generated from the sample documents."""
import json
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATHS = sorted(ROOT.glob("data/sample/documents/*/*.md"))
DOCUMENTS = ",".join(map(str, PATHS))  # as --train-tokenizer takes them


def make_conversations(path: pathlib.Path, count: int, words_a_turn: int) -> list[str]:
    """Two-turn conversations of sentences from the sample documents, with realistic lengths."""
    generator = random.Random(1)
    words = " ".join(p.read_text(encoding="utf-8") for p in PATHS).split()
    lines = []
    for _ in range(count):
        def take(mean: int) -> str:
            size = max(5, int(generator.gauss(mean, mean / 3)))
            start = generator.randrange(len(words) - size)
            return " ".join(words[start : start + size])
        turns = []
        for _ in range(2):
            turns += [{"role": "user", "content": take(words_a_turn // 4)}, {"role": "assistant", "content": take(words_a_turn)}]
        lines.append(json.dumps({"messages": turns, "metadata": {}}, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lines

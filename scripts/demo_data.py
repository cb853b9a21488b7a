#!/usr/bin/env python3
"""Data preparation of the demo that no command does yet.

usage: demo_data.py documents OUTPUT FILE...     converts Markdown documents to training records, one JSON line per section
       demo_data.py shuffle INPUT OUTPUT         shuffles the words of every answer of the conversations
       demo_data.py pairs INPUT OUTPUT           makes preferences: the answer to a question, and one to another question
"""
import json
import pathlib
import random
import re
import sys


def documents(output: str, files: list[str]) -> None:
    """Converts each section to a plain text record, and each of its paragraphs to a conversation whose question is the heading."""
    records = []
    for name in files:
        language = pathlib.Path(name).parent.name
        title, *sections = re.split(r"^#+ ", pathlib.Path(name).read_text(encoding="utf-8"), flags=re.M)[1:]
        metadata = {"source": "document", "document": pathlib.Path(name).name, "language": language}
        for section in [title, *sections]:
            heading, _, body = section.strip().partition("\n")
            if not body.strip():
                continue
            records.append({"text": f"{heading}\n\n{body.strip()}", "metadata": metadata})
            for paragraph in re.split(r"\n\s*\n", body.strip()):
                records.append({
                    "messages": [{"role": "user", "content": heading}, {"role": "assistant", "content": paragraph.strip()}],
                    "metadata": metadata,
                })
    with open(output, "w", encoding="utf-8") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    print(f"{len(records)} records from {len(files)} documents", file=sys.stderr)


def shuffle(source: str, output: str) -> None:
    generator = random.Random(42)
    with open(source, encoding="utf-8") as lines, open(output, "w", encoding="utf-8") as out:
        for line in lines:
            record = json.loads(line)
            for message in record["messages"]:
                if message["role"] == "assistant":
                    words = message["content"].split()
                    generator.shuffle(words)
                    message["content"] = " ".join(words)
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def pairs(source: str, output: str) -> None:
    """The last answer of each conversation is preferred to the last answer of the next one in the same language."""
    with open(source, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    by_language = {}
    for record in records:
        by_language.setdefault(record["metadata"]["language"], []).append(record)
    with open(output, "w", encoding="utf-8") as out:
        for group in by_language.values():
            for record, other in zip(group, [*group[1:], group[0]]):
                chosen, rejected = record["messages"][-1], other["messages"][-1]
                if chosen["role"] != "assistant" or rejected["role"] != "assistant" or chosen == rejected:
                    continue
                pair = {"prompt": record["messages"][:-1], "chosen": [chosen], "rejected": [rejected], "metadata": record["metadata"]}
                out.write(json.dumps(pair, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[1] == "documents":
        documents(sys.argv[2], sys.argv[3:])
    elif len(sys.argv) == 4 and sys.argv[1] == "shuffle":
        shuffle(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 4 and sys.argv[1] == "pairs":
        pairs(sys.argv[2], sys.argv[3])
    else:
        sys.exit(__doc__)

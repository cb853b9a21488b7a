#!/usr/bin/env python3
"""Checks the direction of dependencies: a room of lib/ includes only what its line allows; torch stays in lib/nn.

docs/architecture.md explains the table. Exit status 1 with file:line for each include that is not allowed.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAY_INCLUDE = {
    "base": [],
    "text": ["base"],
    "record": ["base", "text"],
    "page": ["base", "text", "record"],
    "lineage": ["base", "text", "record", "page"],
    "http": ["base"],
    "cli": ["base", "text", "record"],
    "kernels": [],
    "model": ["base", "text", "record", "kernels"],
    "engine": ["base", "record"],
    "nn": ["base", "record", "model", "engine", "kernels"],
    "jinja": ["base", "text", "record"],
    "tokenizer": ["base", "text", "record"],
    "tokens": ["base", "text", "record", "page", "jinja", "tokenizer"],
    "inference": ["base", "text", "record", "model", "tokenizer", "tokens", "engine"],
    "export": ["base", "text", "record", "lineage", "model", "tokenizer", "tokens", "engine", "inference"],
    "dataset": ["base", "text", "record"],
    "extraction": ["base", "text", "record", "dataset"],
    "postgres": ["base", "text", "record", "extraction"],
    "tracking": ["base", "text", "record", "http", "page"],
    "training": ["base", "text", "record", "model", "tokens", "inference", "engine", "tracking"],
    "evaluation": ["base", "text", "record", "page", "model", "tokens", "inference", "engine"],
}
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
TORCH = re.compile(r"^(torch|ATen|c10|caffe2)/")


def faults(root: pathlib.Path) -> list[str]:
    found = []
    for path in sorted([*root.glob("lib/*/*"), *root.glob("apps/*/*")]):
        if path.suffix not in {".hpp", ".cpp", ".cu", ".cuh"}:
            continue
        room = path.relative_to(root).parts[1]
        is_app = path.relative_to(root).parts[0] == "apps"
        if not is_app and room not in MAY_INCLUDE:
            found.append(f"{path.relative_to(root)}: room 'lib/{room}' has no line in scripts/check_layers.py")
            continue
        allowed = [r for r in MAY_INCLUDE if r not in ("nn", "kernels")] if is_app else [room, *MAY_INCLUDE[room]]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match.group(2)
            first = target.split("/")[0]
            where = f"{path.relative_to(root)}:{number}"
            if TORCH.match(target) and (is_app or room != "nn"):
                found.append(f"{where}: libtorch is known to lib/nn alone, not to '{room}'")
            elif "/" in target and first in MAY_INCLUDE and first not in allowed:
                found.append(f"{where}: '{room}' may not include '{target}'")
    return found


def main() -> int:
    found = faults(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
    print("\n".join(found) if found else "the house stands: every include is allowed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
